"""Translate outcomes, with the texts that the status sensor shows."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN


async def async_outcome(hass: HomeAssistant, outcome: str) -> str:
    """Return an attempt's outcome as the status sensor shows it."""
    texts = await async_get_translations(hass, hass.config.language, "entity", {DOMAIN})
    return texts.get(f"component.{DOMAIN}.entity.sensor.status.state.{outcome}", outcome)
