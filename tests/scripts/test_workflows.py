"""What GitHub runs: what is pinned, with the rights it needs, by scripts that exist."""

from collections.abc import Iterator
import os
from pathlib import Path
import re
import shlex
import shutil
import subprocess
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

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


def test_each_vendor_is_asked_with_its_own_key() -> None:
    """One step each, and no step has another one's key."""
    asked = [step for step in WORKFLOWS["real-keys"]["jobs"]["ask"]["steps"] if "run" in step]
    for variable, step in zip(REAL_KEYS.values(), asked, strict=True):
        assert step["run"] == f".ci/real-key {variable}"
        assert step["env"] == {"KEY": f"${{{{ secrets.{variable} }}}}"}


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


@pytest.mark.parametrize(("user", "by"), [("0", "apt-get"), ("1001", "sudo apt-get")])
def test_what_a_bare_machine_lacks_is_installed(tmp_path: Path, user: str, by: str) -> None:
    """GitHub's machines lack libturbojpeg and do not run as root; then the tests run."""
    calls, programs = tmp_path / "calls", tmp_path / "programs"
    (tmp_path / ".ci").mkdir()
    script = shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    for program, does in {
        programs / "id": f"echo {user}",
        programs / "ldconfig": "echo libc.so.6",
        programs / "apt-get": 'echo "${BY:-}apt-get $DEBIAN_FRONTEND $@" >>"$CALLS"',
        programs / "sudo": 'unset DEBIAN_FRONTEND; BY="sudo " exec "$@"',
        tmp_path / "scripts" / "test": 'echo "tests $CI $@" >>"$CALLS"',
    }.items():
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/bash\n{does}\n")
        program.chmod(0o755)
    run(
        script, "--matrix", "beta", PATH=f"{programs}:{os.environ['PATH']}", CALLS=str(calls), CI=""
    )
    update, install, tests = calls.read_text().splitlines()
    assert update.startswith(f"{by} noninteractive")
    assert update.endswith("update")
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
