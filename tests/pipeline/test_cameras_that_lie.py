"""Describe what cameras send that sleep, that repeat themselves or that show nothing."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.util import dt as dt_util
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.pictures import freshness
from tests.kit import FakeCamera, FakeImage, House, pick, picture
from tests.pictures.scenes import BLACK, add_rules
from tests.results import Fired, error_key, error_of
from tests.simulator import Simulator

IMAGE = "image.last_visitor"
BUTTON = "button.front_door_take_snapshot"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait long for a better picture, nor before the same one counts as old."""
    monkeypatch.setattr(policy, "CAMERA_SECONDS", 1.0)
    monkeypatch.setattr(freshness, "_REPEATED_SECONDS", 0.0)


async def test_the_previous_picture_is_told_as_such(
    house: House, camera: FakeCamera, fired: Fired
) -> None:
    """In the response and in both events, with the least age that it can have."""
    await house.set_up("openai")
    assert pick([await house.describe()], "stale", "picture_age_seconds") == [(False, None)]
    again = await house.describe()
    assert again["stale"] is True
    assert again["picture_age_seconds"] >= 0
    assert fired.described[1].data == again
    house.sim.fail("openai", "refusal")
    await error_of(house.describe())
    (event,) = fired.failed
    assert event.data["stale"] is True
    assert event.data["picture_age_seconds"] >= again["picture_age_seconds"]


async def test_an_image_of_five_days_ago_is_described_as_such(
    house: House, image: FakeImage
) -> None:
    """Its state says when it was taken."""
    await house.set_up("openai")
    image._attr_image_last_updated = dt_util.utcnow() - timedelta(days=5)
    image.async_write_ha_state()
    response = await house.describe(entity_id=IMAGE)
    assert response["stale"] is True
    assert response["picture_age_seconds"] == pytest.approx(5 * 86400, abs=10)
    assert "640x480" in response["description"]


async def test_a_blank_picture_costs_nothing(
    house: House, sim: Simulator, camera: FakeCamera, fired: Fired
) -> None:
    """Nobody is asked about black."""
    await house.set_up("openai")
    camera.sends = BLACK
    error = await error_of(house.describe())
    assert error.translation_key == "camera_blank"
    assert error.translation_placeholders == {"camera": "Front door"}
    (event,) = fired.failed
    assert pick([event.data], "status", "attempts", "cost") == [("failed:camera", [], 0)]
    assert (sim.requests(), await house.usage(), fired.described) == ([], [], [])
    camera.first, camera.sends = [BLACK], picture()
    assert (await house.describe())["stale"] is False


@pytest.mark.parametrize("works", [True, False])
async def test_a_sleeping_camera_is_woken_up(
    hass: HomeAssistant, house: House, camera: FakeCamera, works: bool
) -> None:
    """Its picture comes after what its rules say; without that it is taken all the same."""
    await house.set_up("openai")
    await add_rules(house, wake_entity=BUTTON, wake_seconds=0)
    hass.states.async_set(BUTTON, "unknown")
    pressed: list[Any] = []

    async def press(call: ServiceCall) -> None:
        pressed.append(call.data["entity_id"])
        if not works:
            raise OSError
        camera.sends = picture(640, 360)

    hass.services.async_register("button", "press", press)
    response = await house.describe()
    assert pressed == [BUTTON]
    assert ("640x360" if works else "1280x720") in response["description"]


async def test_waking_takes_a_third_of_the_time_at_most(
    hass: HomeAssistant, house: House, camera: FakeCamera, fired: Fired
) -> None:
    """The camera that then hangs has its own third, and there is still one for an answer."""
    await house.set_up("openai")
    await add_rules(house, wake_entity=BUTTON, wake_seconds=30)
    hass.states.async_set(BUTTON, "unknown")
    hass.services.async_register("button", "press", lambda _call: None)
    response = await house.describe(timeout=5)
    assert 5000 / 3 <= response["total_time_ms"] < 5000
    camera.hangs = True
    assert await error_key(house.describe(timeout=5)) == "camera_unavailable"
    assert fired.failed[0].data["total_time_ms"] < 5000
