"""Ask Anthropic's Claude through the Messages API."""

from base64 import b64encode
from collections.abc import Collection
from http import HTTPStatus
import re
from ssl import SSLContext
from typing import Any, Final, override

import anthropic

from ..chain import policy
from ..chain.answer import SCHEMA
from ..chain.failures import Kind, ProviderError
from ..chain.task import Question, Reply, Usage
from .base import VendorProvider
from .models import parameters
from .prompt import SYSTEM, user_text
from .spec import Spec
from .wire import logs
from .wire.client import client_options
from .wire.replies import (
    at,
    count,
    json_object,
    kind_of_status,
    named,
    retry_after,
    text_of,
    unreachable,
)

_VERSION: Final = "2023-06-01"
"""Of the API as it is read here; a newer SDK would ask for a newer one (2.12 does)."""
_KINDS: Final = {
    "authentication_error": Kind.AUTH,
    "billing_error": Kind.QUOTA,
    "permission_error": Kind.FORBIDDEN,
    "not_found_error": Kind.MODEL_MISSING,
    "request_too_large": Kind.TOO_LARGE,
    "rate_limit_error": Kind.RATE_LIMIT,
    "api_error": Kind.SERVER,
    "timeout_error": Kind.SERVER,
    "overloaded_error": Kind.SERVER,
}
"""Anthropic's own error types (its error page and ``anthropic/types/shared``)."""
_SPENT: Final = re.compile(r"credit balance|usage limits|spend", re.IGNORECASE)
"""What spent money looks like: a 400 without a type of its own, or a 429 without Retry-After."""


class AnthropicProvider(VendorProvider):
    """Ask Claude."""

    optional = ("thinking", "output_config")

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        self._client = anthropic.AsyncAnthropic(
            api_key=spec.secret.reveal(),
            base_url=spec.base_url or "https://api.anthropic.com",
            max_retries=0,
            timeout=policy.ATTEMPT_SECONDS,
            http_client=anthropic.DefaultAsyncHttpxClient(
                **client_options(
                    ssl_context,
                    {"x-api-key": spec.secret.reveal(), "anthropic-version": _VERSION},
                    spec.reach,
                )
            ),
        )
        # Asked for here, since the SDK imports what is behind them at the first touch.
        self._models = self._client.models.with_raw_response
        self._messages = self._client.messages.with_raw_response
        logs.shorten("anthropic")

    @override
    async def list_models(self) -> Collection[str]:
        try:
            raw = await self._models.list(limit=1000)
        except anthropic.APIError as err:
            raise self._error(err) from None
        data = at(json_object(raw.http_response.text, self.model), "data")
        if not isinstance(data, list):
            raise ProviderError(Kind.MALFORMED, status=200)
        return [name for item in data if (name := text_of(at(item, "id")))]

    @override
    async def _request(self, model: str, question: Question, dropped: Collection[str]) -> Reply:
        try:
            raw = await self._messages.create(**self._params(model, question, dropped))
        except anthropic.APIError as err:
            # The SDK's error quotes the vendor, and vendors quote keys: it must not be chained.
            raise self._error(err) from None
        return self._read(json_object(raw.http_response.text, model), model)

    @staticmethod
    def _params(model: str, question: Question, dropped: Collection[str]) -> dict[str, Any]:
        more = parameters.extras(model)
        optional: dict[str, Any] = {
            "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
            **more.params,
        }
        picture = {
            "type": "base64",
            "media_type": "image/jpeg",
            "data": b64encode(question.frame.jpeg).decode("ascii"),
        }
        return {
            "model": model,
            "max_tokens": question.max_tokens + more.room,
            "system": SYSTEM,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "image", "source": picture},
                        {"type": "text", "text": user_text(question)},
                    ],
                }
            ],
            **{name: value for name, value in optional.items() if name not in dropped},
        }

    @staticmethod
    def _read(body: dict[str, Any], model: str) -> Reply:
        model = named(at(body, "model"), model)
        usage = None
        if isinstance(tokens := at(body, "usage"), dict):
            usage = Usage(count(at(tokens, "input_tokens")), count(at(tokens, "output_tokens")))
        stop = at(body, "stop_reason")
        if stop == "refusal":
            raise ProviderError(Kind.REFUSED, status=200, model=model, usage=usage)
        blocks = at(body, "content")
        text = "".join(
            text_of(at(block, "text"))
            for block in (blocks if isinstance(blocks, list) else [])
            if at(block, "type") == "text"
        )
        return Reply(text=text, model=model, usage=usage, truncated=stop == "max_tokens")

    def _error(self, err: anthropic.APIError) -> ProviderError:
        """Map the SDK's error to our kinds."""
        if not isinstance(err, anthropic.APIStatusError):
            return unreachable(err.__cause__)
        status, message = err.status_code, text_of(at(err.body, "error", "message"))
        kind = kind_of_status(status)
        if status >= HTTPStatus.BAD_REQUEST:
            kind = _KINDS.get(text_of(at(err.body, "error", "type")), kind)
        wait = retry_after(err.response.headers)
        if kind in {Kind.BAD_REQUEST, Kind.RATE_LIMIT} and wait is None and _SPENT.search(message):
            kind = Kind.QUOTA
        return self._failure(kind, status=status, message=message, retry_after=wait)

    @override
    async def close(self) -> None:
        await self._client.close()
