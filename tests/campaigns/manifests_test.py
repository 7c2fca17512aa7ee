#!/usr/bin/env python3
"""Plays what the manifests of packaging/campaigns have their machines run, as a cluster or a CI server would: Kubernetes,
GitHub, Gitea, GitLab. What the Job of Kubernetes says of exit codes is held to what its head claims, by the rules of
podFailurePolicy.

    manifests_test.py DRYDOCK
"""

import os
import pathlib
import re
import shutil
import sys

from room import Campaign, ELEMENTS, RECIPES, equal, reports, skip

try:
    import yaml
except ImportError:
    skip("Python's YAML is not installed")

# What a pod's end comes to, as kubernetes.yaml claims: exit code, whether it was disrupted, and the action.
ENDS = [(1, False, "FailIndex"), (2, False, "FailIndex"), (70, False, "FailIndex"), (74, False, "FailIndex"),
        (137, False, "Count"), (143, False, "Count"), (137, True, "Ignore"), (143, True, "Ignore"),
        (1, True, "FailIndex")]


def fits(rule, code, is_disrupted, container):
    """Tells whether a rule of podFailurePolicy is for a pod that ended so."""
    if "onPodConditions" in rule:
        return is_disrupted and any(condition["type"] == "DisruptionTarget" for condition in rule["onPodConditions"])
    of_codes = rule["onExitCodes"]
    assert of_codes["containerName"] == container, of_codes
    assert of_codes["operator"] == "In" and 0 not in of_codes["values"], "Kubernetes refuses anything else"
    return code in of_codes["values"]


def check_job(job):
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert spec["completionMode"] == "Indexed"
    assert spec["backoffLimitPerIndex"] > 0, "without it, FailIndex is refused"
    assert 0 < spec["maxFailedIndexes"] <= spec["completions"]
    assert spec["podReplacementPolicy"] == "Failed" and pod["restartPolicy"] == "Never", "podFailurePolicy wants both"
    count = {entry["name"]: entry["value"] for entry in container["env"]}["DRYDOCK_SHARD_COUNT"]
    assert count == str(spec["completions"]) == str(ELEMENTS), count
    rules = spec["podFailurePolicy"]["rules"]
    for code, is_disrupted, action in ENDS:
        first = next((rule["action"] for rule in rules if fits(rule, code, is_disrupted, container["name"])), None)
        assert first == action, f"exit code {code}, disrupted: {is_disrupted}: {first}, not {action}"


def quick(text, campaign):
    """Makes of the search of a recipe the one that is quick."""
    search = "open-world --policy[= ]hardened --runs[= ]1000000"
    text, found = re.subn(search, " ".join(campaign.search), text)
    assert found == 1, text
    return text


def play_kubernetes(campaign):
    _, job = yaml.safe_load_all((RECIPES / "kubernetes.yaml").read_text())
    check_job(job)
    args = job["spec"]["template"]["spec"]["containers"][0]["args"]
    campaign.night.mkdir()
    for index in range(ELEMENTS):
        words = [word.replace("$(JOB_COMPLETION_INDEX)", str(index)).replace("/campaign/", f"{campaign.night}/")
                 for word in quick(" ".join(args), campaign).split()]
        environment = {**os.environ, "JOB_COMPLETION_INDEX": str(index), "DRYDOCK_SHARD_COUNT": str(ELEMENTS)}
        campaign.run(campaign.drydock, *words, code=None, env=environment)
    merge = yaml.safe_load((RECIPES / "kubernetes-merge.yaml").read_text())
    args = merge["spec"]["template"]["spec"]["containers"][0]["args"]
    words = [word.replace("/campaign/", f"{campaign.night}/") for word in args]
    campaign.run(campaign.drydock, *words, "--quiet", "--report", f"json={campaign.night}.json", "--report",
                 f"junit={campaign.night}.xml", code=1)
    return reports(campaign.night)


def play_script(campaign, script, environment, code=0):
    """Runs a step as runners do, with drydock on the path and the variables filled in."""
    names = campaign.folder / "bin"
    names.mkdir(exist_ok=True)
    (names / "drydock").unlink(missing_ok=True)
    (names / "drydock").symlink_to(campaign.drydock)
    campaign.run("bash", "-eo", "pipefail", "-c", script, code=code,
                 env={**os.environ, **environment, "PATH": f"{names}:{os.environ['PATH']}"})


def play_ci(campaign, parts, merge, where):
    """Plays each part, (script, environment), and merges."""
    for script, environment in parts:
        play_script(campaign, quick(script, campaign), environment)
    play_script(campaign, "\n".join(merge), {}, code=1)
    campaign.run(campaign.drydock, "explore", "--merge", *sorted(campaign.folder.glob(where)), "--quiet", "--report",
                 f"json={campaign.night}.json", "--report", f"junit={campaign.night}.xml", code=1)
    return reports(campaign.night)


def steps(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def play_actions(campaign, name):
    jobs = yaml.safe_load((RECIPES / name).read_text())["jobs"]
    matrix = jobs["part"]["strategy"]["matrix"]["part"]
    assert matrix == list(range(1, ELEMENTS + 1)), matrix
    parts = []
    for part in matrix:
        environment = {key: value.replace("${{ matrix.part }}", str(part)).replace("${{ strategy.job-total }}",
                                                                                 str(len(matrix)))
                       for key, value in jobs["part"]["env"].items()}
        parts += [(script, environment) for script in steps(jobs["part"])]
    # The artifacts come down in one folder.
    shutil.rmtree(campaign.folder / "parts", ignore_errors=True)
    merge = ["mkdir -p parts; for part in night.*; do [ ! -d $part ] || mv $part parts/; done", *steps(jobs["merge"])]
    return play_ci(campaign, parts, merge, "parts/*")


def play_gitlab(campaign):
    pipeline = yaml.safe_load((RECIPES / "gitlab.yml").read_text())
    count = pipeline["part"]["parallel"]
    assert count == ELEMENTS
    parts = [("\n".join(pipeline["part"]["script"]), {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(count)})
             for index in range(1, count + 1)]
    return play_ci(campaign, parts, pipeline["merge"]["script"], "night.*/")


def main():
    plays = {"Kubernetes": play_kubernetes, "GitHub": lambda campaign: play_actions(campaign, "github.yml"),
             "Gitea": lambda campaign: play_actions(campaign, "gitea.yml"), "GitLab": play_gitlab}
    for name, play in plays.items():
        with Campaign(pathlib.Path(sys.argv[1]).resolve(), runs=ELEMENTS * 1024) as campaign:
            whole = campaign.whole()
            equal(play(campaign), whole, f"the jobs of {name}")


if __name__ == "__main__":
    main()
