"""B5: a real hass is killed in the middle of its work, again and again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import os
from pathlib import Path
import random
import signal
import time
from typing import Any, Final

import aiohttp
import pytest

from tests.harness.client import HassError
from tests.harness.eyewitness import describe
from tests.harness.hass import Hass
from tests.harness.ledger import usage_rows
from tests.simulator import VENDORS
from tests.soak.books import check_file, check_rows, check_sensors, copy_of_file
from tests.soak.real_home import real_home
from tests.soak.report import write_report
from tests.soak.vendors import Vendors

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("soak")]

CAMERAS: Final = [f"camera.probe_{number}" for number in range(4)]
_FIRST_SECONDS: Final = 20.0
"""By then the first call after a start has been answered."""


_TO_DISK_SECONDS: Final = 0.2
"""Nobody waits for the disk, so what ended in the last moment before a kill may be lost."""


@dataclass
class Story:
    """What was answered before the kills, and what the kills have cost."""

    answers: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)
    """With the time at which each was heard."""
    answers_per_life: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    """Requests of each life that the vendors saw and the ledger does not know."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """There was an answer in this life."""


async def _keep_calling(hass: Hass, camera: str, story: Story, dice: random.Random) -> None:
    """Describe what a camera sees until hass is gone."""
    while True:
        try:
            response = await describe(hass.api, camera)
        except HassError as err:
            if err.code == "closed":
                return
            if err.translation_key != "all_failed":
                raise
        except aiohttp.ClientError:
            return
        else:
            story.answers.append((time.monotonic(), response))
            story.heard.set()
        await asyncio.sleep(dice.uniform(0, 0.05))


async def _life(hass: Hass, vendors: Vendors, story: Story, dice: random.Random) -> None:
    """Let hass work and kill it at a random moment."""
    for vendor in VENDORS:
        latency = {"kind": "latency", "latency": dice.uniform(0.01, 0.2), "repeat": True}
        failures = {"kind": "server_error", "count": dice.randint(1, 3), "latency": 0.05}
        await vendors.script(vendor, *([failures] if dice.random() < 0.5 else []), latency)
    known, answered = len(usage_rows(hass.folder)), len(story.answers)
    await vendors.forget_requests()
    story.heard.clear()
    callers = [asyncio.create_task(_keep_calling(hass, camera, story, dice)) for camera in CAMERAS]
    async with asyncio.timeout(_FIRST_SECONDS):
        await story.heard.wait()
    await asyncio.sleep(dice.uniform(0, 1.5))
    os.killpg(hass.pid, signal.SIGKILL)
    killed = time.monotonic()
    await asyncio.gather(*callers)
    await hass.kill()
    story.answers = [heard for heard in story.answers if heard[0] < killed - _TO_DISK_SECONDS]
    seen, booked = await vendors.requests(), len(usage_rows(hass.folder)) - known
    story.lost.append(len(seen) - booked)
    ended = [each["answered_monotonic"] for each in seen]
    finished = [end for end in ended if end and end < killed - _TO_DISK_SECONDS]
    assert len(finished) <= booked, "a finished request without a row"
    story.answers_per_life.append(len(story.answers) - answered)


def _check_answers(
    answers: Sequence[tuple[float, Mapping[str, Any]]], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Find the rows of every event that a caller has heard of."""
    for _, answer in answers:
        booked = [row["outcome"] for row in rows if row["event_id"] == answer["event_id"]]
        assert booked == [item["outcome"] for item in answer["attempts"]], answer["event_id"]


async def _live(folder: Path, vendors: Vendors, *, kills: int) -> Story:
    dice, story = random.Random(kills), Story()
    async with real_home(folder, vendors) as hass:
        await hass.restart()  # Home Assistant takes 10 s to write down that we are there
        for number in range(kills):
            await _life(hass, vendors, story, dice)
            copy = copy_of_file(hass.folder, folder / f"after kill {number}")
            check_file(copy)
            rows = usage_rows(copy)
            check_rows(rows)
            _check_answers(story.answers, rows)
            await hass.start()
            assert usage_rows(hass.folder) == rows
            await check_sensors(hass.api, rows)
            check_file(hass.folder)
    assert all(lost >= 0 for lost in story.lost), "a row for a request that nobody saw"
    return story


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(2, marks=pytest.mark.timeout(240)),
        pytest.param(20, marks=[pytest.mark.soak, pytest.mark.timeout(1800)]),
    ],
)
def test_b5_the_books_survive_a_kill(tmp_path: Path, vendors: Vendors, kills: int) -> None:
    """B5: all files are whole, all sums right, and every answer that was heard is booked."""
    story = asyncio.run(_live(tmp_path, vendors, kills=kills))
    figures = {
        "answers before each kill": sorted(story.answers_per_life),
        "requests of the events under way at each kill, without a row": sorted(story.lost),
    }
    write_report(f"{kills}-kills", figures)
