"""Show the last event as it was: nothing may pretend when it was not described."""

from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
import pytest

from custom_components.eyewitness.const import DOMAIN
from tests.kit import ENTRY_ID, FakeCamera, FakeImage, House
from tests.results import error_of, state_of
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("all_enabled")

TITLE, SENTENCES, TIME, WHO = (
    f"sensor.eyewitness_{name}"
    for name in ("last_description", "what_happened", "last_event", "answering_provider")
)

NAME = "last_visitor"


def shown(hass: HomeAssistant) -> list[str]:
    """Return the four states."""
    return [state_of(hass, name).state for name in (TITLE, SENTENCES, TIME, WHO)]


def moment(timestamp: str) -> str:
    """Return a time as a sensor's state."""
    parsed = dt_util.parse_datetime(timestamp, raise_on_error=True)
    return dt_util.as_utc(parsed).isoformat(timespec="seconds")


@pytest.mark.parametrize("trouble", ["provider", "camera"])
async def test_an_event_that_failed_is_shown_as_failed(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, quick: None, trouble: str
) -> None:
    """When and why in plain words, also after a restart, until something is described again."""
    await house.set_up("openai")
    good = await house.describe()
    working = camera.sends
    if trouble == "provider":
        sim.fail("openai", "quota")
    else:
        camera.sends = None
    why = f"{str(await error_of(house.describe())).removesuffix('.')}."
    await hass.async_block_till_done()
    attributes = state_of(hass, TITLE).attributes
    assert len(why) > 1
    assert good["title"] not in attributes.values()
    assert attributes["reason"] == why
    assert (attributes["description"], attributes["provider"]) == ("", None)
    assert attributes["status"] == {"provider": "failed", "camera": "failed:camera"}[trouble]
    assert shown(hass) == ["Not described", why, moment(attributes["timestamp"]), "nobody"]
    assert state_of(hass, WHO).attributes["reason"] == why

    before = shown(hass)
    await hass.config_entries.async_reload(ENTRY_ID)
    assert shown(hass) == before
    assert state_of(hass, TITLE).attributes == attributes

    sim.reset()
    camera.sends = working
    house.runtime.reset(house.provider("openai").subentry_id)
    good = await house.describe()
    for reload in (False, True):
        if reload:
            await hass.config_entries.async_reload(ENTRY_ID)
        assert shown(hass)[:2] == [good["title"], good["description"]]
        assert shown(hass)[2:] == [moment(good["timestamp"]), "openai"]
        attributes = state_of(hass, TITLE).attributes
        assert (attributes["status"], attributes["reason"]) == ("described", None)


async def test_the_same_said_again_is_new_and_a_test_is_not(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """The time beside a text is that of the text."""
    await house.set_up("openai")
    first = await house.describe()
    changes: list[Event[EventStateChangedData]] = []
    async_track_state_change_event(hass, TITLE, changes.append)
    before = state_of(hass, TITLE).last_changed
    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    await hass.async_block_till_done()
    assert (changes, state_of(hass, TITLE).last_changed) == ([], before)
    assert (await house.describe())["title"] == first["title"]
    await hass.async_block_till_done()
    assert len(changes) == 1
    assert state_of(hass, TITLE).last_changed > before


async def test_nobody_who_was_removed_is_named(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """The text stays, who said it is nobody of this home any more."""
    await house.set_up("openai", "grok")
    said = await house.describe(providers=["grok"])
    assert state_of(hass, WHO).state == "grok"
    hass.config_entries.async_remove_subentry(house.entry, house.provider("xAI Grok").subentry_id)
    await hass.async_block_till_done()
    assert state_of(hass, WHO).state == "unknown"
    assert state_of(hass, TITLE).state == said["title"]


@pytest.mark.parametrize(
    "text",
    [
        f"Cars pass: {', '.join(f'a number {number}' for number in range(40))}.",
        "、".join(f"车辆{number}经过" for number in range(60)),
    ],
    ids=["blanks", "none"],
)
async def test_a_long_text_is_cut_where_a_state_ends(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, text: str
) -> None:
    """All of it is in the attribute; Chinese joins all of it without a blank."""
    await house.set_up("openai")
    sim.fail("openai", "answer", text=f'{{"title": "Men", "description": "{text}"}}')
    await house.describe()
    cut = state_of(hass, SENTENCES).state
    assert 250 < len(cut) <= 255
    assert cut.endswith("…")
    assert text.startswith(cut.removesuffix("…"))
    assert state_of(hass, TITLE).attributes["description"] == text


async def test_each_camera_shows_its_own(
    hass: HomeAssistant, house: House, camera: FakeCamera, image: FakeImage
) -> None:
    """From its first description on, and after a restart; what failed is shown as failed."""
    await house.set_up("openai")
    door = await house.describe()
    visitor = await house.describe(entity_id="image.last_visitor")
    await hass.async_block_till_done()
    shown = [state_of(hass, f"sensor.{name}_last_description") for name in ("front_door", NAME)]
    for state, said in zip(shown, (door, visitor), strict=True):
        facts = {name: state.attributes[name] for name in ("description", "event_id", "timestamp")}
        assert state.state == said["title"]
        assert facts == {name: said[name] for name in facts}
    camera.sends = None
    await error_of(house.describe())
    await hass.async_block_till_done()
    failed = state_of(hass, "sensor.front_door_last_description")
    assert (failed.state, failed.attributes["description"]) == ("Not described", "")
    assert failed.attributes["reason"]
    await house.describe(entity_id="image.last_visitor")
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(ENTRY_ID)
    await hass.async_block_till_done()
    again = state_of(hass, "sensor.front_door_last_description")
    assert (again.state, again.attributes) == (failed.state, failed.attributes)
    assert state_of(hass, f"sensor.{NAME}_last_description").state == visitor["title"]
