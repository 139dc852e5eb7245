"""A provider in trouble is looked at again without a person, but not too often."""

import asyncio
from math import inf

from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.health import Health
from custom_components.eyewitness.pipeline import recovery
from custom_components.eyewitness.runtime import issues
from tests.kit import House, pick, until
from tests.runtime.test_issues import FORBIDDEN, in_trouble, reported, two_in_trouble
from tests.simulator import Simulator
from tests.simulator.faults import Kind as FaultKind
from tests.waiting import landed

pytestmark = pytest.mark.usefixtures("camera")


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again after a moment, and no later when another one is well."""
    for name in ("LEAST_SECONDS", "MOST_SECONDS"):
        monkeypatch.setattr(recovery, name, 0.05)


def health(house: House, title: str = "Mine") -> Health:
    """Return the health of a provider."""
    return house.runtime.chain.health(house.provider(title).subentry_id)


def asked(sim: Simulator) -> int:
    """Return how many pictures OpenAI was shown."""
    return len(sim.requests("openai", "describe"))


@pytest.mark.usefixtures("_soon")
async def test_h7_a_report_goes_by_itself_once_its_provider_is_well(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """While others answer the events, nobody else would ask it for an hour."""
    await in_trouble(house, sim, {"kind": "quota"})
    await asyncio.sleep(0.2)
    assert asked(sim) == 1, "it must not be asked within its minute"
    sim.fail("openai", "quota")
    health(house)._firm_until = 0.0
    await until(lambda: asked(sim) == 2)
    await until(lambda: health(house).firm_left > 50)
    assert set(reported(hass)) == {"quota"}
    health(house)._firm_until = 0.0
    await until(lambda: reported(hass) == {})
    assert (await house.describe())["provider"] == "openai"
    await asyncio.sleep(0.2)
    assert asked(sim) == 4, "nothing is left to look at"
    looks = [row for row in await house.usage() if row["purpose"] == "test"]
    assert pick(looks, "outcome") == [("quota",), ("ok",)]


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("fault", ["blind", "refusal", "non_json"])
async def test_h7_a_look_that_was_answered_is_the_last_however_good_the_answer_is(
    hass: HomeAssistant, house: House, sim: Simulator, quick: None, fault: FaultKind
) -> None:
    """Each is billed: four in an hour would use up a free plan in a morning."""
    await in_trouble(house, sim, {"kind": "quota"})
    sim.fail("openai", fault, repeat=True)
    health(house)._firm_until = 0.0
    await until(lambda: asked(sim) > 1)
    await landed(house)
    seen = asked(sim)
    await asyncio.sleep(0.3)
    assert asked(sim) == seen <= 5
    assert reported(hass) == {}, "it has a quota again"


async def test_h7_when_one_is_well_the_others_are_looked_at(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was wrong with all of them is mostly over for all of them."""
    monkeypatch.setattr(recovery, "SOON_SECONDS", 0.05)
    await two_in_trouble(house, FORBIDDEN)
    for title in ("Mine", "grok"):
        health(house, title)._firm_until = 0.0
    assert set(reported(hass)) == {"providers_out"}
    await house.describe()
    await until(lambda: reported(hass) == {})
    assert health(house, "grok").guess_left == health(house).guess_left == 0


@pytest.mark.usefixtures("_soon")
async def test_h7_a_model_that_is_gone_is_looked_for_in_the_free_list(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Its report goes when it is back, without a picture; a restart did the same before."""
    await house.set_up(house.subentry("openai", model="gpt-4o-mini", title="Mine"))
    health(house).cool_down(Failure.MODEL_MISSING, inf)
    issues.async_begin(hass, house.entry)
    assert set(reported(hass)) == {"model_missing"}
    sim.offer("openai", "gpt-4o-mini")
    await hass.config_entries.async_reload(house.entry.entry_id)
    await until(lambda: reported(hass) == {})
    assert (asked(sim), health(house).cooldown_left) == (0, 0)


@pytest.mark.usefixtures("_soon")
async def test_h7_no_look_outlasts_the_entrys_run(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Neither one that is under way nor one that is due."""
    await in_trouble(house, sim, {"kind": "quota"})
    sim.fail("openai", "hang")
    health(house)._firm_until = 0.0
    await until(lambda: asked(sim) == 2)
    await hass.config_entries.async_unload(house.entry.entry_id)
    await asyncio.sleep(0.2)
    assert asked(sim) == 2
