"""Speak the Chat Completions dialect that OpenAI, xAI and compatible servers share."""

from base64 import b64encode
from collections.abc import Collection
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Final, override

import openai

from ..chain import policy
from ..chain.answer import SCHEMA
from ..chain.kinds import Kind
from ..chain.models import ProviderError, Question, Reply, Usage
from . import catalog, logs
from .base import SYSTEM, Spec, VendorProvider, user_text
from .reading import (
    at,
    count,
    json_object,
    kind_of_status,
    named,
    retry_after,
    text_of,
    unreachable,
)
from .transport import client_options

_QUOTA: Final = frozenset(
    {"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"}
)
"""Codes with which a 429 means that the money is gone (OpenAI's error-code guide)."""
_MODEL: Final = frozenset({"model_not_found", "model_not_available"})


class ChatProvider(VendorProvider):
    """Ask a server that speaks Chat Completions."""

    optional = ("reasoning_effort", "max_completion_tokens", "store", "response_format")
    default_base_url: str

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        self._client = openai.AsyncOpenAI(
            api_key=spec.api_key,
            base_url=spec.base_url or self.default_base_url,
            max_retries=0,
            timeout=policy.ATTEMPT_SECONDS,
            # Named here, so that an environment variable meant for other programs changes nothing.
            organization="",
            project="",
            http_client=openai.DefaultAsyncHttpxClient(
                **client_options(ssl_context, {"authorization": f"Bearer {spec.api_key}"})
            ),
        )
        # Asked for here, since the SDK imports what is behind them at the first touch, and that
        # takes seconds in which nothing else in Home Assistant would run.
        self._models = self._client.models.with_raw_response
        self._completions = self._client.chat.completions.with_raw_response
        logs.shorten("openai")

    @override
    async def list_models(self) -> Collection[str]:
        try:
            raw = await self._models.list()
        except openai.APIError as err:
            raise self._error(err) from None
        data = at(json_object(raw.text, self.model), "data")
        if not isinstance(data, list):
            raise ProviderError(Kind.MALFORMED, status=200)
        return [name for item in data if (name := text_of(at(item, "id")))]

    @override
    async def _request(self, model: str, question: Question, dropped: Collection[str]) -> Reply:
        try:
            raw = await self._completions.create(**self._params(model, question, dropped))
        except openai.APIError as err:
            # The SDK's error quotes the vendor, and vendors quote keys: it must not be chained.
            raise self._error(err) from None
        return self._read(json_object(raw.text, model), model)

    def _params(self, model: str, question: Question, dropped: Collection[str]) -> dict[str, Any]:
        more = catalog.extras(model)
        picture = b64encode(question.frame.jpeg).decode("ascii")
        optional: dict[str, Any] = {
            "max_completion_tokens": question.max_tokens + more.room,
            "store": False,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "event", "strict": True, "schema": SCHEMA},
            },
            **more.params,
        }
        params = {name: value for name, value in optional.items() if name not in dropped}
        if "max_completion_tokens" in dropped:
            params["max_tokens"] = optional["max_completion_tokens"]
        return {
            "model": model,
            "messages": [
                {"role": "system", "content": SYSTEM},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": user_text(question)},
                        {
                            "type": "image_url",
                            "image_url": {
                                "url": f"data:image/jpeg;base64,{picture}",
                                "detail": "high",
                            },
                        },
                    ],
                },
            ],
            **params,
        }

    def _read(self, body: dict[str, Any], model: str) -> Reply:
        choice = at(body, "choices", 0)
        model = named(at(body, "model"), model)
        usage = _usage(tokens) if isinstance(tokens := at(body, "usage"), dict) else None
        finish = at(choice, "finish_reason")
        text = text_of(at(choice, "message", "content"))
        if finish == "content_filter" or at(choice, "message", "refusal"):
            raise ProviderError(Kind.REFUSED, status=200, model=model, usage=usage)
        return Reply(text=text, model=model, usage=usage, truncated=finish == "length")

    def _error(self, err: openai.APIError) -> ProviderError:
        """Map the SDK's error to our kinds."""
        if not isinstance(err, openai.APIStatusError):
            return unreachable(err.__cause__)
        # The SDK's own message holds the body's text in some versions and for some shapes only.
        said = (err.param, err.message, err.body, at(err.body, "message"))
        message = " ".join(text_of(each) for each in said)
        return self._failure(
            self._kind(err, message),
            status=err.status_code,
            message=message,
            retry_after=retry_after(err.response.headers),
        )

    def _kind(self, err: openai.APIStatusError, message: str) -> Kind:
        codes = {text_of(err.code), text_of(err.type)}
        if codes & _QUOTA:
            return Kind.QUOTA
        if codes & _MODEL:
            return Kind.MODEL_MISSING
        if "content_policy_violation" in codes:
            return Kind.REFUSED
        if err.status_code == HTTPStatus.UNAUTHORIZED and "missing scopes" in message.lower():
            # The key is good, its owner has restricted it: a new one would not help.
            return Kind.FORBIDDEN
        return kind_of_status(err.status_code)

    @override
    async def close(self) -> None:
        await self._client.close()


def _usage(tokens: dict[str, Any]) -> Usage:
    """Count what is billed: at xAI only the total holds the tokens of the reasoning."""
    sent, said, total = (
        count(at(tokens, name)) for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    )
    return Usage(sent, max(said, total - sent) if sent else said)
