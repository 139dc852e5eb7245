"""Say in the user's words how a request ended, and when the next one may be sent.

Home Assistant translates the text of an error, but not what is put into it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, NAMES


@callback
def as_sentence(hass: HomeAssistant, error: HomeAssistantError) -> str:
    """Return an error's text in the language of the house, with its full stop.

    What Home Assistant makes of an error is English, without the full stop of our text.
    """
    if error.translation_domain == DOMAIN and error.translation_key:
        given = error.translation_placeholders or {}
        return text(hass, f"exceptions.{error.translation_key}.message", **given).strip()
    return f"{str(error).removesuffix('.')}."


@callback
def listed(hass: HomeAssistant, words: Iterable[str]) -> str:
    """Return words one after another, with what the language of the house puts between them."""
    return _joined(hass, "listed", words)


@callback
def sentences(hass: HomeAssistant, texts: Iterable[str]) -> str:
    """Return sentences one after another; not every language puts a space between them."""
    return _joined(hass, "sentences", texts)


def _joined(hass: HomeAssistant, key: str, texts: Iterable[str]) -> str:
    first, *others = [*texts] or [""]
    for second in others:
        first = text(hass, f"exceptions.{key}.message", first=first, second=second)
    return first


@callback
def text(hass: HomeAssistant, path: str, **placeholders: str) -> str:
    """Return one of our texts where nobody can wait for it to be read from the disk.

    Home Assistant reads them before it sets us up. Those of another language, chosen later, take a
    moment; until then they are English.
    """
    return (_found(hass, path) or path).format(**placeholders)


@callback
def kind_name(hass: HomeAssistant, kind: str) -> str:
    """Return what a kind of provider is called: a company's name, or words for a server."""
    return _found(hass, f"selector.kind.options.{kind}") or NAMES[kind]


def _found(hass: HomeAssistant, path: str) -> str | None:
    category = path.partition(".")[0]
    for language in (hass.config.language, "en"):
        texts = async_get_cached_translations(hass, language, category, DOMAIN)
        if found := texts.get(f"component.{DOMAIN}.{path}"):
            return found
    return None


async def async_number(hass: HomeAssistant, number: str) -> str:
    """Return a decimal number with the sign that the language of the house has for the point."""
    whole, point, fraction = number.partition(".")
    if not point:
        return whole
    return await async_sentence(hass, "number", whole=whole, fraction=fraction)


async def async_seconds(hass: HomeAssistant, milliseconds: float) -> str:
    """Return seconds to a tenth."""
    return await async_number(hass, f"{milliseconds / 1000:.1f}")


async def async_cents(hass: HomeAssistant, usd: float) -> str:
    """Return a cost in US cents to two figures."""
    return await async_number(hass, f"{Decimal(f'{usd * 100:.2g}'):f}")


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
    number = await async_number(hass, f"{cents:.1f}")
    return await async_sentence(hass, "price_of_100", cents=number)


async def async_about(
    hass: HomeAssistant, key: str, *, provider: str, outcome: str, seconds: float
) -> str:
    """Return a sentence about a provider, and until when it rests if that has an end."""
    placeholders = {"provider": provider, "reason": await async_outcome(hass, outcome)}
    if seconds and isfinite(seconds):
        key += "_until"
        placeholders["time"] = await async_time_in(hass, seconds)
    return await async_sentence(hass, key, **placeholders)


async def async_next_try(hass: HomeAssistant, provider: str, seconds: float) -> str:
    """Return when a provider that is left alone for so many seconds is asked again."""
    if not seconds:
        return await async_sentence(hass, "next_try_with_event", provider=provider)
    time = await async_time_in(hass, seconds)
    return await async_sentence(hass, "next_try_at", provider=provider, time=time)
