"""A camera that automations watch is reported when it is not described any more (H 6)."""

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.eyewitness.pipeline import failing_cameras
from custom_components.eyewitness.pipeline.record import Status
from tests.kit import CAMERA, FakeCamera, House, picture
from tests.results import error_key
from tests.runtime.test_issues import reported
from tests.shown import TEXTS
from tests.simulator import Simulator
from tests.waiting import landed

NAME = "cameras_failing"


@pytest.fixture(autouse=True)
async def _set_up(house: House, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one provider, that declines, and let no time be needed between the events."""
    monkeypatch.setattr(failing_cameras, "SECONDS", 0.0)
    await house.set_up("openai")
    house.sim.fail("openai", "refusal", repeat=True)


async def fail(house: House, times: int = 1, context: Context | None = None) -> None:
    """Describe in vain."""
    for _ in range(times):
        assert await error_key(house.describe(context=context))
        await landed(house)


async def test_h6_three_failed_events_are_reported_once_until_a_description(
    hass: HomeAssistant, house: House, camera: FakeCamera, sim: Simulator
) -> None:
    """It says how many and why; whoever describes the camera ends it."""
    await fail(house, 2)
    assert NAME not in reported(hass)
    await fail(house)
    placeholders = reported(hass)[NAME].translation_placeholders
    assert placeholders == {
        "cameras": "Front door",
        "list": "- Front door: 3 events in a row without a description. "
        "The reason for the last one: every provider declined to answer.",
    }
    camera.sends = None
    await fail(house)
    told = str(reported(hass)[NAME].translation_placeholders)
    assert "4 events in a row" in told
    assert "for the last one: the camera gave no usable picture" in told
    camera.sends = picture()
    sim.clear_faults()
    await house.describe()
    assert NAME not in reported(hass)
    sim.fail("openai", "refusal", repeat=True)
    await fail(house, 2)
    assert NAME not in reported(hass), "a description begins a new row"


async def test_h6_a_name_is_only_text(hass: HomeAssistant, house: House) -> None:
    """Cameras are named by those who made them; the list is markdown, and the title is not."""
    hass.states.async_set(CAMERA, "idle", {"friendly_name": "![Door](//a.example/x)"})
    await fail(house, 3)
    placeholders = reported(hass)[NAME].translation_placeholders
    assert placeholders is not None
    assert placeholders["cameras"] == "![Door](//a.example/x)"
    assert placeholders["list"].startswith(r"- \!\[Door\]\(\/\/a\.example\/x\): 3 events")


async def test_h6_a_camera_that_is_gone_is_reported_no_more(
    hass: HomeAssistant, house: House
) -> None:
    """Nobody could describe it to end that; a renamed one is another one from then on."""
    await fail(house, 3)
    hass.states.async_set("camera.back_door", "idle")
    hass.states.async_remove(CAMERA)
    assert await error_key(house.describe(entity_id="camera.back_door"))
    await landed(house)
    assert NAME not in reported(hass)


async def test_h6_a_bad_moment_is_not_reported(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A storm of events may fail within seconds."""
    monkeypatch.setattr(failing_cameras, "SECONDS", 300.0)
    await fail(house, 5)
    assert NAME not in reported(hass)


async def test_h6_who_asked_and_failed_has_seen_it(hass: HomeAssistant, house: House) -> None:
    """What a person asks for is answered on the screen, and needs no report."""
    user = await hass.auth.async_create_user("Me", group_ids=["system-admin"])
    await fail(house, 5, Context(user_id=user.id))
    assert NAME not in reported(hass)


def test_h6_every_end_that_counts_has_its_words() -> None:
    """Or a report would show a name of ours."""
    silent = {Status.DESCRIBED, Status.TESTED, *failing_cameras._NO_FAILURE}
    for status in set(Status) - silent:
        assert f"exceptions.not_described_{status.replace(':', '_')}.message" in TEXTS
