"""The Chat Completions dialect that OpenAI, xAI and compatible servers share."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Final, override

import openai

from ..chain.failures import Failure, ProviderError
from ..chain.task import Reply, Task, Usage
from .base import VendorProvider
from .models.card import ModelCard, from_chat_list
from .spec import Spec
from .wire.attachments import attached
from .wire.client import client_options
from .wire.preconnect import Preconnect
from .wire.replies import (
    connection_error,
    failure_of_status,
    get_path,
    is_cut,
    joined_text,
    json_object,
    listed_models,
    message_or_empty,
    model_name,
    rate_limit_reset,
    retry_after,
    status_named_by,
    text_or_empty,
)
from .wire.usage import chat_usage

_QUOTA_CODES: Final = frozenset(
    {"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"}
)
"""Codes with which a 429 means that the money is gone (OpenAI's error-code guide)."""
_REFUSED: Final = frozenset(
    {"content_filter", "safety", "prohibited_content", "recitation", "blocklist", "refusal"}
)
"""Reasons to finish with which a model declines: OpenAI's, and those that gateways pass on."""
_MODEL_CODES: Final = frozenset({"model_not_found", "model_not_available"})


class ChatProvider(VendorProvider):
    """A server that speaks Chat Completions."""

    optional_parameters: tuple[str, ...] = (
        "reasoning_effort",
        "max_completion_tokens",
        "max_tokens",
        "store",
        "response_format",
    )
    thinking_parameters: tuple[str, ...] = ("reasoning_effort",)
    schema_parameter = "response_format"
    limit_parameters = ("max_completion_tokens", "max_tokens")
    """The names of the limit of output tokens: the second is for who rejects the first."""

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        key_header = {"authorization": f"Bearer {spec.secret.reveal()}"} if spec.secret else {}
        http = openai.DefaultAsyncHttpxClient(
            **client_options(
                ssl_context,
                key_header,
                spec.reach,
                limits=type(openai.DEFAULT_CONNECTION_LIMITS),
            )
        )
        self._line = Preconnect(http, spec.url)
        self._client = openai.AsyncOpenAI(
            # The SDK insists on a key; which headers are sent is decided by ``client_options``.
            api_key=spec.secret.reveal() or "none",
            base_url=spec.url,
            max_retries=0,
            timeout=None,  # the chain has the only clock
            # Named here, so that an environment variable meant for other programs changes nothing.
            organization="",
            project="",
            http_client=http,
        )

    @override
    async def list_models(self) -> Collection[ModelCard]:
        try:
            text = await self._client.get("/models", cast_to=str)
        except openai.APIError as err:
            raise self._error(err) from None
        return [from_chat_list(item) for item in listed_models(json_object(text, self.model))]

    @override
    async def _request(self, model: str, task: Task[Any], dropped: Collection[str]) -> Reply:
        with attached(task.pictures) as pictures:
            body = self._body(model, task, pictures, dropped)
            try:
                text = await self._client.post("/chat/completions", cast_to=str, body=body)
            except openai.APIError as err:
                # The SDK's error quotes the vendor, and vendors quote keys: it must not be chained.
                raise self._error(err) from None
        reply = self._parse(json_object(text, model), model)
        return replace(reply, structured=self.schema_parameter in body)

    def _body(
        self, model: str, task: Task[Any], pictures: Iterable[str], dropped: Collection[str]
    ) -> dict[str, Any]:
        optional: dict[str, Any] = {
            **dict.fromkeys(
                self.limit_parameters, task.max_tokens + self._thinking_tokens(model, dropped)
            ),
            **self._extra_arguments(model),
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": task.name, "strict": True, "schema": task.schema},
            },
        }
        left_out = {*dropped, *self._unsent(dropped)}
        arguments = {name: value for name, value in optional.items() if name not in left_out}
        return {
            "model": model,
            "messages": [
                {"role": "system", "content": task.system},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": task.user},
                        *(
                            {
                                "type": "image_url",
                                "image_url": {
                                    "url": f"data:image/jpeg;base64,{picture}",
                                    "detail": "high",
                                },
                            }
                            for picture in pictures
                        ),
                    ],
                },
            ],
            **arguments,
        }

    @override
    def _unsent(self, dropped: Collection[str]) -> Collection[str]:
        first, second = self.limit_parameters
        return (first,) if first in dropped else (second,)

    def _extra_arguments(self, model: str) -> dict[str, Any]:
        """Return what a request carries besides the limit and the schema."""
        return {"store": False, **self._parameters(model).arguments}

    def _parse(self, body: dict[str, Any], model: str) -> Reply:
        choice = get_path(body, "choices", 0)
        model = model_name(get_path(body, "model"), model)
        billed = chat_usage(body)
        finish = text_or_empty(get_path(choice, "finish_reason")).lower()
        error = get_path(body, "error") or get_path(choice, "error") or finish == "error"
        if error:
            raise self._error_within(error, model, billed)
        if finish in _REFUSED or get_path(choice, "message", "refusal"):
            raise ProviderError(Failure.REFUSED, status=200, model=model, usage=billed)
        text = joined_text(get_path(choice, "message", "content"))
        return Reply(text=text, model=model, usage=billed, truncated=is_cut(finish))

    def _error_within(self, error: object, model: str, billed: Usage | None) -> ProviderError:
        """Return our own error for one that came with a status of 200."""
        message = message_or_empty(error) or message_or_empty(get_path(error, "message"))
        codes = {text_or_empty(get_path(error, name)) for name in ("code", "type")}
        found = self._named(status_named_by(error), codes, message, {}, error)
        found.model, found.usage = model, billed
        return found

    def _error(self, err: openai.APIError) -> ProviderError:
        """Return our own error for the SDK's."""
        if not isinstance(err, openai.APIStatusError):
            return connection_error(err.__cause__)
        # The SDK knows where OpenAI says why; others say it anywhere in the body.
        texts = (err.param, get_path(err.body, "message"), err.body, err.response.text)
        message = " ".join(message_or_empty(text) for text in texts)
        codes = {text_or_empty(err.code), text_or_empty(err.type)}
        return self._named(err.status_code, codes, message, err.response.headers, err.body)

    def _named(
        self,
        status: int,
        codes: Collection[str],
        message: str,
        headers: Mapping[str, str],
        error: object,
    ) -> ProviderError:
        """Return the failure that an error names, and how long to wait."""
        wait = retry_after(headers)
        if wait is None and status == HTTPStatus.TOO_MANY_REQUESTS:
            quoted = get_path(error, "metadata", "headers")  # OpenRouter's
            wait = rate_limit_reset({**(quoted if isinstance(quoted, dict) else {}), **headers})
        failure = self._failure_of(status, frozenset(codes), message)
        return self._rejection(failure, status=status, message=message, retry_after=wait)

    def _failure_of(self, status: int, codes: frozenset[str], message: str) -> Failure:
        """Return what an HTTP error means, by its codes, its words and its status."""
        if codes & _QUOTA_CODES:
            return Failure.QUOTA
        if codes & _MODEL_CODES:
            return Failure.MODEL_MISSING
        if "content_policy_violation" in codes:
            return Failure.REFUSED
        if status == HTTPStatus.UNAUTHORIZED and "missing scopes" in message.lower():
            # The key is good, its owner has restricted it: a new one would not help.
            return Failure.FORBIDDEN
        return failure_of_status(status)

    @override
    async def _disconnect(self) -> None:
        await self._client.close()
