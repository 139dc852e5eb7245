"""The Chat Completions dialect that OpenAI, xAI and compatible servers share."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Final, override

import openai

from ..chain import policy
from ..chain.failures import Failure, ProviderError
from ..chain.task import Reply, Task, Usage
from ..const import BASE_URLS
from .base import VendorProvider
from .models.parameters import ModelParameters, parameters_for
from .spec import Spec
from .wire.client import client_options
from .wire.replies import (
    connection_error,
    failure_of_status,
    get_path,
    json_object,
    listed_ids,
    message_or_empty,
    model_name,
    retry_after,
    text_or_empty,
    token_count,
)

_QUOTA_CODES: Final = frozenset(
    {"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"}
)
"""Codes with which a 429 means that the money is gone (OpenAI's error-code guide)."""
_MODEL_CODES: Final = frozenset({"model_not_found", "model_not_available"})
_OTHER_LIMIT: Final = {
    "max_completion_tokens": "max_tokens",
    "max_tokens": "max_completion_tokens",
}


class ChatProvider(VendorProvider):
    """A server that speaks Chat Completions."""

    optional_parameters: tuple[str, ...] = (
        "reasoning_effort",
        "max_completion_tokens",
        "store",
        "response_format",
    )
    limit_parameter: str = "max_completion_tokens"
    """The name under which the limit of output tokens is sent first."""

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        key_header = {"authorization": f"Bearer {spec.secret.reveal()}"} if spec.secret else {}
        self._client = openai.AsyncOpenAI(
            # The SDK insists on a key; which headers are sent is decided by ``client_options``.
            api_key=spec.secret.reveal() or "none",
            base_url=spec.base_url or BASE_URLS[spec.kind],
            max_retries=0,
            timeout=policy.ATTEMPT_SECONDS,
            # Named here, so that an environment variable meant for other programs changes nothing.
            organization="",
            project="",
            http_client=openai.DefaultAsyncHttpxClient(
                **client_options(ssl_context, key_header, spec.reach)
            ),
        )
        # Asked for here, since the SDK imports what is behind them at the first touch, and that
        # takes seconds in which nothing else in Home Assistant would run.
        self._models = self._client.models.with_raw_response
        self._completions = self._client.chat.completions.with_raw_response

    @override
    async def list_models(self) -> Collection[str]:
        try:
            raw = await self._models.list()
        except openai.APIError as err:
            raise self._error(err) from None
        return listed_ids(json_object(raw.text, self.model))

    @override
    async def _request(self, model: str, task: Task[Any], dropped: Collection[str]) -> Reply:
        try:
            raw = await self._completions.create(**self._arguments(model, task, dropped))
        except openai.APIError as err:
            # The SDK's error quotes the vendor, and vendors quote keys: it must not be chained.
            raise self._error(err) from None
        return self._parse(json_object(raw.text, model), model)

    def _arguments(self, model: str, task: Task[Any], dropped: Collection[str]) -> dict[str, Any]:
        parameters = parameters_for(model)
        limit = task.max_tokens + self._thinking_tokens(parameters)
        optional: dict[str, Any] = {
            **self._extra_arguments(parameters.arguments),
            self.limit_parameter: limit,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": task.name, "strict": True, "schema": task.schema},
            },
        }
        arguments = {name: value for name, value in optional.items() if name not in dropped}
        if self.limit_parameter in dropped:
            arguments[_OTHER_LIMIT[self.limit_parameter]] = limit
        pictures = [b64encode(picture.jpeg).decode("ascii") for picture in task.pictures]
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

    def _thinking_tokens(self, parameters: ModelParameters) -> int:
        """Return the output tokens to allow for thinking."""
        return parameters.thinking_tokens

    def _extra_arguments(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a request carries besides the limit and the schema."""
        return {"store": False, **arguments}

    def _parse(self, body: dict[str, Any], model: str) -> Reply:
        choice = get_path(body, "choices", 0)
        model = model_name(get_path(body, "model"), model)
        usage = _usage(tokens) if isinstance(tokens := get_path(body, "usage"), dict) else None
        finish = get_path(choice, "finish_reason")
        text = text_or_empty(get_path(choice, "message", "content"))
        if finish == "content_filter" or get_path(choice, "message", "refusal"):
            raise ProviderError(Failure.REFUSED, status=200, model=model, usage=usage)
        return Reply(text=text, model=model, usage=usage, truncated=finish == "length")

    def _error(self, err: openai.APIError) -> ProviderError:
        """Return our own error for the SDK's."""
        if not isinstance(err, openai.APIStatusError):
            return connection_error(err.__cause__)
        # The SDK's own message holds the body's text in some versions and for some shapes only.
        texts = (err.param, err.message, err.body, get_path(err.body, "message"))
        message = " ".join(message_or_empty(text) for text in texts)
        return self._rejection(
            self._failure_of(err, message),
            status=err.status_code,
            message=message,
            retry_after=retry_after(err.response.headers),
        )

    def _failure_of(self, err: openai.APIStatusError, message: str) -> Failure:
        """Return what an HTTP error means, by its codes, its words and its status."""
        codes = {text_or_empty(err.code), text_or_empty(err.type)}
        if codes & _QUOTA_CODES:
            return Failure.QUOTA
        if codes & _MODEL_CODES:
            return Failure.MODEL_MISSING
        if "content_policy_violation" in codes:
            return Failure.REFUSED
        if err.status_code == HTTPStatus.UNAUTHORIZED and "missing scopes" in message.lower():
            # The key is good, its owner has restricted it: a new one would not help.
            return Failure.FORBIDDEN
        return failure_of_status(err.status_code)

    @override
    async def _disconnect(self) -> None:
        await self._client.close()


def _usage(tokens: dict[str, Any]) -> Usage:
    """Count what is billed: at xAI only the total holds the tokens of the reasoning."""
    prompt, completion, total = (
        token_count(get_path(tokens, name))
        for name in ("prompt_tokens", "completion_tokens", "total_tokens")
    )
    return Usage(prompt, max(completion, total - prompt) if prompt else completion)
