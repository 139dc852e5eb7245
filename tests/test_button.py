"""Press the buttons that test the chain and describe a camera."""

import asyncio
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.kit import CAMERA, FakeCamera, House, pick
from tests.pictures.scenes import add_rules
from tests.results import Fired, error_of, state_of
from tests.simulator import Simulator

BUTTON = "button.eyewitness_test_the_chain"
DESCRIBE = "button.front_door_describe"


async def press(hass: HomeAssistant, context: Context | None = None, button: str = BUTTON) -> None:
    """Press one as a person does, or without a context as an automation."""
    await hass.services.async_call(
        "button", "press", {"entity_id": button}, blocking=True, context=context
    )


def failed(error: HomeAssistantError) -> str:
    """Return whom the error of the self-test names."""
    assert error.translation_key == "self_test_failed"
    return (error.translation_placeholders or {})["failed"]


async def test_when_all_is_well_it_says_nothing(hass: HomeAssistant, house: House) -> None:
    """The sensors show the result, and the button when it was pressed."""
    await house.set_up("openai", "grok")
    assert hass.states.async_entity_ids("button") == [BUTTON]
    await press(hass)
    await hass.async_block_till_done()
    for name in ("openai_status", "xai_grok_status"):
        assert state_of(hass, f"sensor.{name}").state == "ok"
    assert state_of(hass, BUTTON).state != "unknown"
    assert len(await house.usage()) == 3


async def test_it_names_who_failed(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """By the name that the user gave, with our word for what happened."""
    await house.set_up(house.subentry("openai", title="Mine"), "grok", "gemini")
    sim.fail("openai", "quota", repeat=True)
    sim.fail("gemini", "forbidden", repeat=True)
    error = await error_of(press(hass))
    named = "Mine: Quota used up, Google Gemini: Access denied"
    assert failed(error) == named
    assert str(error).rstrip(".") == f"The self-test found trouble with {named}"
    assert pick(await house.usage(), "outcome")[:3] == [("quota",), ("ok",), ("forbidden",)]


async def test_a_hand_over_that_fails_is_trouble_too(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Number two answered a moment ago and does not any more."""
    await house.set_up("openai", "grok")

    async def fail_later() -> None:
        await sim.wait_for_requests(4, seconds=10)
        sim.fail("grok", "quota", repeat=True)

    watch = hass.async_create_background_task(fail_later(), "fail later")
    sim.fail("grok", "latency", latency=0.3)
    assert failed(await error_of(press(hass))) == "-"
    await watch
    assert sim.requests("grok", "describe")


async def test_only_an_administrator_may_press_it(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It costs money, and so does the action, which a plain user may not call either."""
    await house.set_up("openai")
    owner = MockUser(name="Owner", is_owner=True).add_to_hass(hass)
    guest = await hass.auth.async_create_user("Guest", group_ids=[GROUP_ID_USER])
    with pytest.raises(Unauthorized):
        await press(hass, Context(user_id=guest.id))
    with pytest.raises(UnknownUser):
        await press(hass, Context(user_id="somebody who was removed"))
    assert sim.requests() == []
    await press(hass, Context(user_id=owner.id))
    await press(hass)
    assert len(sim.requests("openai", "describe")) == 2


async def test_a_plain_user_gains_nothing_by_a_press_in_between(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Each press counts for whoever made it, however many are under way."""
    await house.set_up("openai")
    MockUser(name="Owner", is_owner=True).add_to_hass(hass)
    guest = await hass.auth.async_create_user("Guest", group_ids=[GROUP_ID_USER])
    sim.fail("openai", "latency", latency=0.3)
    contexts = [None, Context(user_id=guest.id), None]
    ends = await asyncio.gather(
        *(press(hass, context) for context in contexts), return_exceptions=True
    )
    assert [type(end) for end in ends] == [type(None), Unauthorized, type(None)]
    assert len(sim.requests("openai", "describe")) == 1, "who comes during a test shares it"


async def test_a_camera_is_described_by_pressing_its_button(
    hass: HomeAssistant, house: House, camera: FakeCamera, fired: Fired
) -> None:
    """An event like any other, and the press is where it comes from."""
    await house.set_up("openai")
    await add_rules(house)
    context = Context()
    await press(hass, context, DESCRIBE)
    (event,) = fired.described
    assert (event.data["camera"], event.context) == (CAMERA, context)
    assert pick(await house.usage(), "purpose", "camera") == [("event", CAMERA)]


async def test_a_description_that_fails_is_told_to_whoever_pressed(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """In the words that the action has for it."""
    await house.set_up("openai")
    await add_rules(house)
    camera.sends = None
    assert (await error_of(press(hass, button=DESCRIBE))).translation_key == "camera_unavailable"


async def test_only_who_may_see_a_camera_may_have_it_described(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The description shows what is there, just as the picture does."""
    await house.set_up("openai")
    await add_rules(house)
    policy: dict[str, Any] = {"entities": {"entity_ids": {DESCRIBE: True}}}
    guest = MockUser(name="Guest").add_to_hass(hass)
    guest.mock_policy(policy)
    context = Context(user_id=guest.id)
    with pytest.raises(Unauthorized):
        await press(hass, context, DESCRIBE)
    assert sim.requests() == []
    policy["entities"]["entity_ids"][CAMERA] = {"read": True}
    guest.mock_policy(policy)
    await press(hass, context, DESCRIBE)
    assert len(sim.requests("openai", "describe")) == 1
