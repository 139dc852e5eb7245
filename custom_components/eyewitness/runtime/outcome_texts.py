"""Say in the user's words how a request ended, and when the next one may be sent.

Home Assistant translates the text of an error, but not what is put into it.
"""

from datetime import date, timedelta
from math import isfinite

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN


def as_sentence(error: HomeAssistantError) -> str:
    """Return an error's text with a full stop.

    Home Assistant takes away that of our text, but not the one of a sentence put into it.
    """
    return f"{str(error).removesuffix('.')}."


async def async_outcome(hass: HomeAssistant, outcome: str) -> str:
    """Return an attempt's outcome as the status sensor shows it."""
    texts = await async_get_translations(hass, hass.config.language, "entity", {DOMAIN})
    return texts.get(f"component.{DOMAIN}.entity.sensor.status.state.{outcome}", outcome)


async def async_sentence(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    """Return a text of ``exceptions`` that becomes a part of another one."""
    texts = await async_get_translations(hass, hass.config.language, "exceptions", {DOMAIN})
    return texts.get(f"component.{DOMAIN}.exceptions.{key}.message", key).format(**placeholders)


async def async_time_in(hass: HomeAssistant, seconds: float) -> str:
    """Return the local time in so many seconds, a day at most, rounded up to a minute."""
    now = dt_util.now()
    then = now + timedelta(seconds=seconds)
    if then.second or then.microsecond:
        then += timedelta(minutes=1)
    shown = f"{then:%H:%M}"
    if then.date() == now.date():
        return shown
    return await async_sentence(hass, "tomorrow", time=shown)


async def async_day(hass: HomeAssistant, day: date) -> str:
    """Return a day with the name of its month; no order of three numbers is clear to everybody."""
    months = (await async_sentence(hass, "months")).split(", ")
    return await async_sentence(
        hass, "date", day=str(day.day), month=months[day.month - 1], year=str(day.year)
    )


async def async_price(hass: HomeAssistant, cents: float | None) -> str:
    """Return what 100 pictures cost with a model, in US cents."""
    if cents is None:
        return await async_sentence(hass, "price_unknown")
    return await async_sentence(hass, "price_of_100", cents=f"{cents:.1f}")


async def async_about(
    hass: HomeAssistant, key: str, *, provider: str, outcome: str, seconds: float
) -> str:
    """Return a sentence about a provider, and until when it rests if that has an end."""
    placeholders = {"provider": provider, "reason": await async_outcome(hass, outcome)}
    if seconds and isfinite(seconds):
        key += "_until"
        placeholders["time"] = await async_time_in(hass, seconds)
    return await async_sentence(hass, key, **placeholders)


async def async_next_try(hass: HomeAssistant, seconds: float) -> str:
    """Return when a provider that is left alone for so many seconds is asked again."""
    if not seconds:
        return await async_sentence(hass, "next_try_with_event")
    return await async_sentence(hass, "next_try_at", time=await async_time_in(hass, seconds))
