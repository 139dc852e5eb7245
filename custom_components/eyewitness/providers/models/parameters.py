"""The parameters that a family of models takes."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Final

THINKING_TOKENS: Final = 1000
"""Output tokens for thinking that cannot be switched off, on top of the answer's limit: a model
that thinks its limit away returns an empty text."""


@dataclass(frozen=True, slots=True)
class ModelParameters:
    """What a family of models takes beyond what all of a vendor's models take."""

    arguments: Mapping[str, Any]
    thinking_tokens: int = 0
    """Output tokens on top of the answer's limit."""


_NOTHING_MORE: Final = ModelParameters({})
_THINKS: Final = ModelParameters({}, THINKING_TOKENS)

_FAMILIES: Final[tuple[tuple[re.Pattern[str], ModelParameters], ...]] = (
    # OpenAI's advice for users of the 4 series: effort none (help article 20001600).
    (re.compile(r"gpt-(5\.\d|[6-9])"), ModelParameters({"reasoning_effort": "none"})),
    (re.compile(r"gpt-5"), ModelParameters({"reasoning_effort": "minimal"}, THINKING_TOKENS)),
    (re.compile(r"o\d"), ModelParameters({"reasoning_effort": "low"}, THINKING_TOKENS)),
    # grok-4.3 takes none to xhigh (the model's page at docs.x.ai).
    (re.compile(r"grok-4\.3"), ModelParameters({"reasoning_effort": "none"})),
    (re.compile(r"grok-(?!2)"), _THINKS),
    (
        re.compile(r"gemini-2\.5-flash"),
        ModelParameters({"thinking_config": {"thinking_budget": 0}}),
    ),
    # Flash-Lite thinks minimally by itself; 3.8 knows no level below low.
    (re.compile(r"gemini-3.*-lite"), _NOTHING_MORE),
    (
        re.compile(r"gemini-[3-9]"),
        ModelParameters({"thinking_config": {"thinking_level": "low"}}, THINKING_TOKENS),
    ),
    (re.compile(r"claude-(?!3)"), ModelParameters({"thinking": {"type": "disabled"}})),
    # On a user's own server thinking counts against the limit as well.
    (re.compile(r"qwen-?3|qwq|gemma-?4|gpt-oss|magistral|glm-|kimi-|.*(thinking|-r1)"), _THINKS),
)


def parameters_for(model: str) -> ModelParameters:
    """Return what to add to a request to this model; a router's prefix (``openai/``) is skipped."""
    name = model.rpartition("/")[2].lower()
    return next(
        (parameters for pattern, parameters in _FAMILIES if pattern.match(name)), _NOTHING_MORE
    )
