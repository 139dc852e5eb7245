"""`scripts/demo` as a person runs it."""

from collections.abc import Generator
import contextlib
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.harness.config import PROJECT
from tests.harness.demo.options import REAL_KEYS, read_options
from tests.harness.ledger import usage_rows

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240), pytest.mark.xdist_group("demo")]


@contextlib.contextmanager
def _start(folder: Path, *arguments: str, stderr: int) -> Generator[Any]:
    """Run it without real keys, with one folder for its temporary files."""
    kept = {name: value for name, value in os.environ.items() if name not in REAL_KEYS.values()}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.harness.demo", *arguments],
        cwd=PROJECT,
        env=kept | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    ) as demo:
        try:
            yield demo
        finally:
            demo.terminate()  # or a failed assertion would wait for the test's time to be up


def _run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run it to its end; return exit code, output and errors."""
    with _start(folder, *arguments, stderr=subprocess.PIPE) as demo:
        out, err = demo.communicate(timeout=200)
    return demo.returncode, out, err


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
    """OpenAI fails, Grok answers, and the hand-over time is shown."""
    code, out, err = _run(tmp_path, "--once", "--fail", "openai")
    assert code == 0, err
    response = json.loads(out.splitlines()[-1])
    assert response["provider"] == "grok"
    assert [item["outcome"] for item in response["attempts"]] == ["server", "ok"]
    assert "a cardboard parcel" in response["description"]
    assert "This answer is simulated." in response["description"]
    assert "Hand-over from the last failure of openai to the request to grok: " in err
    assert _left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_once_fails_when_everybody_fails(tmp_path: Path) -> None:
    """Exit code 1 with the reason; nothing on standard output could be taken for an answer."""
    code, out, err = _run(tmp_path, "--once", "--fail", "openai,grok,gemini,anthropic")
    assert (code, out) == (1, ""), err
    for words in (
        "No provider could describe the picture",
        "eyewitness_event_failed was seen 1 time(s)",
        "eyewitness_event_described 0 time(s)",
        "ai_usage holds 8 attempt(s), 0 good",
    ):
        assert words in err
    assert _left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("awaited", "code"), [("Starting Home Assistant", 130), ("stop with", 0)], ids=["start", "run"]
)
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, awaited: str, code: int) -> None:
    """Home Assistant and the vendors end with the demo, and so do its files."""
    with _start(tmp_path, stderr=subprocess.STDOUT) as demo:
        seen = ""
        while awaited not in seen:
            line = demo.stdout.readline()
            assert line, seen
            seen += line
        if code == 0:
            assert len(_left_behind(tmp_path)) == 3, seen
            assert "log in with" in seen
            (config,) = tmp_path.glob("*/config")
            # The disk is written behind, and nobody waits for it.
            while not usage_rows(config):
                time.sleep(0.1)
            assert [row["provider"] for row in usage_rows(config)] == ["openai"]
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=60)
    assert demo.returncode == code, seen + rest
    assert _left_behind(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_real_keys_and_simulated_failures_do_not_mix(capsys: pytest.CaptureFixture[str]) -> None:
    """`--fail` could not be honoured by a real vendor, so it is refused before anything starts."""
    with pytest.raises(SystemExit) as end:
        read_options(["--fail", "openai"], {"OPENAI_API_KEY": "planted"})
    out, err = capsys.readouterr()
    assert end.value.code == 2
    assert "OPENAI_API_KEY is set" in err
    assert "planted" not in err + out
