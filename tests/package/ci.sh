#!/usr/bin/env bash
# ci.sh: does what the examples of docs/ci.md say, each job in a Debian 12 that has nothing else: installs the packages
# that it names, builds this tree's HEAD, and plays scenarios with its commands. An hour's search is a few runs here.
# The job of Gitea, which has an image of its own, gets the drydock that the job before it built. Needs root,
# debootstrap, a mirror and Python's YAML.
set -euo pipefail
tree=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
readonly tree

# shellcheck source=tests/package/clean_root.sh
source "$(dirname "$0")/clean_root.sh"
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf --one-file-system "$work"' EXIT

# What the jobs of the YAML blocks run, a script each: steps in a bash of their own, as runners have them; what a runner
# does itself (checkout, cache, artifacts) and what comments on a failure is left out.
python3 - "$tree/docs/ci.md" "$work" <<'EOF'
import re, sys, yaml
text, out = open(sys.argv[1], encoding="utf-8").read(), sys.argv[2]
number = 0
def write(name, needs_drydock, steps, env):
    global number
    number += 1
    with open(f"{out}/job-{number}-{name}{'-given' if needs_drydock else ''}.sh", "w", encoding="utf-8") as file:
        file.write("set -e\n")
        for key, value in env.items():
            if not key.startswith("DRYDOCK_"):  # ours: this tree's HEAD
                file.write(f"export {key}='{value}'\n")
        for step in steps:
            step = re.sub(r"--time \d+m", "--time 20s --runs 40", step)
            file.write("bash -eo pipefail <<'STEP'\n" + step + "\nSTEP\n")
            file.write('export PATH="$(tac "$GITHUB_PATH" | tr "\\n" ":")$PATH"; : > "$GITHUB_PATH"\n')
for block in re.findall(r"```yaml\n(.*?)```", text, re.S):
    pipeline = yaml.safe_load(block)
    if "jobs" in pipeline:
        for name, job in pipeline["jobs"].items():
            steps = [step["run"] for step in job["steps"] if "run" in step and "failure()" not in str(step.get("if"))]
            write(name, job["container"] != "debian:12", steps, job.get("env", {}))
    else:
        for name, job in pipeline.items():
            if isinstance(job, dict) and "script" in job:
                base = pipeline[job["extends"]]
                steps = ["\n".join(base["before_script"] + job["script"])]
                write(name, False, steps, base.get("variables", {}))
EOF

clean_root "$work/base"
git clone -q --bare "$tree" "$work/base/drydock.git"
mkdir -p "$work/base/work/incidents/known"
cp "$tree/scenarios/reprov-thrash.json" "$work/base/work/incidents/mine.json"
cat >"$work/base/work/incidents/open-world.json" <<'EOF'
{"format": "drydock.scenario/1", "name": "open-world", "title": "A small one", "horizon": "10m",
 "workspaces": [{"id": "pm"}], "explore": {"requests": ["POST /workspaces/{w}/restart"], "max_requests": 1},
 "cases": [{"policy": "latest", "expect": []}]}
EOF

jobs=("$work"/job-*.sh)
((${#jobs[@]} >= 5)) || fail "docs/ci.md has ${#jobs[@]} jobs"
built=""
for job in "${jobs[@]}"; do
  name=$(basename "$job" .sh)
  root=$work/root
  cp -a "$work/base" "$root"
  cp "$job" "$root/job.sh"
  [[ $name != *-given ]] || install -D "$built" "$root/usr/local/bin/drydock"
  # A cache that a job before has filled: the packages to run it are all that this one installs.
  [[ $name != *-search || $name == *-given ]] || install -D "$built" "$root/work/.drydock/bin/drydock"
  [[ $name != *-given ]] || chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
    bash -c 'apt-get -qq update && apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends \
             libsqlite3-0 libfmt9 libcpp-httplib0.11 libre2-9 zlib1g \
             libboost-program-options1.74.0' >/dev/null
  if ! chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/local/bin:/usr/bin:/sbin:/bin \
    DEBIAN_FRONTEND=noninteractive GITHUB_PATH=/tmp/path GITHUB_STEP_SUMMARY=/tmp/summary GITHUB_RUN_NUMBER=7 \
    DRYDOCK_REPOSITORY=/drydock.git DRYDOCK_REVISION=HEAD CI_PROJECT_DIR=/work CI_PIPELINE_IID=7 CI_NODE_INDEX=1 \
    CI_NODE_TOTAL=4 bash -c ': >/tmp/path; cd /work && bash /job.sh' >"$work/said" 2>&1; then
    tail -n 40 "$work/said" >&2
    fail "$name failed"
  fi
  compgen -G "$root/work/reports/*.xml" >/dev/null || fail "$name wrote no JUnit report"
  for place in "$root/opt/drydock/bin/drydock" "$root/work/.drydock/bin/drydock"; do
    [[ ! -x $place || -n $built ]] || { cp "$place" "$work/drydock" && built=$work/drydock; }
  done
  rm -rf --one-file-system "$root"
  echo "$name: green"
done
