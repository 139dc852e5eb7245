"""Press the buttons that test all providers and describe a camera."""

import asyncio
import re
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from tests.kit import CAMERA, ENTRY_ID, FakeCamera, House, pick
from tests.pictures.scenes import add_rules
from tests.results import Fired, error_key, error_of, state_of
from tests.shown import as_read
from tests.simulator import Model, Simulator
from tests.simulator.answers import INVENTED

BUTTON = "button.eyewitness_test_all_providers"
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


def notifications(hass: HomeAssistant) -> list[tuple[str | None, str]]:
    """Return the titles and texts of what the bell shows."""
    shown = hass.data.get("persistent_notification", {})
    return [(each["title"], each["message"]) for each in shown.values()]


async def test_when_all_is_well_it_says_so(hass: HomeAssistant, house: House) -> None:
    """On the screen, with a line for each provider, and replaced by the next press."""
    await house.set_up("openai", "grok")
    assert hass.states.async_entity_ids("button") == [BUTTON]
    for _ in range(2):
        await press(hass)
    ((title, text),) = notifications(hass)
    assert title == "All providers work"
    first, openai, grok, last = (line for line in as_read(text).splitlines() if line)
    number = first.removeprefix("Each provider was shown a picture with the number ")[:3]
    said = f"The number {number} is on it.” It took 0."
    assert openai.startswith("- **OpenAI** sees the picture. It said: “A 384 by 384 picture")
    assert grok.startswith("- **xAI Grok** sees the picture. It said: “")
    assert said in openai
    assert said in grok
    assert openai.endswith(" US cents.")
    assert re.fullmatch(r"When OpenAI fails, xAI Grok takes over after \d\.\d seconds\.", last)


async def test_it_is_not_hidden(hass: HomeAssistant, house: House) -> None:
    """It stands among the controls of its device, under a name that a person understands."""
    await house.set_up("openai")
    entry = er.async_get(hass).async_get(BUTTON)
    assert entry is not None
    assert (entry.entity_category, entry.unique_id) == (None, f"{ENTRY_ID}_test_chain")
    assert state_of(hass, BUTTON).name == "Eyewitness Test all providers"


async def test_until_there_is_a_result_it_says_that_it_is_at_work(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """A test may take a minute; when it ends without a result, nothing is left."""
    await house.set_up("openai")
    sim.fail("openai", "hang", endpoint="models")
    pressed = hass.async_create_task(press(hass))
    await sim.wait_for_requests(1)
    assert [title for title, _ in notifications(hass)] == ["Testing all providers"]
    await hass.config_entries.async_unload(house.entry.entry_id)
    assert await error_key(pressed) == "interrupted"
    assert notifications(hass) == []


async def test_the_sensors_show_the_result_too(hass: HomeAssistant, house: House) -> None:
    """And the button when it was pressed."""
    await house.set_up("openai", "grok")
    await press(hass)
    await hass.async_block_till_done()
    for name in ("openai_status", "xai_grok_status"):
        assert state_of(hass, f"sensor.{name}").state == "ok"
    assert state_of(hass, BUTTON).state != "unknown"
    assert len(await house.usage()) == 3


async def test_it_names_who_failed(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """By the name that the user gave, with our word for what happened."""
    await house.set_up(house.subentry("openai", title="My [own]"), "grok", "gemini")
    sim.fail("openai", "quota", repeat=True)
    sim.fail("gemini", "blind", repeat=True)
    error = await error_of(press(hass))
    named = "My [own]: No requests left. Google Gemini: Does not see pictures."
    assert failed(error) == named
    assert str(error) == f"The test found a problem. {named}"
    assert pick(await house.usage(), "outcome")[:3] == [("quota",), ("ok",), ("blind",)]
    ((title, text),) = notifications(hass)
    assert title == "Not all providers work"
    mine, _, gemini, last = [line for line in text.splitlines() if line][1:]
    assert mine.startswith(r"- **My \[own\]** did not answer: No requests left. It took 0.")
    assert mine.endswith(" seconds and cost 0 US cents.")
    model = "gemini-3.5-flash-lite"
    blind = f"answered, but did not see the picture. Choose another model than {model}. It said: “"
    assert as_read(gemini).startswith(f"- **Google Gemini** {blind}{INVENTED}”")
    assert last.startswith("When OpenAI fails, xAI Grok takes over")


async def test_a_single_provider_has_nobody_behind_it(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It is said; and a cost that nobody knows is not shown as 0."""
    sim.set_models("openai", [Model(id="unheard-of")])
    await house.set_up(house.subentry("openai", model="unheard-of"))
    await press(hass)
    ((_, text),) = notifications(hass)
    assert "What it cost is not known." in text
    assert text.endswith("There is only one provider, so nobody takes over when it fails.")


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
    assert failed(await error_of(press(hass))) == "When OpenAI fails, nobody takes over."
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
