"""What the first event would wait for is done once before it, off the loop and in silence."""

from collections.abc import Awaitable, Callable, Collection
import threading
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.chain import refusals
from custom_components.eyewitness.chain.task import Task
from custom_components.eyewitness.pipeline import answer_fields, rehearsal
from custom_components.eyewitness.providers.base import VendorProvider
from tests.kit import House
from tests.simulator import VENDORS, Simulator

type Rehearse = Callable[[HomeAssistant, ConfigEntry], Awaitable[None]]


@pytest.fixture(autouse=True)
def _as_it_is(rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rehearse at set-up, as without our own fixture."""
    monkeypatch.setattr(rehearsal, "async_rehearse", rehearse)


async def test_a_rehearsal(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pictures, requests and broken answers are tried; nobody is asked, and no event is there."""
    rehearsed = []

    def rehearse(self: VendorProvider, task: Task[Any]) -> None:
        rehearsed.append((self.kind, threading.get_ident() == hass.loop_thread_id))
        original(self, task)

    original = VendorProvider.rehearse
    monkeypatch.setattr(VendorProvider, "rehearse", rehearse)
    late = (answer_fields._library, refusals.refusal)
    for each in late:
        each.cache_clear()
    events: list[object] = []
    hass.bus.async_listen("eyewitness_event", events.append)
    await house.set_up()
    assert rehearsed == [(kind, False) for kind in VENDORS]
    assert sim.requests() == []
    assert [each.cache_info().misses for each in late] == [1, 1]
    assert house.runtime.last_attempts == {}
    assert events == []
    for kind in VENDORS:
        assert (await house.describe(providers=[kind]))["provider"] == kind


async def test_nobody_to_rehearse_with(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no provider, nothing is loaded for one."""
    called: list[Collection[VendorProvider]] = []
    monkeypatch.setattr(rehearsal, "rehearse", called.append)
    await house.set_up("openai")
    entry = house.entry
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(called) == 1
    hass.config_entries.async_remove_subentry(entry, house.provider("openai").subentry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(called) == 1


async def test_a_rehearsal_that_fails_or_hangs(
    house: House,
    camera: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Eyewitness starts all the same, and whoever looks into the log learns of it."""
    go_on = threading.Event()
    monkeypatch.setattr(rehearsal, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(rehearsal, "rehearse", lambda _: go_on.wait(10))
    await house.set_up("openai")
    assert (await house.describe())["provider"] == "openai"
    go_on.set()

    def fail(_: object) -> None:
        raise OSError("no decoder")

    monkeypatch.setattr(rehearsal, "rehearse", fail)
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    assert (await house.describe())["provider"] == "openai"
    assert "The rehearsal of an event raised OSError" in caplog.text
