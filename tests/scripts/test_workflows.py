"""What GitHub runs: what is pinned, with the rights it needs, by scripts that exist."""

from collections.abc import Iterator
import json
import os
from pathlib import Path
import re
import shlex
import shutil
import subprocess
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

from scripts.lib.fit.rows import BETA, FRESH, NEWEST, SUPPORTED
from tests.harness.demo.options import REAL_KEYS
from tests.sources import ROOT

WORKFLOWS = {
    path.stem: load_yaml_dict(str(path)) for path in (ROOT / ".github" / "workflows").glob("*.yml")
}
FAKE_GH = """#!/bin/sh
echo "$@" >>"$CALLS"
if [ "$2" = list ]; then echo "$OPEN"; exit; fi
for body; do :; done
cat "$body" >>"$CALLS"
"""


def steps() -> Iterator[Any]:
    """Yield what the jobs do, one thing after the other."""
    for workflow in WORKFLOWS.values():
        for job in workflow["jobs"].values():
            yield from job.get("steps", ())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_workflow_may_do_more_than_its_jobs_ask_for(name: str) -> None:
    """Nothing is allowed for all of them; a job that hangs ends."""
    assert WORKFLOWS[name]["permissions"] == {}
    jobs = WORKFLOWS[name]["jobs"].values()
    assert all("uses" in job or "timeout-minutes" in job for job in jobs)


def test_foreign_actions_are_pinned() -> None:
    """By commit: whoever can move a tag could run anything here."""
    used = [step["uses"] for step in steps() if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in used)


def test_what_they_run_can_be_run_by_hand() -> None:
    """The first word of each is a script of ours, or GitHub's own program."""
    ours = {shlex.split(step["run"])[0] for step in steps() if "run" in step} - {"gh"}
    # Tests go through .ci/run, as GitHub's machines lack what it adds.
    assert {"scripts/release", ".ci/run", ".ci/report", ".ci/real-key"} == ours
    assert all(os.access(ROOT / script, os.X_OK) for script in ours)


def test_nothing_is_released_before_all_checks() -> None:
    """They are those of every commit, which a release calls."""
    jobs = WORKFLOWS["release"]["jobs"]
    assert jobs["checks"]["uses"] == "./.github/workflows/ci.yml"
    assert "workflow_call" in WORKFLOWS["ci"][True]  # YAML's old word for yes is "on"
    assert jobs["release"]["needs"] == "checks"


def test_each_night_tries_every_row() -> None:
    """What comes next has jobs of its own, which may fail and open issues."""
    jobs = WORKFLOWS["nightly"]["jobs"]
    ahead = jobs["ahead"]
    assert jobs["supported"]["steps"][-1]["run"] == f".ci/run --matrix {SUPPORTED}"
    assert set(ahead["strategy"]["matrix"]["row"]) == {FRESH, NEWEST, BETA}
    assert ahead["permissions"]["issues"] == "write"


def test_each_vendor_is_asked_with_its_own_key() -> None:
    """One step each, and no step has another one's key."""
    asked = [step for step in WORKFLOWS["real-keys"]["jobs"]["ask"]["steps"] if "run" in step]
    for variable, step in zip(REAL_KEYS.values(), asked, strict=True):
        assert step["run"] == f".ci/real-key {variable}"
        assert step["env"] == {"KEY": f"${{{{ secrets.{variable} }}}}"}


def without_project(folder: Path, script: str, **programs: str) -> Path:
    """Copy a script to a folder where it finds nothing of ours but these programs; return it."""
    (folder / ".ci").mkdir()
    (folder / "scripts").mkdir()
    for name, does in programs.items():
        program = folder / "scripts" / name
        program.write_text(f"#!/bin/bash\n{does}\n")
        program.chmod(0o755)
    return Path(shutil.copy(ROOT / script, folder / script))


