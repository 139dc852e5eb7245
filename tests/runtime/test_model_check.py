"""A missing model: it is looked for once more before it counts as gone for good (F 11)."""

import asyncio
from math import inf
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.health import Health
from tests.kit import House
from tests.simulator import Model, Simulator

from .kit import describe_and_wait, reload
from .test_issues import reported

pytestmark = pytest.mark.usefixtures("camera")
MINE = "llava:13b"


async def own_server(house: House, model: str = MINE) -> Health:
    """Set up a server of the user's own; return its health."""
    await house.set_up(house.subentry("openai_compatible", model=model))
    house.sim.set_models("openai", [Model(id=MINE)])
    return health(house)


def health(house: House) -> Health:
    """Return the health of the user's own server."""
    return house.runtime.chain.health(house.provider("openai_compatible").subentry_id)


async def answered(house: House) -> bool:
    """Describe, wait for the second look, and return whether there was an answer."""
    try:
        await describe_and_wait(house)
    except HomeAssistantError:
        await house.hass.async_block_till_done(wait_background_tasks=True)
        return False
    return True


@pytest.mark.parametrize("second", ["listed", "empty", "server_error", "model_missing", "html"])
async def test_one_404_of_a_starting_proxy(
    hass: HomeAssistant, house: House, sim: Simulator, second: Any
) -> None:
    """It rests for a minute, nobody is told, and the first good answer ends that."""
    found = await own_server(house)
    sim.fail("openai", "model_missing")
    if second == "empty":
        sim.set_models("openai", [])
    elif second != "listed":
        status = 404 if second == "model_missing" else 500
        sim.fail("openai", "status", status=status, endpoint="models")
    assert not await answered(house)
    assert 50 < found.cooldown_left <= 60
    assert reported(hass) == {}
    sim.set_models("openai", [Model(id=MINE)])
    found._cooldown_until = 0.0  # as when its minute is over
    assert await answered(house)


@pytest.mark.parametrize("blind", [True, False])
async def test_two_witnesses(
    hass: HomeAssistant, house: House, sim: Simulator, blind: bool
) -> None:
    """The list does not hold it either, or the server says that it does not see: for good."""
    found = await own_server(house)
    sim.set_models("openai", [Model(id=MINE, vision=False) if blind else Model(id="another")])
    assert not await answered(house)
    assert found.cooldown_left == inf
    assert set(reported(hass)) == {"model_missing"}
    await reload(house)
    assert health(house).cooldown_left == inf
    assert set(reported(hass)) == {"model_missing"}


@pytest.mark.parametrize("model", ["auto", MINE])
async def test_a_server_without_its_model_is_reported_in_the_end(
    hass: HomeAssistant, house: House, sim: Simulator, model: str
) -> None:
    """After a quarter of an hour it is not starting any more; it is still asked each hour."""
    found = await own_server(house, model)
    name = "no_model" if model == "auto" else "model_missing"
    sim.set_models("openai", [])
    rests = []
    for _ in range(7):
        assert not await answered(house)
        rests.append(round(found.cooldown_left, -1))
        told = set(reported(hass))
        assert told == ({name} if rests[-1] > 600 else set())
        found._cooldown_until = 0.0
    assert rests == [60, 120, 240, 480, 960, 1920, 3600]
    sim.set_models("openai", [Model(id=MINE)])
    assert await answered(house)
    assert reported(hass) == {}


async def test_what_happens_during_the_second_look(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that hangs ends; a provider that answers meanwhile, or was removed, is let be."""
    monkeypatch.setattr(policy, "CHECK_SECONDS", 0.3)
    found = await own_server(house)
    sim.set_models("openai", [Model(id="another")])
    sim.fail("openai", "hang", endpoint="models")
    async with asyncio.timeout(15):
        assert not await answered(house)
    assert found.cooldown_left <= 60
    found._cooldown_until = 0.0
    sim.fail("openai", "latency", latency=0.1, endpoint="models")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    house.runtime.reset(house.provider("openai_compatible").subentry_id)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert found.cooldown_left == 0


async def test_dropped_parameters_are_kept_over_a_restart(house: House, sim: Simulator) -> None:
    """(10) What a model has rejected is not sent to it again by the next run."""
    await house.set_up(house.subentry("openai", model="gpt-7-x"))
    sim.offer("openai", "gpt-7-x", refuses=["reasoning_effort"])
    for requests in (2, 1):
        assert len((await house.describe())["attempts"]) == requests
        await reload(house)
    assert len((await house.describe())["attempts"]) == 1
