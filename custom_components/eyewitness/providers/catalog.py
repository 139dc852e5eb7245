"""Know the models: which one to prefer and what it takes.

The lists are short on purpose: what an account really offers comes from the vendor's own list.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
import re
from typing import Any, Final

from ..const import ANTHROPIC, GEMINI, GROK, OPENAI

PREFERRED: Final[Mapping[str, tuple[str, ...]]] = {
    OPENAI: ("gpt-4o-mini", "gpt-6-luna", "gpt-5.6-luna", "gpt-5.4-nano", "gpt-4.1-mini"),
    GROK: ("grok-2-vision-1212", "grok-4.3", "grok-4.20-non-reasoning", "grok-4.20"),
    GEMINI: (
        "gemini-2.0-flash",
        "gemini-3.5-flash-lite",
        "gemini-3.1-flash-lite",
        "gemini-3.8-flash",
    ),
    ANTHROPIC: (
        "claude-3-haiku-20240307",
        "claude-haiku-5-5",
        "claude-haiku-4-5",
        "claude-sonnet-5-5",
    ),
}
"""The seed's ids first, where an account still lists them, then the cheap models that see
(vendors' model and price pages, November 2026)."""

_DATED: Final = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


def choose(kind: str, listed: Collection[str], missing: Collection[str] = ()) -> str:
    """Return the model to use: the first preference that the account lists and was not missing.

    Without a usable list it is the first preference that is not one of the seed's, since most of
    those are retired.
    """
    aliases = {_DATED.sub("", name): name for name in sorted(listed)}
    for name in PREFERRED[kind]:
        found = name if name in listed else aliases.get(name)
        if found is not None and found not in missing:
            return found
    current = [name for name in PREFERRED[kind][1:] if name not in missing]
    return current[0] if current else PREFERRED[kind][1]


@dataclass(frozen=True, slots=True)
class Extras:
    """Hold what a family of models takes beyond what all of a vendor's models take."""

    params: Mapping[str, Any]
    room: int = 0
    """Output tokens on top of the cap, for thinking that cannot be switched off: a model
    that thinks its cap away returns an empty text."""


_NONE: Final = Extras({})
_THINKING_ROOM: Final = 1000

_EXTRAS: Final[tuple[tuple[re.Pattern[str], Extras], ...]] = (
    # OpenAI's advice for who comes from the 4 series: effort none (help article 20001600).
    (re.compile(r"gpt-(5\.\d|[6-9])"), Extras({"reasoning_effort": "none"})),
    (re.compile(r"gpt-5"), Extras({"reasoning_effort": "minimal"}, _THINKING_ROOM)),
    (re.compile(r"o\d"), Extras({"reasoning_effort": "low"}, _THINKING_ROOM)),
    # grok-4.3 takes none to xhigh (the model's page at docs.x.ai).
    (re.compile(r"grok-4\.3"), Extras({"reasoning_effort": "none"})),
    (re.compile(r"grok-(?!2)"), Extras({}, _THINKING_ROOM)),
    (re.compile(r"gemini-2\.5-flash"), Extras({"thinking_config": {"thinking_budget": 0}})),
    # Flash-Lite thinks minimally by itself; 3.8 knows no level below low.
    (re.compile(r"gemini-3.*-lite"), _NONE),
    (
        re.compile(r"gemini-[3-9]"),
        Extras({"thinking_config": {"thinking_level": "low"}}, _THINKING_ROOM),
    ),
    (re.compile(r"claude-(?!3)"), Extras({"thinking": {"type": "disabled"}})),
)


def extras(model: str) -> Extras:
    """Return what to add to a request to this model."""
    return next((found for pattern, found in _EXTRAS if pattern.match(model)), _NONE)
