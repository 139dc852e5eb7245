"""The choice of a model for a user who left it to us."""

from collections.abc import Collection, Mapping
import re
from typing import Final

from ...chain.failures import Failure, ProviderError
from ...const import ANTHROPIC, GEMINI, GROK, OPENAI
from .capabilities import can_chat, vision_rank

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
"""The ids that the client named first, where an account still lists them, then the cheap models
that see (vendors' model and price pages, November 2026)."""

_DATE: Final = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$")


def undated(model: str) -> str:
    """Return a model's name without the date or the word ``latest`` at its end."""
    return _DATE.sub("", model)


def choose(kind: str, listed: Collection[str], missing: Collection[str] = ()) -> str:
    """Return the model to use: the first preference that the account lists and was not missing.

    Without a usable list it is the first preference that is not one of the client's, since most of
    those are retired. A compatible server has no preferences: there it is the first model listed
    that seems to see, else the first that chats; raises ``ProviderError`` when there is none.
    """
    if kind not in PREFERRED:
        candidates = [name for name in listed if name not in missing and can_chat(name)]
        if not candidates:
            raise ProviderError(Failure.MODEL_MISSING)
        return min(candidates, key=vision_rank)
    by_undated = {undated(name): name for name in sorted(listed)}
    for name in PREFERRED[kind]:
        found = name if name in listed else by_undated.get(name)
        if found is not None and found not in missing:
            return found
    current = [name for name in PREFERRED[kind][1:] if name not in missing]
    return current[0] if current else PREFERRED[kind][1]
