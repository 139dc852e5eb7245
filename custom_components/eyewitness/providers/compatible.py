"""Ask any server that speaks OpenAI's dialect: Ollama, LM Studio, vLLM, LiteLLM, OpenRouter.

They agree on little more than the shape of a question and of an answer. So a question carries only
what a description needs, and what a server says of its troubles is read by its words, since a wrong
key or an unknown model may be a 400 here and a 500 there.
"""

from collections.abc import Collection, Mapping
import re
from ssl import SSLContext
from typing import Any, Final, override

import openai

from ..chain.failures import Kind, ProviderError
from ..chain.task import Usage
from .base import blind
from .chat import ChatProvider
from .models import choose, parameters
from .spec import Spec

_KEYS: Final = re.compile(
    r"\b(api[_ ]?key|credentials|token)\b.{0,40}\b(invalid|incorrect|not (valid|found)|missing)\b"
    r"|\b(invalid|incorrect|malformed|missing|no) (api[_ ]?key|token|credentials)\b"
    r"|\bauthentication error\b|\bno_db_connection\b",
    re.IGNORECASE,
)
"""What is said of a key that is wrong. The last: LiteLLM without a database, of any key but the one
in its file (1.106, a 400)."""
_MODELS: Final = re.compile(
    r"\b(invalid|unknown|not a valid) model\b"
    r"|\bmodel\b.{0,120}\b((does )?not (exist|found)|is not (available|loaded))\b",
    re.IGNORECASE,
)
"""What is said of a model that is not there: LiteLLM, OpenRouter and Ollama."""
_FORMAT: Final = re.compile(
    r"\b(json[_ ]schema|structured[_ ]outputs?|guided[_ ](json|decoding)|grammar)\b",
    re.IGNORECASE,
)
"""Other names by which the wish for a schema is refused."""


class CompatibleProvider(ChatProvider):
    """Ask a server of the user's choice; without a key, no key is sent."""

    optional = ("max_tokens", "response_format")
    # Ollama takes no notice of the newer name and answers without an end (ollama#7125).
    cap = "max_tokens"

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; raise ``ValueError`` without an address, for there is none."""
        if not spec.base_url:
            raise ValueError(spec.base_url)
        super().__init__(spec, ssl_context)
        self._listed: Collection[str] = ()

    @override
    def cost(self, model: str, usage: Usage) -> float | None:
        """Return 0 for a server in the user's own network: no list price says what it takes.

        Elsewhere the address tells whose prices count; a model's name alone would not, since each
        host has its own.
        """
        if self._spec.local:
            return 0.0
        return self._price(self.kind, model, usage, self._spec.base_url)

    @override
    async def list_models(self) -> Collection[str]:
        self._listed = await super().list_models()
        return self._listed

    @override
    def _guess(self, why: ProviderError) -> str:
        # Nobody knows what this server has, so what kept us from its list is the failure.
        raise why from None

    @override
    def _another(self) -> bool:
        try:
            choose.choose(self.kind, self._listed, self._missing)
        except ProviderError:
            return False
        return True

    @override
    def _room(self, more: parameters.Extras) -> int:
        # What is not told to think less, see below, thinks the cap away.
        return max(more.room, parameters.THINKING_ROOM) if more.params else more.room

    @override
    def _optional(self, extras: Mapping[str, Any]) -> Mapping[str, Any]:
        # LiteLLM refuses ``store`` and ``reasoning_effort`` for the sake of who stands behind it.
        return {}

    @override
    def _kind(self, err: openai.APIStatusError, message: str) -> Kind:
        """Read the words first; llama.cpp says with a 500 that a model is blind."""
        if err.status_code < 400:  # noqa: PLR2004
            return super()._kind(err, message)
        if blind(message):
            return Kind.MODEL_MISSING
        kind = super()._kind(err, message)
        if kind in {Kind.BAD_REQUEST, Kind.FORBIDDEN}:
            if _KEYS.search(message):
                return Kind.AUTH
            if _MODELS.search(message):
                return Kind.MODEL_MISSING
        return kind

    @override
    def _blamed(self, message: str) -> frozenset[str]:
        named = super()._blamed(message)
        return named | {"response_format"} if _FORMAT.search(message) else named
