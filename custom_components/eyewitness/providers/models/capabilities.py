"""Whether a model chats and whether it sees, by its card and by its name."""

import re
from typing import Final

from .card import ModelCard

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
"""Names of models that answer no Chat Completions, by what they do instead."""

_TEXT_ONLY: Final = re.compile(
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
    r"|gpt-4(o|\.\d|-turbo)|gpt-([5-9]|\d\d)|(^|/)o[134](-|$)|gemini|claude|grok",
    re.IGNORECASE,
)
"""Names of models, and of families of models, that see; small ones for the home among them."""


def can_chat(card: ModelCard) -> bool:
    """Return whether a model seems to answer Chat Completions."""
    return card.chats is not False and _NO_CHAT.search(card.id) is None


READS_ONLY: Final = 2


def vision_rank(card: ModelCard) -> int:
    """Return 0 for a model that sees, 1 for an unknown one, ``READS_ONLY`` for one that does not.

    What the list says counts, else what the name says.
    """
    if card.sees is not None:
        return 0 if card.sees else READS_ONLY
    if _TEXT_ONLY.search(card.id):
        return READS_ONLY
    return 0 if _SEES.search(card.id) else 1
