"""Know the models: which one to prefer and what it takes.

The lists are short on purpose: what an account really offers comes from the vendor's own list.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
import re
from typing import Any, Final

from ..chain.kinds import Kind
from ..chain.models import ProviderError
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
    those are retired. A compatible server has no preferences: there it is the first model listed
    that seems to see, else the first that chats; raises ``ProviderError`` when there is none.
    """
    if kind not in PREFERRED:
        chatting = [name for name in listed if name not in missing and not _NO_CHAT.search(name)]
        if not chatting:
            raise ProviderError(Kind.MODEL_MISSING)
        return min(chatting, key=_blindness)
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


_NO_CHAT: Final = re.compile(
    r"embed|minilm|(^|[/:_-])(bge|gte|e5)-|rerank|colbert"  # find
    r"|whisper|transcri|tts|audio|realtime|speech|voice|lyria|kokoro|piper|(-|^)live(-|$)"  # sound
    r"|gpt-image|chatgpt-image|dall-?e|imagen|imagine|-image(-|$|:)|image-gen|veo(-|\d|$)|sora"
    r"|stable-?diffusion|sdxl|flux"  # draw
    r"|moderation|guard|babbage|davinci|-instruct-0914|turbo-instruct|(^|/)aqa$"
    r"|codex|deep-research|-search-(preview|api)|computer-use"  # OpenAI: for other tasks and APIs
    r"|(^|/)(o\d|gpt-5[.\d]*)-pro",
    re.IGNORECASE,
)
"""Names of what answers no Chat Completions, by what it does instead."""

_BLIND: Final = re.compile(
    r"(^|/)(gpt-3|gpt-4(-\d{4}(-preview)?|-32k.*|-turbo-preview)?$|gpt-oss|o[13]-mini|o1-preview)"
    r"|grok-(2(?!.*vision)|3|code|build)|claude-(2|instant)"
    r"|gemma-?(2|3n|3[:-](270m|1b))|code-?(llama|gemma|stral)|coder|deepseek-(r1|v\d)"
    r"|llama-?(2|3|3\.[13])\b(?!.*vision)|phi-?[34](?!.*(vision|multimodal))",
    re.IGNORECASE,
)
"""Names of models that only read, where their family also has some that see."""

_SEES: Final = re.compile(
    r"llava|vision|vl(?![a-z])|multimodal|gemma-?[34]|pixtral|minicpm-?[vo]|moondream|llama-?4"
    r"|(ministral|mistral-(medium|large))-?3|mistral-small|smolvlm|molmo|glm-\d[\d.]*v"
    r"|gpt-4(o|\.\d|-turbo)|gpt-[5-9]|(^|/)o[134](-|$)|gemini|claude|grok",
    re.IGNORECASE,
)
"""Names of models, and of families of models, that see; small ones for the home among them."""


def _blindness(model: str) -> int:
    """Return 0 for a model that seems to see, 1 for an unknown one, 2 for one that only reads."""
    if _BLIND.search(model):
        return 2
    return 0 if _SEES.search(model) else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Hold one model that a user may choose."""

    model: str
    input_price: float | None = None
    """USD per million tokens; None when no price is known."""
    output_price: float | None = None


def offers(kind: str, listed: Collection[str], base_url: str = "") -> list[Offer]:
    """Return the models to choose from: our preferences, then what sees, then what may see.

    Call it in an executor, since it loads the price table.
    """
    from . import prices  # noqa: PLC0415

    def order(model: str) -> tuple[int, int, str]:
        name = model if model in preferred else _DATED.sub("", model)
        if name in preferred:
            return 0, preferred.index(name), model
        return 1, _blindness(model), model

    preferred = PREFERRED.get(kind, ())
    found: list[Offer] = []
    for model in sorted(set(listed), key=order):
        first, blindness, _ = order(model)
        if first and (blindness > 1 or _NO_CHAT.search(model)):
            continue
        price, said = prices.rates(kind, model, base_url) or (None, None)
        found.append(Offer(model=model, input_price=price, output_price=said))
    return found
