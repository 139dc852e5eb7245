"""Any server that speaks OpenAI's dialect: Ollama, LM Studio, vLLM, LiteLLM, OpenRouter.

They agree on little more than the shape of a request and of a reply. So a request carries only
what a description needs, and an error is understood by its words, since a wrong key or an unknown
model may be a 400 here and a 500 there.
"""

from http import HTTPStatus
import re
from typing import Any, Final, override

from ..chain.failures import Failure
from ..chain.task import Cost, Usage
from .chat import ChatProvider
from .rejections import says_no_vision

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
_USED_UP: Final = re.compile(r"\bper[-_ ]day\b|\bdaily\b", re.IGNORECASE)
"""Words about a day's share that is used up, such as OpenRouter's ``free-models-per-day``."""
_SCHEMA: Final = re.compile(
    r"\b(json[_ ]schema|structured[_ ]outputs?|guided[_ ](json|decoding)|grammar)\b",
    re.IGNORECASE,
)
"""Other names for what the parameter ``response_format`` asks for."""


class CompatibleProvider(ChatProvider):
    """A server of the user's choice; without a key, no key is sent."""

    optional_parameters = ("max_tokens", "max_completion_tokens", "response_format")
    # LiteLLM rejects ``store`` and ``reasoning_effort`` on behalf of the vendor behind it.
    thinking_parameters = ()
    # Ollama takes no notice of the newer name and answers without an end (ollama#7125).
    limit_parameters = ("max_tokens", "max_completion_tokens")
    kept_parameters = limit_parameters
    # Only its list says which models the server has.
    needs_model_list = True

    @override
    def cost(self, model: str, usage: Usage | None) -> Cost | None:
        """Return 0 for a server in the user's own network, unless the user has set a price.

        Elsewhere the address tells whose prices count; a model's name alone would not, since each
        host has its own. None when the price or the usage is not known: nothing tells how dear the
        models of a host may be.
        """
        if self._spec.local and self._spec.rates is None:
            return Cost(0.0)
        return super().cost(model, usage)

    @override
    def _extra_arguments(self, model: str) -> dict[str, Any]:
        return {}

    @override
    def _failure_of(self, status: int, codes: frozenset[str], message: str) -> Failure:
        """Read the words first: with llama.cpp a model that does not see is a 500."""
        failure = super()._failure_of(status, codes, message)
        if status < HTTPStatus.BAD_REQUEST:
            return failure
        if failure is Failure.RATE_LIMIT and _USED_UP.search(message):
            return Failure.QUOTA
        if says_no_vision(message):
            return Failure.BAD_REQUEST
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
