"""Name the model that answers on a provider's device."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.runtime import device_models
from tests.kit import House
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("camera")


def device_of(hass: HomeAssistant, house: House, title: str) -> dr.DeviceEntry:
    """Return a provider's device."""
    owner = (DOMAIN, house.provider(title).subentry_id)
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), house.entry.entry_id)
    (found,) = [device for device in devices if owner in device.identifiers]
    return found


def model_of(hass: HomeAssistant, house: House, title: str) -> str | None:
    """Return what a provider's device shows."""
    return device_of(hass, house, title).model


async def test_the_model_is_the_one_that_was_chosen(hass: HomeAssistant, house: House) -> None:
    """By a person at once, by Eyewitness with the first answer, and that one stays."""
    await house.set_up("openai", house.subentry("grok", model="grok-4.3"))
    assert model_of(hass, house, "xAI Grok") == "grok-4.3"
    assert model_of(hass, house, "OpenAI") is None
    response = await house.describe()
    assert model_of(hass, house, "OpenAI") == response["model"] != "auto"
    await hass.config_entries.async_reload(house.entry.entry_id)
    assert model_of(hass, house, "OpenAI") == response["model"]


async def test_the_model_that_answered_is_shown(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Also after a restart: whom a vendor asks instead is billed. Until another one is chosen."""
    sim.redirect("openai", "an-old-one", "the-new-one-2026-11-01")
    await house.set_up(house.subentry("openai", model="an-old-one"))
    assert model_of(hass, house, "OpenAI") == "an-old-one"
    for _ in range(2):
        await house.describe()
        assert model_of(hass, house, "OpenAI") == "the-new-one-2026-11-01"
        await hass.config_entries.async_reload(house.entry.entry_id)
        assert model_of(hass, house, "OpenAI") == "the-new-one-2026-11-01"
    subentry = house.provider("OpenAI")
    data = {**subentry.data, "model": "gpt-6-luna"}
    hass.config_entries.async_update_subentry(house.entry, subentry, data=data)
    await hass.async_block_till_done()
    assert model_of(hass, house, "OpenAI") in (None, "gpt-6-luna")
    await hass.config_entries.async_reload(house.entry.entry_id)
    assert model_of(hass, house, "OpenAI") == "gpt-6-luna"


async def test_as_long_as_none_is_chosen_none_is_shown(hass: HomeAssistant, house: House) -> None:
    """A server that lists nothing at the start is asked for the model at the first event."""
    await house.set_up("openai")
    device_models.async_show_chosen(hass, house.entry, house.provider("OpenAI").subentry_id)
    assert model_of(hass, house, "OpenAI") is None


async def test_it_is_known_before_the_first_event(
    hass: HomeAssistant, house: House, prepare: Callable[[HomeAssistant, ConfigEntry], None]
) -> None:
    """As soon as the account has listed its models; what 0.1.0 had written there goes."""
    await house.set_up("openai")
    dr.async_get(hass).async_update_device(device_of(hass, house, "OpenAI").id, model="auto")
    prepare(hass, house.entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    (provider,) = house.runtime.providers.values()
    assert model_of(hass, house, "OpenAI") == provider.model != "auto"
