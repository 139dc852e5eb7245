"""What the words of a rejected request say about its cause.

A status of 400 alone says little: the picture may be too large, the model may not see, or it may
not know a parameter that the request can do without.
"""

from collections.abc import Iterable
import re
from typing import Final

from ..chain.failures import Failure, ProviderError

_TOO_LARGE: Final = re.compile(
    r"\b(image|request|payload)\b.{0,40}\b(exceeds?|larger than|too large)\b", re.IGNORECASE
)
_NO_VISION: Final = re.compile(
    r"\bimages?(_url)?( inputs?)?( modality)? (is|are) (only|not) (supported|enabled)\b"
    r"|\bnot support (image|vision)|\bmissing data required for image input"
    r"|\bis not a multimodal model|\bat most 0 images?\b",
    re.IGNORECASE,
)
"""The words of OpenAI, Gemini and xAI, and of LM Studio ("Model does not support images"),
llama.cpp ("image input is not supported"), Ollama and vLLM."""


class RejectedParametersError(ProviderError):
    """A request that was rejected because of parameters it can do without."""

    def __init__(self, parameters: frozenset[str], *, status: int) -> None:
        super().__init__(Failure.BAD_REQUEST, status=status)
        self.parameters = parameters


class BlindModelError(ProviderError):
    """A request that was rejected because the model does not see pictures."""

    def __init__(self, *, status: int) -> None:
        super().__init__(Failure.MODEL_MISSING, status=status)


def says_too_large(message: str) -> bool:
    """Return whether a message says that the picture or the request is too large."""
    return _TOO_LARGE.search(message) is not None


def says_no_vision(message: str) -> bool:
    """Return whether a message says that the model does not see pictures."""
    return _NO_VISION.search(message) is not None


def parameters_in(message: str, optional: Iterable[str]) -> frozenset[str]:
    """Return the optional parameters that a message names, in snake, camel or spaced case."""
    return frozenset(
        name
        for name in optional
        if re.search(rf"\b{name.replace('_', '[_ ]?')}\b", message, re.IGNORECASE)
    )
