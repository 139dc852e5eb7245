"""Say in the user's words what is left of the budget."""

from homeassistant.core import HomeAssistant

from ..runtime import Runtime
from ..runtime.budget import Limit
from ..runtime.outcome_texts import async_number, async_sentence, listed, sentences
from .budget import reserve_cameras


async def async_used_up(hass: HomeAssistant, runtime: Runtime, limit: Limit) -> str:
    """Return which limit is used up, until when that lasts, and for whom the rest is kept."""
    name = f"budget_{limit.period}_{limit.unit}"
    most = await async_amount(hass, limit.most)
    if limit.provider_id is not None:
        title = runtime.settings.providers[limit.provider_id].title
        return await async_sentence(hass, f"provider_{name}", provider=title, limit=most)
    sentence = await async_sentence(hass, name, limit=most)
    if limit in runtime.settings.budget.limits:
        return sentence
    cameras = camera_names(hass, runtime)
    return sentences(hass, (sentence, await async_sentence(hass, "budget_kept", cameras=cameras)))


def camera_names(hass: HomeAssistant, runtime: Runtime) -> str:
    """Return the names of the cameras for which a part of the budget is kept."""
    states = ((each, hass.states.get(each)) for each in reserve_cameras(hass, runtime))
    return listed(hass, (state.name if state else entity_id for entity_id, state in states))


async def async_amount(hass: HomeAssistant, number: float) -> str:
    """Return calls, or USD to a hundredth of a cent, without zeros that say nothing."""
    return await async_number(hass, f"{number:.4f}".rstrip("0").rstrip("."))
