"""Anthropic's Claude, through the Messages API."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
import re
from ssl import SSLContext
from typing import Any, Final, override

import anthropic

from ..chain.failures import Failure, ProviderError
from ..chain.task import Reply, Task
from .base import VendorProvider
from .models.card import ModelCard, from_anthropic_list, read_date
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
    retry_after,
    status_named_by,
    text_or_empty,
)
from .wire.usage import anthropic_usage

_VERSION: Final = "2023-06-01"
"""The version of the API that is spoken here; a newer SDK would ask for a newer one (2.12 does)."""
_FAILURES: Final = {
    "authentication_error": Failure.AUTH,
    "billing_error": Failure.QUOTA,
    "permission_error": Failure.FORBIDDEN,
    "not_found_error": Failure.MODEL_MISSING,
    "request_too_large": Failure.TOO_LARGE,
    "rate_limit_error": Failure.RATE_LIMIT,
    "api_error": Failure.SERVER,
    "timeout_error": Failure.SERVER,
    "overloaded_error": Failure.SERVER,
}
"""Anthropic's own error types (its error page and ``anthropic/types/shared``)."""
_OUT_OF_MONEY: Final = re.compile(r"credit balance|usage limits|spend", re.IGNORECASE)
"""Words about money that is spent: in a 400 without a type of its own, or in a 429 without
Retry-After."""

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_DAY: Final = re.compile(r"(?P<month>\w+) (?P<day>\d+)\w\w, (?P<year>20\d\d)")
"""How the SDK writes a day: June 15th, 2026."""


class AnthropicProvider(VendorProvider):
    """Claude."""

    optional_parameters = ("thinking", "output_config")
    thinking_parameters = ("thinking",)
    schema_parameter = "output_config"

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        http = anthropic.DefaultAsyncHttpxClient(
            **client_options(
                ssl_context,
                {"x-api-key": spec.secret.reveal(), "anthropic-version": _VERSION},
                spec.reach,
                limits=type(anthropic.DEFAULT_CONNECTION_LIMITS),
            )
        )
        self._line = Preconnect(http, spec.url)
        self._client = anthropic.AsyncAnthropic(
            api_key=spec.secret.reveal(),
            base_url=spec.url,
            max_retries=0,
            timeout=None,  # the chain has the only clock
            http_client=http,
        )
        self._ends = published_ends()
        """The last days of models, as the SDK knows them."""

    @override
    async def list_models(self) -> Collection[ModelCard]:
        try:
            text = await self._client.get(
                "/v1/models", cast_to=str, options={"params": {"limit": 1000}}
            )
        except anthropic.APIError as err:
            raise self._error(err) from None
        body = json_object(text, self.model)
        return [from_anthropic_list(item, self._ends) for item in listed_models(body)]

    @override
    async def _request(self, model: str, task: Task[Any], dropped: Collection[str]) -> Reply:
        with attached(task.pictures) as pictures:
            body = self._body(model, task, pictures, dropped)
            try:
                text = await self._client.post("/v1/messages", cast_to=str, body=body)
            except anthropic.APIError as err:
                # The SDK's error quotes the vendor, and vendors quote keys: it must not be chained.
                raise self._error(err) from None
        reply = self._parse(json_object(text, model), model)
        return replace(reply, structured=self.schema_parameter in body)

    def _body(
        self, model: str, task: Task[Any], pictures: Iterable[str], dropped: Collection[str]
    ) -> dict[str, Any]:
        optional: dict[str, Any] = {
            "output_config": {"format": {"type": "json_schema", "schema": task.schema}},
            **self._parameters(model).arguments,
        }
        sources = [
            {"type": "base64", "media_type": "image/jpeg", "data": picture} for picture in pictures
        ]
        return {
            "model": model,
            "max_tokens": task.max_tokens + self._thinking_tokens(model, dropped),
            "system": task.system,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        *({"type": "image", "source": source} for source in sources),
                        {"type": "text", "text": task.user},
                    ],
                }
            ],
            **{name: value for name, value in optional.items() if name not in dropped},
        }

    def _parse(self, body: dict[str, Any], model: str) -> Reply:
        model = model_name(get_path(body, "model"), model)
        billed = anthropic_usage(body)
        if error := get_path(body, "error"):
            found = self._named(status_named_by(error), error, {})
            found.model, found.usage = model, billed
            raise found
        stop = get_path(body, "stop_reason")
        if stop == "refusal":
            raise ProviderError(Failure.REFUSED, status=200, model=model, usage=billed)
        text = joined_text(get_path(body, "content"))
        return Reply(text=text, model=model, usage=billed, truncated=is_cut(stop))

    def _error(self, err: anthropic.APIError) -> ProviderError:
        """Return our own error for the SDK's."""
        if not isinstance(err, anthropic.APIStatusError):
            return connection_error(err.__cause__)
        return self._named(err.status_code, get_path(err.body, "error"), err.response.headers)

    def _named(self, status: int, error: object, headers: Mapping[str, str]) -> ProviderError:
        """Return the failure that an error names."""
        message = message_or_empty(get_path(error, "message"))
        failure = failure_of_status(status)
        if status >= HTTPStatus.BAD_REQUEST:
            failure = _FAILURES.get(text_or_empty(get_path(error, "type")), failure)
        wait = retry_after(headers)
        if (
            failure in {Failure.BAD_REQUEST, Failure.RATE_LIMIT}
            and wait is None
            and _OUT_OF_MONEY.search(message)
        ):
            failure = Failure.QUOTA
        return self._rejection(failure, status=status, message=message, retry_after=wait)

    @override
    async def _disconnect(self) -> None:
        await self._client.close()


def published_ends() -> dict[str, date]:
    """Return the last days of models by the table with which the SDK warns of them.

    The list does not tell them. The table, which Home Assistant's own integration reads as well, is
    as old as the installed SDK; without it, or where it says something else, none is known.
    """
    try:
        from anthropic.resources.messages import messages  # noqa: PLC0415
    except ImportError:
        return {}
    table = getattr(messages, "DEPRECATED_MODELS", None)
    stated = table.items() if isinstance(table, Mapping) else ()
    return {model: day for model, text in stated if (day := _day(text)) is not None}


def _day(text: object) -> date | None:
    """Read a day as the SDK writes it; ``strptime`` would go by the machine's language."""
    found = _DAY.fullmatch(text_or_empty(text))
    if found is None or (month := found["month"]) not in _MONTHS:
        return None
    return read_date(f"{found['year']}-{_MONTHS.index(month) + 1:02}-{int(found['day']):02}")
