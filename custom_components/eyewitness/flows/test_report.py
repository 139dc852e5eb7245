"""Say in words how the test of all providers went: one line for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..chain.failures import OK, Failure
from ..const import DOMAIN
from ..runtime import Response, outcome_texts
from ..runtime.markdown import plain


@dataclass(frozen=True, slots=True)
class Report:
    """A notification in markdown, and in short sentences what is wrong."""

    title: str
    message: str
    trouble: str = ""


class _Words:
    """Our texts in the language of the house."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, /, **placeholders: str) -> str:
        return self._texts[f"component.{DOMAIN}.common.{key}"].format(**placeholders)


async def _async_words(hass: HomeAssistant) -> _Words:
    return _Words(await async_get_translations(hass, hass.config.language, "common", {DOMAIN}))


async def async_running(hass: HomeAssistant) -> Report:
    """Return what to say until there is a result."""
    words = await _async_words(hass)
    return Report(words("test_running_title"), words("test_running"))


async def async_report(hass: HomeAssistant, result: Response) -> Report:
    """Return what to say about the result of the self-test."""
    words = await _async_words(hass)
    rows = [
        (row, await outcome_texts.async_outcome(hass, row["outcome"]))
        for row in result["providers"]
    ]
    lines = [f"- {await _async_line(hass, words, row, reason)}" for row, reason in rows]
    hand_over = await _async_hand_over(hass, words, result)
    trouble = [
        await outcome_texts.async_sentence(
            hass, "provider_failed", provider=row["name"], reason=reason
        )
        for row, reason in rows
        if row["outcome"] != OK
    ]
    return Report(
        words("test_passed_title" if result["ok"] else "test_failed_title"),
        "\n".join([words("test_shown", number=result["number"]), "", *lines, "", hand_over]),
        outcome_texts.sentences(hass, trouble) or hand_over,
    )


async def _async_line(
    hass: HomeAssistant, words: _Words, row: Mapping[str, Any], reason: str
) -> str:
    key = {OK: "test_seen", Failure.BLIND: "test_blind"}.get(row["outcome"], "test_failed")
    line = words(
        key,
        name=plain(row["name"]),
        model=plain(row["model"]),
        said=plain(row["description"] or ""),
        reason=reason,
    )
    seconds = await outcome_texts.async_seconds(hass, row["response_time_ms"])
    if row["cost"] is None:
        took = words("test_took_unpriced", seconds=seconds)
    else:
        cents = await outcome_texts.async_cents(hass, row["cost"])
        took = words("test_took", seconds=seconds, cents=cents)
    return outcome_texts.sentences(hass, (line, took))


async def _async_hand_over(hass: HomeAssistant, words: _Words, result: Response) -> str:
    if (fallback := result["fallback"]) is None:
        return words("test_only_one")
    first = outcome_texts.kind_name(hass, fallback["failed"])
    if fallback["answered"] is None:
        return words("test_nobody_takes_over", first=first)
    return words(
        "test_handed_over",
        first=first,
        next=outcome_texts.kind_name(hass, fallback["answered"]),
        seconds=await outcome_texts.async_seconds(hass, fallback["hand_over_ms"]),
    )
