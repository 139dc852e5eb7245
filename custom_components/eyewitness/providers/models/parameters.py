"""The parameters that a family of models takes."""

from collections.abc import Mapping
from dataclasses import dataclass
import re
from typing import Any, Final

from .card import ModelCard

THINKING_TOKENS: Final = 1000
"""Output tokens for thinking that cannot be switched off, on top of the answer's limit: a model
that thinks its limit away returns an empty text."""
MORE_THINKING_TOKENS: Final = 3000
"""The same for a model that has returned such a text; with the answer's limit it stays below the
4,096 that the oldest models allow."""


@dataclass(frozen=True, slots=True)
class ModelParameters:
    """What a family of models takes beyond what all of a vendor's models take."""

    arguments: Mapping[str, Any]
    thinking_tokens: int = 0
    """Output tokens on top of the answer's limit."""


_NOTHING_MORE: Final = ModelParameters({})
_THINKS: Final = ModelParameters({}, THINKING_TOKENS)
"""Also for a model that nobody knows: a limit costs nothing that is not used."""

_FAMILIES: Final[tuple[tuple[re.Pattern[str], ModelParameters], ...]] = tuple(
    (re.compile(pattern), parameters)
    for pattern, parameters in (
        (r"gpt-.*chat|.*(thinking|reasoner|-r1)", _THINKS),
        # OpenAI's advice for users of the 4 series: effort none (help article 20001600).
        (r"gpt-(5\.\d|[6-9]|\d\d)", ModelParameters({"reasoning_effort": "none"})),
        (r"gpt-5", ModelParameters({"reasoning_effort": "minimal"}, THINKING_TOKENS)),
        (r"o\d", ModelParameters({"reasoning_effort": "low"}, THINKING_TOKENS)),
        # grok-4.3 takes none to xhigh (the model's page at docs.x.ai).
        (r"grok-4\.3", ModelParameters({"reasoning_effort": "none"})),
        (r"gemini-2\.5-flash", ModelParameters({"thinking_config": {"thinking_budget": 0}})),
        # Flash-Lite thinks minimally by itself; 3.8 knows no level below low.
        (r"gemini-3.*-lite", _NOTHING_MORE),
        (
            r"gemini-([3-9]|\d\d)",
            ModelParameters({"thinking_config": {"thinking_level": "low"}}, THINKING_TOKENS),
        ),
        (r"claude-(?!3)", ModelParameters({"thinking": {"type": "disabled"}})),
        # They do not think.
        (r"gpt-[34]|grok-2|.*non-reasoning|gemini-[12]\.[05]-(?!pro)|claude-3", _NOTHING_MORE),
        (r"internvl|smolvlm|molmo|phi", _NOTHING_MORE),
        (
            r"(bak)?llava|moondream|minicpm-?v|pixtral|(mi|mini)stral|llama|gemma-?[123]|qwen-?2",
            _NOTHING_MORE,
        ),
    )
)


def parameters_for(model: str, card: ModelCard | None = None) -> ModelParameters:
    """Return what to add to a request to this model; a router's prefix (``openai/``) is skipped."""
    if card is not None and card.thinks is False:
        return _NOTHING_MORE
    name = model.rpartition("/")[2].lower()
    return next((parameters for pattern, parameters in _FAMILIES if pattern.match(name)), _THINKS)
