"""Offer what the cards ask for; registered once, whatever becomes of the entry."""

from homeassistant.core import HomeAssistant, callback


@callback
def async_setup(hass: HomeAssistant) -> None:
    """Register every command and every view."""
