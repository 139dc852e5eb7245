"""Say in words how the test of all providers went: one line for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..chain.failures import OK, Failure
from ..const import DOMAIN, NAMES
from ..runtime import Response, outcome_texts
from ..runtime.markdown import plain


@dataclass(frozen=True, slots=True)
class Report:
    """A notification in markdown, and in short what is wrong."""

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
    lines = [f"- {_line(words, row, reason)}" for row, reason in rows]
    hand_over = _hand_over(words, result)
    trouble = [f"{row['name']}: {reason}" for row, reason in rows if row["outcome"] != OK]
    return Report(
        words("test_passed_title" if result["ok"] else "test_failed_title"),
        "\n".join([words("test_shown", number=result["number"]), "", *lines, "", hand_over]),
        ", ".join(trouble) or hand_over.rstrip("."),
    )


def _line(words: _Words, row: Mapping[str, Any], reason: str) -> str:
    key = {OK: "test_seen", Failure.BLIND: "test_blind"}.get(row["outcome"], "test_failed")
    line = words(
        key,
        name=plain(row["name"]),
        model=plain(row["model"]),
        said=plain(row["description"] or ""),
        reason=reason,
    )
    seconds = f"{row['response_time_ms'] / 1000:.1f}"
    if row["cost"] is None:
        return f"{line} {words('test_took_unpriced', seconds=seconds)}"
    return f"{line} {words('test_took', seconds=seconds, cents=f'{row["cost"] * 100:.2g}')}"


def _hand_over(words: _Words, result: Response) -> str:
    if (fallback := result["fallback"]) is None:
        return words("test_only_one")
    first = NAMES[fallback["failed"]]
    if fallback["answered"] is None:
        return words("test_nobody_takes_over", first=first)
    return words(
        "test_handed_over",
        first=first,
        next=NAMES[fallback["answered"]],
        seconds=f"{fallback['hand_over_ms'] / 1000:.1f}",
    )
