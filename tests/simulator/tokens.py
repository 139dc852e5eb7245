"""Count tokens the way the vendors' bills do, as far as it was measured.

For 1280x720, 1920x1080 and 512x512 (JOHNISKING/image-token-cost on Hugging Face): OpenAI 1,104 /
2,448 / 308, Claude 5.5 1,273 / 2,768 / 438, Gemini about 1,100 at any size. What xAI counts today
is not established; its older pages count 256 per 448 px tile.
"""

from math import ceil

from .catalog import Model
from .pictures import Picture

_THINKING = {"low": 96, "medium": 384, "high": 1024, "xhigh": 2048, "max": 4096}
_GEMINI_RESOLUTION = {
    "MEDIA_RESOLUTION_LOW": 280,
    "MEDIA_RESOLUTION_MEDIUM": 560,
    "MEDIA_RESOLUTION_HIGH": 1120,
}


def text_tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    return ceil(len(text) / 4)


def thinking_tokens(effort: str) -> int:
    """Return how many tokens a model thinks at an effort."""
    return _THINKING.get(effort, 0)


def image_tokens(model: Model, picture: Picture, detail: str = "") -> int:
    """Return what one picture costs."""
    width, height = picture.width, picture.height
    match model.image_rule:
        case "tiles":
            return 2833 if detail == "low" else 2833 + 5667 * _tiles(width, height)
        case "grok":
            return 256 * (min(6, ceil(width / 448) * ceil(height / 448)) + 1)
        case "flat":
            return _GEMINI_RESOLUTION.get(detail, 1100)
        case "claude":
            return ceil(width / 28) * ceil(height / 28) + 77
        case "claude-old":
            return min(1600, ceil(width * height / 750))
        case _:
            patches = ceil(width / 32) * ceil(height / 32)
            return ceil((min(patches, 256) if detail == "low" else patches) * 12 / 10)


def _tiles(width: int, height: int) -> int:
    """Count 512 px tiles after OpenAI's fit into 2048 and shortest side to 768."""
    scale = min(1.0, 2048 / max(width, height))
    scale = min(scale, 768 / min(width, height))
    return ceil(width * scale / 512) * ceil(height * scale / 512)


def cut_to_tokens(text: str, limit: int) -> str:
    """Return the beginning of a text that fits into a number of tokens."""
    return text[: max(0, limit) * 4]
