"""The vendors change everything overnight, and the next event is described all the same."""

import pytest

from tests.kit import House
from tests.simulator import VENDORS, Model, Simulator, Vendor

pytestmark = pytest.mark.usefixtures("camera")

NEW = {
    "openai": "gpt-7-nova",
    "grok": "grok-6",
    "gemini": "gemini-5-flash",
    "anthropic": "claude-haiku-7",
}
OPTIONAL: dict[Vendor, set[str]] = {
    "openai": {"reasoning_effort", "store", "response_format", "max_tokens"},
    "gemini": {"thinkingLevel", "thinkingBudget", "responseMimeType", "responseJsonSchema"},
    "anthropic": {"thinking.disabled", "output_config.format", "effort"},
}
OPTIONAL["openai"] |= {"max_completion_tokens"}
OPTIONAL["gemini"] |= {"maxOutputTokens", "thinkingConfig"}
OPTIONAL["grok"] = OPTIONAL["openai"]


async def requests_for(house: House, kind: Vendor) -> int:
    """Have the camera described by one provider; return how many requests that took."""
    before = len(house.sim.requests(kind, "describe"))
    assert (await house.describe(providers=[kind]))["provider"] == kind
    return len(house.sim.requests(kind, "describe")) - before


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("kind", VENDORS)
async def test_models_and_parameters_change(
    house: House, sim: Simulator, kind: Vendor, restart: bool
) -> None:
    """One request more than usual, for this event and for any that still learns."""
    await house.set_up(kind)
    assert await requests_for(house, kind) == 1
    sim.set_models(kind, [Model(id=NEW[kind], refuses=frozenset(OPTIONAL[kind]))])
    if restart:
        await house.hass.config_entries.async_reload(house.entry.entry_id)
    taken = [await requests_for(house, kind) for _ in range(len(OPTIONAL[kind]) + 2)]
    assert max(taken) == 2, taken
    assert taken[-1] == 1, "by now it is known what the model takes"


@pytest.mark.parametrize("kind", VENDORS)
async def test_a_model_takes_nothing_any_more(house: House, sim: Simulator, kind: Vendor) -> None:
    """The same model as yesterday rejects every parameter that it can do without."""
    await house.set_up(kind)
    assert await requests_for(house, kind) == 1
    (provider,) = house.runtime.providers.values()
    sim.set_models(kind, [Model(id=provider.model, refuses=frozenset(OPTIONAL[kind]))])
    taken = [await requests_for(house, kind) for _ in range(len(OPTIONAL[kind]) + 2)]
    assert (max(taken), taken[-1]) == (2, 1)
