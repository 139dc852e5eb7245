"""What a model's name says about it: whether it chats and whether it sees."""

import re
from typing import Final

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
    r"|gpt-4(o|\.\d|-turbo)|gpt-[5-9]|(^|/)o[134](-|$)|gemini|claude|grok",
    re.IGNORECASE,
)
"""Names of models, and of families of models, that see; small ones for the home among them."""


def can_chat(model: str) -> bool:
    """Return whether a model seems to answer Chat Completions."""
    return _NO_CHAT.search(model) is None


def vision_rank(model: str) -> int:
    """Return 0 for a model that seems to see, 1 for an unknown one, 2 for one that only reads."""
    if _TEXT_ONLY.search(model):
        return 2
    return 0 if _SEES.search(model) else 1
