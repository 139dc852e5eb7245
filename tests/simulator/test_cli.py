"""The command line."""

import json
from pathlib import Path
import signal
import subprocess
import sys

from aiohttp import ClientSession
import pytest

from .conftest import send_to
from .samples import describe_sample, list_sample
from .wire import SimulatorUrls

_ROOT = Path(__file__).parents[2]


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.simulator", *arguments],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_run(session: ClientSession, tmp_path: Path, number: signal.Signals) -> None:
    """It says its address, serves, writes its log, and ends without a word."""
    log = tmp_path / "log.jsonl"
    process = _start("--port", "0", "--fail", "openai,grok", "--log", str(log))
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        urls = SimulatorUrls(line.split()[-1])
        expected = []
        for sample, status in (
            (describe_sample("openai"), 500),
            (describe_sample("grok"), 500),
            (describe_sample("gemini"), 200),
            (list_sample("openai"), 200),
        ):
            assert (await send_to(urls, session, sample)).status == status
            expected.append((sample.vendor, status))
        records = [json.loads(text) for text in log.read_text().splitlines()]
        assert [(record["vendor"], record["status"]) for record in records] == expected
        async with session.get(f"{urls.control}/requests") as response:
            assert await response.json() == records
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")
    finally:
        process.kill()
        process.communicate()


def test_wrong_vendor() -> None:
    """A vendor that is not there is named."""
    process = _start("--fail", "openai,nobody")
    _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "unknown vendor: nobody" in err