def run(*command: str | Path, **environment: str) -> str:
    """Run a script as GitHub does and return what it prints."""
    done = subprocess.run(
        command, env=os.environ | environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_vendor_without_a_key_is_shown_as_not_tried(tmp_path: Path) -> None:
    """An empty secret is how GitHub says that there is none."""
    summary = tmp_path / "summary"
    told = run(".ci/real-key", "XAI_API_KEY", KEY="", GITHUB_STEP_SUMMARY=str(summary))
    assert told.startswith("XAI_API_KEY: not tried")
    assert summary.read_text().startswith("- XAI_API_KEY: not tried")


@pytest.mark.parametrize(("code", "verdict"), [(0, "answered"), (1, "did not answer")])
def test_a_vendor_is_asked_with_its_key(tmp_path: Path, code: int, verdict: str) -> None:
    """Under the name that the demo reads; the job is red unless it answers."""
    demo = f'[ "$XAI_API_KEY${{KEY-}} $*" = "planted --once" ] && exit {code}; exit 9'
    script = without_project(tmp_path, ".ci/real-key", demo=demo)
    command = f'{script} XAI_API_KEY; [ "$?" -eq {code} ]'
    told = run("bash", "-c", command, KEY="planted", GITHUB_STEP_SUMMARY="")
    assert told == f"XAI_API_KEY: {verdict}\n"


@pytest.mark.parametrize(("user", "by"), [("0", "apt-get"), ("1001", "sudo apt-get")])
def test_what_a_bare_machine_lacks_is_installed(tmp_path: Path, user: str, by: str) -> None:
    """GitHub's machines lack libturbojpeg and do not run as root; then the tests run."""
    calls = tmp_path / "calls"
    programs = {
        "id": f"echo {user}",
        "ldconfig": "echo libc.so.6",
        "apt-get": 'echo "${BY:-}apt-get $DEBIAN_FRONTEND $@" >>"$CALLS"',
        "sudo": 'unset DEBIAN_FRONTEND; BY="sudo " exec "$@"',
        "test": 'echo "tests $CI $@" >>"$CALLS"',
    }
    script = without_project(tmp_path, ".ci/run", **programs)
    path = f"{tmp_path / 'scripts'}:{os.environ['PATH']}"
    run(script, "--matrix", "beta", PATH=path, CALLS=str(calls), CI="")
    update, install, tests = calls.read_text().splitlines()
    assert update.startswith(f"{by} noninteractive")
    assert update.endswith("update")
    assert install.startswith(f"{by} noninteractive")
    assert "install" in install
    assert "libturbojpeg" in install
    assert tests == "tests true --matrix beta"


@pytest.mark.parametrize(("found", "does"), [("", "issue create"), ("7", "issue edit 7")])
def test_a_failed_night_is_one_issue(tmp_path: Path, found: str, does: str) -> None:
    """It is opened once and kept up to date, with the end of the log."""
    gh, log, calls = tmp_path / "gh", tmp_path / "log", tmp_path / "calls"
    gh.write_text(FAKE_GH)
    gh.chmod(0o755)
    log.write_text("first line\n" + "more\n" * 100 + "the table\n")
    path = f"{tmp_path}:{os.environ['PATH']}"
    run(".ci/report", "It failed", log, PATH=path, CALLS=str(calls), OPEN=found)
    text = calls.read_text()
    assert does in text
    assert "the table" in text
    assert "first line" not in text


@pytest.mark.skipif(shutil.which("jq") is None, reason="gh has jq within, this machine has none")
def test_only_the_issue_of_this_name_is_written_over(tmp_path: Path) -> None:
    """What others have open stays theirs."""
    filter_ = re.findall(r"--jq '(.+)'", (ROOT / ".ci" / "report").read_text("utf-8"))[0]
    found = [{"number": 3, "title": "A cat"}, {"number": 7, "title": "It failed"}]
    for issues, number in ((found, "7\n"), (found[:1], ""), ([], "")):
        program = f"echo '{json.dumps(issues)}' | jq -r '{filter_}'"
        assert run("bash", "-c", program, TITLE="It failed") == number
