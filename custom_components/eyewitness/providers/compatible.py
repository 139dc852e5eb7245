"""Any server that speaks OpenAI's dialect: Ollama, LM Studio, vLLM, LiteLLM, OpenRouter.

They agree on little more than the shape of a request and of a reply. So a request carries only
what a description needs, and an error is understood by its words, since a wrong key or an unknown
model may be a 400 here and a 500 there.
"""

from collections.abc import Collection, Mapping
from http import HTTPStatus
import re
from ssl import SSLContext
from typing import Any, Final, override

import openai

from ..chain.failures import Failure, ProviderError
from ..chain.task import Usage
from .chat import ChatProvider
from .models import choose
from .models.parameters import THINKING_TOKENS, ModelParameters
from .rejections import says_no_vision
from .spec import Spec

_BAD_KEY: Final = re.compile(
    r"\b(api[_ ]?key|credentials|token)\b.{0,40}\b(invalid|incorrect|not (valid|found)|missing)\b"
    r"|\b(invalid|incorrect|malformed|missing|no) (api[_ ]?key|token|credentials)\b"
    r"|\bauthentication error\b|\bno_db_connection\b",
    re.IGNORECASE,
)
"""Words about a key that is not accepted. The last ones are from a LiteLLM without a database,
which says so of any key but the one in its file (1.106, a 400)."""
_MISSING_MODEL: Final = re.compile(
    r"\b(invalid|unknown|not a valid) model\b"
    r"|\bmodel\b.{0,120}\b((does )?not (exist|found)|is not (available|loaded))\b",
    re.IGNORECASE,
)
"""Words about a model that is not there, from LiteLLM, OpenRouter and Ollama."""
_SCHEMA: Final = re.compile(
    r"\b(json[_ ]schema|structured[_ ]outputs?|guided[_ ](json|decoding)|grammar)\b",
    re.IGNORECASE,
)
"""Other names for what the parameter ``response_format`` asks for."""


class CompatibleProvider(ChatProvider):
    """A server of the user's choice; without a key, no key is sent."""

    optional_parameters = ("max_tokens", "response_format")
    # Ollama takes no notice of the newer name and answers without an end (ollama#7125).
    limit_parameter = "max_tokens"
    # Only its list says which models the server has.
    needs_model_list = True

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; raise ``ValueError`` without an address, for there is none."""
        if not spec.base_url:
            raise ValueError(spec.base_url)
        super().__init__(spec, ssl_context)
        self._listed: Collection[str] = ()

    @override
    def cost(self, model: str, usage: Usage) -> float | None:
        """Return USD: 0 for a server in the user's own network, which no list price applies to.

        Elsewhere the address tells whose prices count; a model's name alone would not, since each
        host has its own. None when no price is known.
        """
        if self._spec.local:
            return 0.0
        return self._list_price(self.kind, model, usage, self._spec.base_url)

    @override
    async def list_models(self) -> Collection[str]:
        self._listed = await super().list_models()
        return self._listed

    @override
    def _has_another_model(self) -> bool:
        try:
            choose.choose(self.kind, self._listed, self._missing)
        except ProviderError:
            return False
        return True

    @override
    def _thinking_tokens(self, parameters: ModelParameters) -> int:
        # A model that is not asked to think less (see below) may use up the whole limit.
        return THINKING_TOKENS if parameters.arguments else parameters.thinking_tokens

    @override
    def _extra_arguments(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        # LiteLLM rejects ``store`` and ``reasoning_effort`` on behalf of the vendor behind it.
        return {}

    @override
    def _failure_of(self, err: openai.APIStatusError, message: str) -> Failure:
        """Read the words first: with llama.cpp a model that does not see is a 500."""
        failure = super()._failure_of(err, message)
        if err.status_code < HTTPStatus.BAD_REQUEST:
            return failure
        if says_no_vision(message):
            return Failure.MODEL_MISSING
        if failure in {Failure.BAD_REQUEST, Failure.FORBIDDEN}:
            if _BAD_KEY.search(message):
                return Failure.AUTH
            if _MISSING_MODEL.search(message):
                return Failure.MODEL_MISSING
        return failure

    @override
    def _rejected_parameters(self, message: str) -> frozenset[str]:
        parameters = super()._rejected_parameters(message)
        return parameters | {"response_format"} if _SCHEMA.search(message) else parameters
