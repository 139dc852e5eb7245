"""Invent a day: when which camera sees something, and when which vendor is in trouble."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import random
from typing import Any, Final

from tests.simulator import VENDORS, Vendor

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
CAMERAS: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class Motion:
    """One call of the action."""

    at: float
    """Seconds since midnight."""
    camera: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """One vendor's bad time."""

    vendor: Vendor
    start: float
    end: float
    fault: Mapping[str, Any] = field(hash=False)
    """What `tests.simulator` calls it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole day."""

    motions: list[Motion]
    troubles: list[Trouble]


_TROUBLES: Final[tuple[Mapping[str, Any], ...]] = (
    {"kind": "server_error", "status": 500},
    {"kind": "server_error", "status": 503},
    {"kind": "overloaded"},
    {"kind": "rate_limit"},
    {"kind": "rate_limit", "retry_after": "1"},
    {"kind": "rate_limit", "retry_after": "45"},
    {"kind": "rate_limit", "retry_after": "600"},
    {"kind": "hang"},
    {"kind": "hang"},
    {"kind": "drip", "rate": 40.0},
    *(
        {"kind": kind}
        for kind in (
            *("reset", "reset_mid_body", "truncated", "html", "non_json", "empty", "null"),
            *("no_choices", "refusal", "auth", "quota", "daily_quota"),
        )
    ),
    {"kind": "latency", "latency": 20.0},
    {"kind": "status", "status": 400},
)
_FIVE_HUNDRED: Final = _TROUBLES[0]
_HANG: Final = {"kind": "hang"}
_RESET: Final = {"kind": "reset"}
_HTML: Final = {"kind": "html"}
_LIMITED: Final = {"kind": "rate_limit", "retry_after": "120"}

type _Scene = tuple[float, float, dict[Vendor, Mapping[str, Any]]]

_SCENES: Final[tuple[_Scene, ...]] = (
    # Only the last one is left, and the first one does not even say no.
    (7.5, 20, {"openai": _HANG, "grok": _FIVE_HUNDRED, "gemini": _LIMITED}),
    # Only the first one is left.
    (9.0, 10, {"grok": _HTML, "gemini": _HANG, "anthropic": _RESET}),
    # Nobody is left: these events have to fail, and to say so.
    (18.0, 8, {"openai": _FIVE_HUNDRED, "grok": _HANG, "gemini": _RESET, "anthropic": _HTML}),
    # Three hang at once and the fourth is fine: the longest way to an answer.
    (19.0, 15, {"openai": _HANG, "grok": _HANG, "gemini": _HANG}),
    (20.5, 15, {"openai": _HANG, "gemini": _HANG, "anthropic": _HANG}),
)
"""Hour, minutes and who is in what trouble: what a random day would have to be lucky to bring."""


def invent(seed: int, calls: int) -> Plan:
    """Return the same day for the same seed."""
    dice = random.Random(seed)
    motions = _motions(dice, calls)
    troubles = [*_planned(), *_random_troubles(dice, motions)]
    return Plan(motions, sorted(troubles, key=lambda trouble: trouble.start))


def _motions(dice: random.Random, calls: int) -> list[Motion]:
    """People come and go in the morning and in the evening, and trigger a camera repeatedly."""
    motions: list[Motion] = []
    while len(motions) < calls:
        start = _busy_time(dice)
        if dice.random() < 0.005:
            # A gust, a cloud, a power dip: everything moves.
            motions += [Motion(start + dice.random() / 2, camera) for camera in range(CAMERAS)]
            continue
        for _ in range(2 if dice.random() < 0.2 else 1):
            camera, at = dice.randrange(CAMERAS), start + dice.random() / 2
            for _ in range(dice.randint(3, 8) if dice.random() < 0.35 else dice.randint(1, 2)):
                motions.append(Motion(at, camera))
                at += dice.expovariate(1 / 1.5)
    return sorted(motions[:calls])


def _busy_time(dice: random.Random) -> float:
    peak = dice.choice([7.5, 8.5, 18.0, 19.0, 20.5, None])
    at = dice.uniform(0, 24) if peak is None else dice.gauss(peak, 0.5)
    return min(max(at * HOUR, 60.0), DAY - 120.0)


def _planned() -> Iterable[Trouble]:
    for hour, minutes, vendors in _SCENES:
        for vendor, fault in vendors.items():
            yield Trouble(vendor, hour * HOUR, hour * HOUR + minutes * 60, fault)


def _random_troubles(dice: random.Random, motions: list[Motion]) -> Iterable[Trouble]:
    """Give every vendor every trouble once (few on a short day), when there are events."""
    for vendor in VENDORS:
        busy = [(hour * HOUR - 60, hour * HOUR + mins * 60 + 60) for hour, mins, _ in _SCENES]
        for fault in dice.sample(_TROUBLES, min(len(_TROUBLES), len(motions) // 20)):
            for _ in range(20):
                start = dice.choice(motions).at - dice.uniform(0, 60)
                end = start + min(max(dice.expovariate(1 / 400), 45.0), 1800.0)
                if all(end < begun or start > ended for begun, ended in busy):
                    busy.append((start, end))
                    yield Trouble(vendor, start, end, fault)
                    break
