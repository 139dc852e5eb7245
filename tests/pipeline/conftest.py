"""Collect what is fired on the bus."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from tests.results import Fired


@pytest.fixture
def fired(hass: HomeAssistant) -> Fired:
    """Collect our events."""
    return Fired(
        described=async_capture_events(hass, EVENT_DESCRIBED),
        failed=async_capture_events(hass, EVENT_FAILED),
    )
