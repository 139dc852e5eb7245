"""Know what a family of models takes."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Extras:
    """Hold what a family of models takes beyond what all of a vendor's models take."""

    params: Mapping[str, Any]
    room: int = 0
    """Output tokens on top of the cap, for thinking that cannot be switched off: a model
    that thinks its cap away returns an empty text."""


_NONE: Final = Extras({})
THINKING_ROOM: Final = 1000
_ROOM: Final = Extras({}, THINKING_ROOM)

_EXTRAS: Final[tuple[tuple[re.Pattern[str], Extras], ...]] = (
    # OpenAI's advice for who comes from the 4 series: effort none (help article 20001600).
    (re.compile(r"gpt-(5\.\d|[6-9])"), Extras({"reasoning_effort": "none"})),
    (re.compile(r"gpt-5"), Extras({"reasoning_effort": "minimal"}, THINKING_ROOM)),
    (re.compile(r"o\d"), Extras({"reasoning_effort": "low"}, THINKING_ROOM)),
    # grok-4.3 takes none to xhigh (the model's page at docs.x.ai).
    (re.compile(r"grok-4\.3"), Extras({"reasoning_effort": "none"})),
    (re.compile(r"grok-(?!2)"), _ROOM),
    (re.compile(r"gemini-2\.5-flash"), Extras({"thinking_config": {"thinking_budget": 0}})),
    # Flash-Lite thinks minimally by itself; 3.8 knows no level below low.
    (re.compile(r"gemini-3.*-lite"), _NONE),
    (
        re.compile(r"gemini-[3-9]"),
        Extras({"thinking_config": {"thinking_level": "low"}}, THINKING_ROOM),
    ),
    (re.compile(r"claude-(?!3)"), Extras({"thinking": {"type": "disabled"}})),
    # On servers of one's own: what thinks there counts its thoughts against the cap as well.
    (re.compile(r"qwen-?3|qwq|gemma-?4|gpt-oss|magistral|glm-|kimi-|.*(thinking|-r1)"), _ROOM),
)


def extras(model: str) -> Extras:
    """Return what to add to a request to this model; a router's prefix says nothing."""
    name = model.rpartition("/")[2].lower()
    return next((found for pattern, found in _EXTRAS if pattern.match(name)), _NONE)
