"""Changed settings: what holds at once, and what is one reload for a burst of changes."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from threading import Event as ThreadEvent
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.setup import async_setup_component
from PIL import Image, ImageStat
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed_exact,
    setup_test_component_platform,
)

from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.runtime import build, reload_timer
from tests.flows.forms import open_add
from tests.kit import CAMERA, FakeCamera, House, until
from tests.simulator import Simulator

ALL_BLACK = {"name": "All", "left": 0, "top": 0, "right": 100, "bottom": 100}


@pytest.fixture
def real_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a reload wait for more changes, as it does outside of tests."""
    monkeypatch.setattr(reload_timer, "async_call_later", async_call_later)


@pytest.fixture
def reloads(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the reloads."""
    found: list[str] = []
    reload = hass.config_entries.async_reload

    async def spy(entry_id: str) -> bool:
        found.append(entry_id)
        return await reload(entry_id)

    monkeypatch.setattr(hass.config_entries, "async_reload", spy)
    return found


@pytest.fixture
def unavailable(hass: HomeAssistant) -> list[str]:
    """Collect the entities that become unavailable."""
    found: list[str] = []

    @callback
    def listen(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is None or state.state == STATE_UNAVAILABLE:
            found.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, listen)
    return found


def add_camera(hass: HomeAssistant, house: House, **rules: Any) -> ConfigSubentry:
    """Store rules for the front door camera, without waiting for anything."""
    data = {
        "entity_id": CAMERA,
        "registry_id": None,
        "masks": [],
        "polygons": [],
        "allowed_providers": [],
        "keep_pictures": False,
        **rules,
    }
    subentry = ConfigSubentry(
        data=MappingProxyType(data), subentry_type="camera", title="Front door", unique_id=None
    )
    hass.config_entries.async_add_subentry(house.entry, subentry)
    return subentry


def change(hass: HomeAssistant, house: House, kind: str, **data: Any) -> None:
    """Change a stored provider, without waiting for anything."""
    known = house.provider(kind)
    hass.config_entries.async_update_subentry(house.entry, known, data={**known.data, **data})


def set_options(hass: HomeAssistant, house: House, options: Mapping[str, Any]) -> None:
    """Change options, without waiting for anything."""
    changed = {**house.entry.options, **options}
    hass.config_entries.async_update_entry(house.entry, options=changed)


def brightest(sim: Simulator) -> int:
    """Return the highest value of any colour in the last picture that a vendor received."""
    jpeg = sim.image(sim.requests(endpoint="describe")[-1].seq)
    return max(high for _, high in ImageStat.Stat(Image.open(BytesIO(jpeg))).extrema)


async def test_camera_rules_change_while_twenty_calls_are_under_way(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    reloads: list[str],
    unavailable: list[str],
) -> None:
    """No call waits or fails, no entity blinks, and the next picture follows the new rules."""
    cameras = [FakeCamera(name) for name in ("Front door", *(f"Camera {n}" for n in range(9)))]
    setup_test_component_platform(hass, "camera", cameras)
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    entry = await house.set_up("openai", "grok")
    runtime = entry.runtime_data
    sim.fail("openai", "latency", latency=0.2, repeat=True)
    entity_ids = [CAMERA, *(f"camera.camera_{number}" for number in range(9))]
    calls = [asyncio.create_task(house.describe(entity_id=each)) for each in entity_ids * 2]
    await sim.wait_for_requests(2, "openai")
    grok = house.provider("grok").subentry_id
    subentry = add_camera(hass, house, masks=[ALL_BLACK])
    changed = {**subentry.data, "allowed_providers": [grok]}
    hass.config_entries.async_update_subentry(entry, subentry, data=changed)
    responses = await asyncio.gather(*calls)
    assert [response["provider"] for response in responses] == ["openai"] * 20
    assert (reloads, unavailable) == ([], [])
    assert entry.runtime_data is runtime
    assert (await house.describe())["provider"] == "grok"
    assert brightest(sim) == 0


async def test_an_area_blacked_out_while_the_camera_is_asked_is_black(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A picture that was fetched under the old rules is not sent."""
    await house.set_up("openai")
    image = camera.async_camera_image

    async def meanwhile(**size: int | None) -> bytes | None:
        if not camera.asked:
            add_camera(hass, house, masks=[ALL_BLACK])
        return await image(**size)

    monkeypatch.setattr(camera, "async_camera_image", meanwhile)
    await house.describe()
    assert camera.asked == 2
    assert len(sim.requests(endpoint="describe")) == 1
    assert brightest(sim) == 0


async def test_order_and_limits_hold_at_once(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, reloads: list[str]
) -> None:
    """The next event asks in the new order and with the new patience."""
    entry = await house.set_up("openai", "grok")
    keys = [house.provider(kind).subentry_id for kind in ("grok", "openai")]
    set_options(hass, house, {"provider_order": keys, "attempt_seconds": 7, "hedge_seconds": 3})
    await hass.async_block_till_done()
    assert house.order == ["grok", "openai"]
    assert (await house.describe())["provider"] == "grok"
    chain = entry.runtime_data.chain
    assert (chain.attempt_seconds, chain.hedge_seconds) == (7, 3)
    set_options(hass, house, {"cooldown_seconds": 60})
    await hass.async_block_till_done()
    assert not (await house.describe())["reused"]
    assert (await house.describe())["reused"]
    assert reloads == []


async def test_ten_changes_within_a_second_are_one_reload(
    hass: HomeAssistant,
    house: House,
    reloads: list[str],
    real_wait: None,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The last values hold, and until then the entry works on as it was."""
    entry = await house.set_up("openai", "grok")
    before = entry.runtime_data
    for number in range(10):
        change(hass, house, ("openai", "grok")[number % 2], model=f"model-{number}")
        freezer.tick(timedelta(seconds=0.09))
        async_fire_time_changed_exact(hass)
        await hass.async_block_till_done()
    assert reloads == []
    assert entry.runtime_data is before
    freezer.tick(timedelta(seconds=0.2))
    async_fire_time_changed_exact(hass)
    await hass.async_block_till_done()
    assert reloads == [entry.entry_id]
    models = {p.kind: p.model for p in entry.runtime_data.providers.values()}
    assert models == {"openai": "model-8", "grok": "model-9"}


async def test_ten_changes_while_it_is_being_set_up(
    hass: HomeAssistant,
    house: House,
    reloads: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None is lost: cameras and order hold at once, providers after one reload."""
    began, may_go_on = ThreadEvent(), ThreadEvent()
    build = registry.build

    def slow(*args: Any) -> Any:
        began.set()
        assert may_go_on.wait(20)
        return build(*args)

    monkeypatch.setattr(registry, "build", slow)
    entry = house.add_entry("openai", "grok")
    setting_up = asyncio.create_task(hass.config_entries.async_setup(entry.entry_id))
    await until(began.is_set)
    for number in range(8):
        change(hass, house, "openai", model=f"model-{number}")
    add_camera(hass, house, masks=[ALL_BLACK])
    keys = [house.provider(kind).subentry_id for kind in ("grok", "openai")]
    set_options(hass, house, {"provider_order": keys})
    may_go_on.set()
    await setting_up
    await hass.async_block_till_done()
    assert reloads == [entry.entry_id]
    assert house.order == ["grok", "openai"]
    assert list(entry.runtime_data.providers.values())[1].model == "model-7"
    assert len(entry.runtime_data.settings.cameras) == 1


async def test_only_a_camera_changes_while_it_is_being_set_up(
    hass: HomeAssistant,
    house: House,
    reloads: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It holds from the start, without any reload."""
    build = registry.build

    def meanwhile(*args: Any) -> Any:
        hass.loop.call_soon_threadsafe(lambda: add_camera(hass, house, masks=[ALL_BLACK]))
        return build(*args)

    monkeypatch.setattr(registry, "build", meanwhile)
    entry = await house.set_up("openai")
    assert len(entry.runtime_data.settings.cameras) == 1
    assert reloads == []


@pytest.mark.parametrize("moment", ["build", "platforms"])
async def test_e4_rules_added_while_it_is_being_set_up_hold_at_the_first_event(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """Through the form, and for a call that waits for the set-up to end."""
    calls: list[asyncio.Task[dict[str, Any]]] = []
    forward, assemble = hass.config_entries.async_forward_entry_setups, build.async_assemble

    async def meanwhile() -> None:
        calls.append(asyncio.create_task(house.describe()))
        rules = {"allowed_providers": [house.provider("grok").subentry_id], "masks": [ALL_BLACK]}
        form = await open_add(house, "camera")
        subentries = hass.config_entries.subentries
        await subentries.async_configure(
            form["flow_id"], {"entity_id": CAMERA, "keep_pictures": True, **rules}
        )

    async def assembled(*args: Any) -> Any:
        if moment == "build":
            await meanwhile()
        return await assemble(*args)

    async def forwarded(*args: Any) -> None:
        await forward(*args)
        if moment == "platforms":
            await meanwhile()

    monkeypatch.setattr(build, "async_assemble", assembled)
    monkeypatch.setattr(hass.config_entries, "async_forward_entry_setups", forwarded)
    await house.set_up("openai", "grok")
    (call,) = calls
    assert (await call)["provider"] == "grok"
    assert sim.requests("openai") == []
    assert brightest(sim) == 0


async def test_a_call_waits_for_the_reload_that_is_due(
    hass: HomeAssistant, house: House, camera: FakeCamera, reloads: list[str], real_wait: None
) -> None:
    """It would be cut off otherwise; so it is answered by the provider as it is now."""
    await house.set_up("openai")
    change(hass, house, "openai", model="gpt-6-luna")
    await hass.async_block_till_done()
    response = await house.describe()
    assert response["model"] == "gpt-6-luna"
    assert len(reloads) == 1


@pytest.mark.parametrize("way", ["unload", "stop"])
async def test_nothing_reloads_what_has_ended(
    hass: HomeAssistant,
    house: House,
    reloads: list[str],
    real_wait: None,
    freezer: FrozenDateTimeFactory,
    way: str,
) -> None:
    """A reload that was due is forgotten, and whoever waits for it goes on."""
    entry = await house.set_up("openai")
    timer = entry.runtime_data.reload
    change(hass, house, "openai", model="gpt-6-luna")
    await hass.async_block_till_done()
    waiting = asyncio.create_task(timer.async_wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    if way == "unload":
        await hass.config_entries.async_unload(entry.entry_id)
    else:
        await hass.async_stop(force=True)
    await asyncio.wait_for(waiting, 1)
    freezer.tick(timedelta(seconds=5))
    async_fire_time_changed_exact(hass)
    await hass.async_block_till_done()
    assert reloads == []


async def test_a_removed_provider_is_not_asked_any_more(
    hass: HomeAssistant, house: House, real_wait: None
) -> None:
    """Not even in the second before the reload."""
    entry = await house.set_up("openai", "grok")
    hass.config_entries.async_remove_subentry(entry, house.provider("openai").subentry_id)
    await hass.async_block_till_done()
    assert house.order == ["grok"]
    assert len(entry.runtime_data.built) == 2
