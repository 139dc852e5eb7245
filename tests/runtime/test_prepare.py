"""Models are chosen before there is an event, and the next provider is asked in time anyway."""

from collections.abc import Callable
from math import inf
import time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.runtime import build
from tests.kit import House, Kind, until
from tests.simulator import Model, Simulator

from .kit import reload
from .test_issues import reported

pytestmark = pytest.mark.usefixtures("camera")


@pytest.fixture(autouse=True)
def _as_it_is(
    prepare: Callable[[HomeAssistant, ConfigEntry], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prepare the providers at set-up, as without our own fixture."""
    monkeypatch.setattr(build, "async_prepare", prepare)


async def test_models_are_chosen_at_set_up_and_after_a_reload(house: House, sim: Simulator) -> None:
    """By one free request to each; the first event sends nothing but its picture."""
    await house.set_up("openai", "anthropic")
    for reloads in (1, 2):
        await house.hass.async_block_till_done(wait_background_tasks=True)
        assert "auto" not in {provider.model for provider in house.runtime.providers.values()}
        assert len(sim.requests(endpoint="models")) == 2 * reloads
        await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    await house.describe()
    assert len(sim.requests(endpoint="models")) == 6
    assert len(sim.requests(endpoint="describe")) == 1


async def test_a_provider_that_is_left_alone_is_not_asked(house: House, sim: Simulator) -> None:
    """A refused key is not sent again by a restart."""
    await house.set_up("openai")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    runtime = house.runtime
    runtime.chain.health(house.provider("openai").subentry_id).cool_down(Failure.AUTH, 300)
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert len(sim.requests()) == 1


@pytest.mark.parametrize(
    ("kind", "model", "listed", "left", "told"),
    [
        # Before 0.2 one 404 was enough, also for a model of our choice.
        ("openai", "auto", ["gpt-7-x"], 0, set()),
        ("openai_compatible", "mine", ["mine"], 0, set()),
        ("openai_compatible", "mine", ["another"], inf, {"model_missing"}),
        ("openai_compatible", "auto", [], 3600, {"no_model"}),
        ("openai_compatible", "mine", None, 3600, {"model_missing"}),
    ],
)
async def test_a_model_that_was_gone_is_looked_for_at_the_next_start(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    kind: Kind,
    model: str,
    listed: list[str] | None,
    left: float,
    told: set[str],
) -> None:
    """Whoever has it again answers; without a list an event finds out after an hour."""
    await house.set_up(house.subentry(kind, model=model))
    await hass.async_block_till_done(wait_background_tasks=True)
    provider_id = house.provider(kind).subentry_id
    house.runtime.chain.health(provider_id).cool_down(Failure.MODEL_MISSING, inf)
    if listed is None:
        sim.fail("openai", "server_error", endpoint="models")
    else:
        sim.set_models("openai", [Model(id=each) for each in listed])
    await reload(house)
    await hass.async_block_till_done(wait_background_tasks=True)
    health = house.runtime.chain.health(provider_id)
    assert health.cooldown_left == pytest.approx(left, abs=5)
    assert set(reported(hass)) == told
    assert left or (await house.describe())["model"] in (listed or ())


@pytest.mark.parametrize("fault", ["hang", "server_error"])
async def test_a_list_that_does_not_come_is_no_hurry(
    house: House, sim: Simulator, fault: str
) -> None:
    """The set-up does not wait for it, and an unload leaves nothing of it."""
    sim.fail("openai", fault, endpoint="models", repeat=True)  # type: ignore[arg-type]
    began = time.monotonic()
    await house.set_up("openai")
    await until(lambda: bool(sim.requests()))
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert time.monotonic() - began < 5


async def test_the_next_provider_is_asked_within_two_seconds(house: House, sim: Simulator) -> None:
    """Though its list of models hangs, at set-up and in the event."""
    sim.fail("grok", "hang", endpoint="models", repeat=True)
    await house.set_up("openai", "grok")
    sim.fail("openai", "server_error", repeat=True)
    response = await house.describe()
    assert response["provider"] == "grok"
    (failed,) = sim.requests("openai", "describe")
    (asked,) = sim.requests("grok", "describe")
    assert failed.answered_monotonic is not None
    assert asked.received_monotonic - failed.answered_monotonic < 2
