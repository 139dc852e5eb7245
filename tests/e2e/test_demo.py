"""`scripts/demo` as a person runs it."""

import contextlib
import json
import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from tests.harness.config import PROJECT
from tests.harness.ledger import usage_rows

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240), pytest.mark.xdist_group("demo")]

RUN = [sys.executable, "-m", "tests.harness.demo"]
REAL_KEYS = ("OPENAI_API_KEY", "XAI_API_KEY", "GEMINI_API_KEY", "ANTHROPIC_API_KEY")


def _environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment without real keys, whose temporary files go into one folder."""
    kept = {name: value for name, value in os.environ.items() if name not in REAL_KEYS}
    return kept | {"TMPDIR": str(folder)} | more


def _once(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, "--once", *arguments],
        cwd=PROJECT,
        env=_environment(folder),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def _left_behind(folder: Path) -> list[str]:
    """Return the processes that inherited the demo's folder for temporary files."""
    processes = Path("/proc")
    if not (processes / "self" / "environ").exists():
        pytest.skip("needs /proc to look for processes that were left behind")
    found = []
    for process in processes.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"TMPDIR={folder}\0".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text("utf-8").replace("\0", " "))
    return found


def test_once_prints_the_response_as_its_last_line(tmp_path: Path) -> None:
    """OpenAI fails, Grok answers, and the hand-over time is told."""
    ran = _once(tmp_path, "--fail", "openai")
    assert ran.returncode == 0, ran.stderr
    response = json.loads(ran.stdout.splitlines()[-1])
    assert response["provider"] == "grok"
    assert [item["outcome"] for item in response["attempts"]] == ["server", "ok"]
    assert "1280x720" in response["description"]
    assert "Hand-over from the last failure of openai to the request to grok: " in ran.stderr
    assert _left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_once_fails_when_everybody_fails(tmp_path: Path) -> None:
    """Exit code 1 with the reason; nothing on standard output could be taken for an answer."""
    ran = _once(tmp_path, "--fail", "openai,grok,gemini,anthropic")
    assert ran.returncode == 1, ran.stderr
    assert ran.stdout == ""
    assert "No provider could describe the picture" in ran.stderr
    assert "eyewitness_event_failed was seen 1 time(s)" in ran.stderr
    assert "eyewitness_event_described 0 time(s)" in ran.stderr
    assert "ai_usage holds 8 attempt(s), 0 good" in ran.stderr
    assert _left_behind(tmp_path) == []


@pytest.mark.parametrize("when", ["while it starts", "while it runs"])
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, when: str) -> None:
    """Home Assistant and the vendors end with the demo, and so do its files."""
    with subprocess.Popen(
        RUN,
        cwd=PROJECT,
        env=_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        awaited = "Starting Home Assistant" if when == "while it starts" else "stop with"
        seen = ""
        for line in demo.stdout:
            seen += line
            if awaited in line:
                break
        if when == "while it runs":
            assert len(_left_behind(tmp_path)) == 3, seen
            assert "log in with" in seen
            (config,) = tmp_path.glob("*/config")
            assert [row["provider"] for row in usage_rows(config)] == ["openai"]
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=60)
    assert demo.returncode == (0 if when == "while it runs" else 130), seen + rest
    assert _left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_real_keys_and_simulated_failures_do_not_mix(tmp_path: Path) -> None:
    """`--fail` could not be honoured by a real vendor, so it is refused before anything starts."""
    ran = subprocess.run(
        [*RUN, "--fail", "openai"],
        cwd=PROJECT,
        env=_environment(tmp_path, OPENAI_API_KEY="planted"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2
    assert "OPENAI_API_KEY is set" in ran.stderr
    assert "planted" not in ran.stderr + ran.stdout
