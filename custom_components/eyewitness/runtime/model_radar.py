"""Look every day whether a vendor is about to switch off the model of a provider."""

from datetime import datetime
from random import uniform
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..chain import guard, policy
from ..chain.failures import ProviderError
from ..const import CONF_MODEL, LOGGER
from ..providers.base import VendorProvider
from ..providers.models.sunset import Sunset
from . import EyewitnessConfigEntry, issues, model_check, outcome_texts
from .device_models import async_show_chosen

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
_FIRST: Final = (15 * _MINUTE, 3 * _HOUR)
"""Seconds from the start to the first look: when Home Assistant has less to do, and not at once in
all houses that updated it in the same night."""
_NEXT: Final = (23 * _HOUR, 25 * _HOUR)
"""Seconds between two looks."""


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Look once a day from now on, until the entry is unloaded."""
    cancel: CALLBACK_TYPE

    @callback
    def look(_now: datetime) -> None:
        entry.async_create_background_task(hass, async_look(hass, entry), "eyewitness radar")
        plan(_NEXT)

    @callback
    def plan(between: tuple[float, float]) -> None:
        nonlocal cancel
        seconds = uniform(*between)  # noqa: S311 - nobody gains by guessing it
        cancel = async_call_later(hass, seconds, HassJob(look, cancel_on_shutdown=True))

    @callback
    def stop() -> None:
        cancel()

    plan(_FIRST)
    entry.async_on_unload(stop)


async def async_look(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Ask each provider for its free list of models, from which ``auto`` is chosen anew.

    Not with a key that was refused, nor where the model is gone already. A list that does not come
    is no failure of the provider: events may go on, and tomorrow is another day.
    """
    runtime = entry.runtime_data
    for provider_id, provider in list(runtime.providers.items()):
        gone = model_check.is_gone_for_good(runtime.chain.health(provider_id))
        if gone or provider_id in runtime.refused:
            continue
        try:
            await guard.ask(provider.kind, provider.check(), policy.CHECK_SECONDS)
        except ProviderError as err:
            LOGGER.debug("%s lists no models for now: %s", provider.kind, err)
            continue
        async_show_chosen(hass, entry, provider_id)
        await _async_reflect(hass, entry, provider)


async def _async_reflect(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider
) -> None:
    """Report the end of the user's own model while it is near."""
    stored = entry.subentries.get(provider.id)
    if stored is None or provider.chosen.is_gone:
        return  # what was reported is true until an event meets the missing model
    before, today = stored.data, dt_util.now().date()
    end = await hass.async_add_executor_job(provider.chosen.sunset, today)
    placeholders = await _async_placeholders(hass, stored, end) if end else None
    # Somebody may have removed the provider meanwhile, or chosen another model for it.
    if provider.id in entry.subentries and stored.data == before:
        issues.async_report_retiring(hass, entry, provider.id, placeholders)


async def _async_placeholders(
    hass: HomeAssistant, stored: ConfigSubentry, end: Sunset
) -> dict[str, str]:
    placeholders = {
        "provider": stored.title,
        "model": stored.data[CONF_MODEL],
        "day": await outcome_texts.async_day(hass, end.ends),
        "successor": "",
        "price": "",
    }
    if successor := end.successor:
        price = await outcome_texts.async_price(hass, successor.cents)
        placeholders |= {"successor": successor.model, "price": price}
    return placeholders
