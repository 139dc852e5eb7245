"""What a vendor's list says of one model.

A list is believed where it says something. Most say little: a field that is missing, or has
another shape than expected, is None here, and the model's name has to do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from ..wire.replies import get_path

_NO_CHAT_TYPES: Final = frozenset(
    {"embedding", "embeddings", "image", "audio", "video", "rerank", "moderation", "transcribe"}
)
"""What Together and LM Studio call models that answer no Chat Completions."""
_REASONING: Final = frozenset({"reasoning", "reasoning_effort", "include_reasoning"})
"""What OpenRouter lists for a model that thinks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """One model of an account; None is what its list does not say."""

    id: str
    sees: bool | None = None
    """Whether it takes pictures."""
    chats: bool | None = None
    """Whether it answers the kind of request that we make."""
    thinks: bool | None = None
    """Whether it can think; one that cannot takes no parameter for it."""
    structured: bool | None = None
    """Whether it can be held to a JSON Schema."""
    created: date | None = None
    ends: date | None = None
    """When the vendor switches it off."""


def from_chat_list(item: Mapping[str, Any]) -> ModelCard:
    """Return the card of a model in a list of OpenAI's shape, with what others add to it.

    OpenAI tells dates, xAI and OpenRouter modalities, OpenRouter parameters, Mistral and llama.cpp
    capabilities, LM Studio and Together a type.
    """
    inputs, outputs = (
        _words(get_path(item, "architecture", name) or item.get(name))
        for name in ("input_modalities", "output_modalities")
    )
    parameters = _words(item.get("supported_parameters"))
    abilities, kind = item.get("capabilities"), item.get("type")
    sees = "image" in inputs if inputs else _flag(get_path(abilities, "vision"))
    if sees is None and (kind == "vlm" or _words(abilities) & {"vision", "multimodal"}):
        sees = True
    chats = "text" in outputs if outputs else _flag(get_path(abilities, "completion_chat"))
    if isinstance(kind, str) and kind in _NO_CHAT_TYPES:
        chats = False
    return ModelCard(
        id=item["id"],
        sees=sees,
        chats=chats,
        thinks=bool(parameters & _REASONING) if parameters else None,
        structured="structured_outputs" in parameters if parameters else None,
        created=read_date(item.get("created")),
        ends=read_date(item.get("shutdown_date") or item.get("expiration_date")),
    )


def from_anthropic_list(item: Mapping[str, Any], ends: Mapping[str, date]) -> ModelCard:
    """Return the card of a model in Anthropic's list (``anthropic/types/model_info.py``).

    ``ends`` are the last days of models, which the list does not tell.
    """

    def supports(name: str) -> bool | None:
        return _flag(get_path(item, "capabilities", name, "supported"))

    return ModelCard(
        id=item["id"],
        sees=supports("image_input"),
        thinks=supports("thinking"),
        structured=supports("structured_outputs"),
        created=read_date(item.get("created_at")),
        ends=ends.get(item["id"]),
    )


def from_gemini_list(
    name: str, methods: Iterable[str], thinking: object, ends: Mapping[str, date]
) -> ModelCard:
    """Return the card of a model in Google's list, whose names begin with ``models/``.

    Drawing and speaking models know ``generateContent`` as well, so it is no sign that one chats.
    ``ends`` are the last days of models, which the list does not tell.
    """
    model = name.removeprefix("models/")
    return ModelCard(
        id=model,
        chats=None if "generateContent" in methods else False,
        thinks=_flag(thinking),
        ends=ends.get(model),
    )


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _words(value: object) -> frozenset[str]:
    items = value if isinstance(value, list) else ()
    return frozenset(item for item in items if isinstance(item, str))


def read_date(value: object) -> date | None:
    """Read Unix seconds or the beginning of an ISO date; the epoch is what nobody knows."""
    try:
        if isinstance(value, str):
            found = date.fromisoformat(value[:10])
        elif isinstance(value, int | float):
            found = datetime.fromtimestamp(value, UTC).date()
        else:
            return None
    except ValueError, OverflowError, OSError:
        return None
    return found if found > date(1970, 1, 1) else None
