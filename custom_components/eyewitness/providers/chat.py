"""Speak the Chat Completions dialect that OpenAI, xAI and compatible servers share."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Final, override

import openai

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

_QUOTA: Final = frozenset(
    {"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"}
)
"""Codes with which a 429 means that the money is gone (OpenAI's error-code guide)."""
_OTHER_CAP: Final = {
    "max_completion_tokens": "max_tokens",
    "max_tokens": "max_completion_tokens",
}
_MODEL: Final = frozenset({"model_not_found", "model_not_available"})


class ChatProvider(VendorProvider):
    """Ask a server that speaks Chat Completions."""

    optional: tuple[str, ...] = (
        "reasoning_effort",
        "max_completion_tokens",
        "store",
        "response_format",
    )
    default_base_url: str
    cap: str = "max_completion_tokens"
    """The name of the cap on the answer that is tried first."""

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        own = {"authorization": f"Bearer {spec.secret.reveal()}"} if spec.secret else {}
        self._client = openai.AsyncOpenAI(
            # The SDK wants one; what leaves the house is decided by ``transport`` below.
            api_key=spec.secret.reveal() or "none",
            base_url=spec.base_url or self.default_base_url,
            max_retries=0,
            timeout=policy.ATTEMPT_SECONDS,
            # Named here, so that an environment variable meant for other programs changes nothing.
            organization="",
            project="",
            http_client=openai.DefaultAsyncHttpxClient(
                **client_options(ssl_context, own, spec.reach)
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
        more = parameters.extras(model)
        cap = question.max_tokens + self._room(more)
        optional: dict[str, Any] = {
            **self._optional(more.params),
            self.cap: cap,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "event", "strict": True, "schema": SCHEMA},
            },
        }
        params = {name: value for name, value in optional.items() if name not in dropped}
        if self.cap in dropped:
            params[_OTHER_CAP[self.cap]] = cap
        picture = b64encode(question.frame.jpeg).decode("ascii")
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

    def _room(self, more: parameters.Extras) -> int:
        """Return the output tokens to allow for thinking."""
        return more.room

    def _optional(self, extras: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a request to this server carries besides the cap and the schema."""
        return {"store": False, **extras}

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
