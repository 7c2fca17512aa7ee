"""npm's packages at the versions of a lock file, outside of the tree.

They lie in $XDG_CACHE_HOME/drydock-clients (default: ~/.cache/drydock-clients), in a folder named after the lock.
Debian's npm is 390 packages more than its nodejs; a lock file names each tarball and its hash, which is all it takes.
"""

import base64
import concurrent.futures
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request

from endpoint import HERE

REGISTRY = "https://registry.npmjs.org"


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "drydock-clients"


def tarball_of(path, package):
    """Fetches a package of the lock. Throws where its hash is another one."""
    name = path.rsplit("node_modules/", 1)[1]
    registry = os.environ.get("npm_config_registry", REGISTRY).rstrip("/")
    url = f"{registry}/{name}/-/{name.rsplit('/', 1)[-1]}-{package['version']}.tgz"
    with urllib.request.urlopen(url, timeout=60) as answer:
        tarball = answer.read()
    kind, wanted = package["integrity"].split("-", 1)
    found = base64.b64encode(hashlib.new(kind, tarball).digest()).decode()
    if found != wanted:
        raise OSError(f"{url} has the hash {found}, not {wanted}")
    return path, tarball


def unpack(folder, path, tarball):
    """Writes a tarball's files below `folder / path`, without the folder in which they are packed."""
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for member in archive:
            inside = pathlib.PurePosixPath(member.name).parts[1:]
            if not member.isfile() or not inside or ".." in inside:
                continue
            target = folder.joinpath(path, *inside)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.extractfile(member).read())


def fetch(lock, folder):
    wanted = {path: package for path, package in json.loads(lock.read_text())["packages"].items() if path}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for path, tarball in pool.map(lambda item: tarball_of(*item), wanted.items()):
            unpack(folder, path, tarball)


def install(lock, folder):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(lock.parent / name, folder / name)
    if shutil.which("npm") is None:
        fetch(lock, folder)
        return
    words = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    result = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=600)
    if result.returncode != 0:
        raise OSError(f"npm ci: {result.stderr}")


def node_modules(name):
    """Returns the folder of the packages that tests/clients/NAME/package-lock.json names; fetches them at first.
    Throws OSError where that is impossible."""
    lock = HERE / name / "package-lock.json"
    folder = cache() / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if not folder.exists():
        cache().mkdir(parents=True, exist_ok=True)
        made = pathlib.Path(tempfile.mkdtemp(dir=cache()))
        try:
            install(lock, made)
            made.rename(folder)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            if not folder.exists():  # another may have been faster
                raise
    return folder / "node_modules"


def missing_for_node(test, name, package):
    """Gives a test its packages of npm. Says what is missing for that; None: nothing."""
    if shutil.which("node") is None:
        return "nodejs"
    try:
        test.modules = node_modules(name)
    except OSError as error:
        return f"{package} ({error})"
    return None
