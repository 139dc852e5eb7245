"""What is counted survives a restart and a power cut."""

import asyncio
from contextlib import closing
import os
import signal
import sqlite3
import time
from typing import Any

import pytest

from custom_components.eyewitness.const import DOMAIN
from tests.e2e.world import E2E, World
from tests.harness.ledger import usage_rows, written_rows
from tests.harness.loop import on_loop

pytestmark = E2E


async def _readings(home: World) -> dict[str, tuple[str, Any]]:
    return {
        entity_id: (state["state"], state["attributes"].get("description"))
        for entity_id, state in (await home.sensors()).items()
    }


@on_loop
async def test_a_power_cut_while_the_second_provider_hangs(home: World) -> None:
    """What the first one has answered, and will bill, is booked before the second one ends."""
    await asyncio.sleep(2)  # Home Assistant writes entries that other tests changed after a second
    known = len(usage_rows(home.hass.folder))
    await home.vendors.fail("openai", "refusal")
    await home.vendors.fail("grok", "hang")
    call = asyncio.create_task(home.describe())
    async with asyncio.timeout(20):
        while not await home.vendors.requests("grok", "describe"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)  # the row is written meanwhile, in a thread
    os.killpg(home.hass.pid, signal.SIGKILL)
    await home.hass.kill()
    await asyncio.gather(call, return_exceptions=True)
    (row,) = usage_rows(home.hass.folder)[known:]
    assert (row["provider"], row["outcome"], row["sent"]) == ("openai", "refused", 1)
    assert row["input_tokens"] > 0
    await home.hass.start()
    calls = (await home.sensors())["sensor.openai_requests"]["state"]
    rows = usage_rows(home.hass.folder)
    assert int(calls) == sum(each["provider"] == "openai" for each in rows)


@on_loop
async def test_what_waits_in_memory_is_written_at_a_clean_stop(home: World) -> None:
    """Another program has held the database for as long as anything happened."""
    known = len(usage_rows(home.hass.folder))
    with closing(sqlite3.connect(home.hass.path("eyewitness.db"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        response = await home.describe(timeout=5)
        assert time.monotonic() - began < 3
        assert len(usage_rows(home.hass.folder)) == known
        other.execute("ROLLBACK")
    await home.hass.stop()
    (row,) = usage_rows(home.hass.folder)[known:]
    assert row["event_id"] == response["event_id"]
    await home.hass.start()


@pytest.mark.parametrize("end", ["restart", "power cut"])
@on_loop
async def test_the_sensors_and_the_ledger_are_unchanged_after(home: World, end: str) -> None:
    """The ledger has every row on disk a moment after the answer, and the sensors read it."""
    known = len(usage_rows(home.hass.folder))
    await home.vendors.fail("openai", count=1)
    response = await home.describe()
    assert response["provider"] == "grok"
    rows = await written_rows(home.hass.folder, known + 2)
    before = await _readings(home)
    assert int(before["sensor.eyewitness_descriptions"][0]) >= 1
    assert int(before["sensor.openai_failed_requests"][0]) >= 1
    assert float(before["sensor.xai_grok_cost"][0]) > 0
    assert before["sensor.eyewitness_answering_provider"][0] == "grok"
    assert before["sensor.eyewitness_last_description"][1] == response["description"]
    await (home.hass.stop() if end == "restart" else home.hass.kill())
    await home.hass.start()
    assert usage_rows(home.hass.folder) == rows
    after = await _readings(home)
    name = home.camera.removeprefix("camera.")
    left_out = {f"image.{name}_last_picture"}  # it is kept in the background, a moment later
    if end == "power cut":  # Home Assistant saves what an event has shown every quarter of an hour
        left_out.add(f"event.{name}_event")
    shown = [
        {key: value for key, value in each.items() if key not in left_out}
        for each in (before, after)
    ]
    assert shown[1] == shown[0]


async def _reports(home: World) -> dict[str, bool]:
    """Return which reports of ours are shown, by name, and whether each is ignored."""
    found = await home.hass.api.ws("repairs/list_issues")
    return {
        issue["translation_key"]: issue["ignored"]
        for issue in found["issues"]
        if issue["domain"] == DOMAIN
    }


async def _ignore_all(home: World) -> None:
    for issue in (await home.hass.api.ws("repairs/list_issues"))["issues"]:
        if issue["domain"] == DOMAIN:
            ids = {"domain": DOMAIN, "issue_id": issue["issue_id"]}
            await home.hass.api.ws("repairs/ignore_issue", **ids, ignore=True)


@on_loop
async def test_a_report_that_was_ignored_stays_so_over_a_restart(home: World) -> None:
    """A quota outlasts it; an address that has moved is found again by the next request."""
    for vendor, fault in (("openai", "quota"), ("grok", "redirect")):
        await home.vendors.fail(vendor, fault, location="http://a.example/")
        await home.describe()
        await _ignore_all(home)
    assert await _reports(home) == {"quota": True, "endpoint_moved": True}
    await home.hass.stop()
    await home.hass.start()
    assert await _reports(home) == {"quota": True}
    await home.vendors.fail("grok", "redirect", location="http://a.example/")
    await home.describe()
    assert await _reports(home) == {"quota": True, "endpoint_moved": True}
    await home.hass.api.call("eyewitness.test_chain")  # all answer: nothing is left of it
    assert await _reports(home) == {}
