"""Google's Gemini."""

from base64 import b64decode
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from itertools import islice
import re
from ssl import SSLContext
from typing import Any, Final, override

from google import genai
from google.genai import errors, types
from google.genai.client import DebugConfig
import httpx

from ..chain.failures import Failure, ProviderError
from ..chain.task import Reply, Task
from .base import VendorProvider
from .models.card import ModelCard, from_gemini_list, read_date
from .spec import Spec
from .wire.attachments import attached
from .wire.client import client_options
from .wire.preconnect import Preconnect
from .wire.replies import (
    MAX_MODELS,
    connection_error,
    duration,
    failure_of_status,
    get_path,
    is_cut,
    is_usable_id,
    json_object,
    message_or_empty,
    model_name,
    retry_after,
    status_named_by,
    text_or_empty,
)
from .wire.usage import gemini_usage

_REFUSED_REASONS: Final = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "LANGUAGE"}
)
"""Finish reasons with which Gemini declines (``google.genai.types.FinishReason``)."""

_BAD_KEY: Final = re.compile(
    r"api key (not valid|not found|expired)|reported as leaked", re.IGNORECASE
)
_UNREADABLE: Final = (
    httpx.HTTPError,
    ValueError,
    RecursionError,
    AttributeError,
    LookupError,
    TypeError,
)
"""What the SDK raises for a reply that never came, or that has another shape than it expects."""
_LAZY_MODELS: Final = (
    types.Part,
    types.GenerateContentConfig,
    types.GenerateContentResponse,
    types.ListModelsResponse,
)
"""What the SDK would otherwise build at the first request, for 0.1 s in which nothing else runs."""


class GeminiProvider(VendorProvider):
    """Gemini, through ``google-genai``.

    The SDK is given an httpx client: its aiohttp path answers a broken connection by sleeping 1 to
    10 s and trying again by itself, which would cost the doorbell its two seconds (seen in
    ``_async_request_once`` of google-genai 2.25).
    """

    optional_parameters = (
        "thinking_config",
        "thinking_level",
        "thinking_budget",
        "response_json_schema",
        "response_mime_type",
        "max_output_tokens",
    )
    thinking_parameters = ("thinking_config", "thinking_level", "thinking_budget")
    schema_parameter = "response_json_schema"

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        self._http = httpx.AsyncClient(
            **client_options(
                ssl_context,
                {"x-goog-api-key": spec.secret.reveal()},
                spec.reach,
                limits=httpx.Limits,
            )
        )
        self._line = Preconnect(self._http, spec.url)
        self._client = genai.Client(
            api_key=spec.secret.reveal(),
            # Named here, so that an environment variable meant for other programs changes nothing.
            vertexai=False,
            debug_config=DebugConfig(client_mode=None, replays_directory=None, replay_id=None),
            http_options=types.HttpOptions(
                base_url=spec.url,
                # Named, since google-genai 3 takes another one, or what the environment says.
                api_version="v1beta",
                timeout=None,  # the chain has the only clock
                client_args={"verify": ssl_context, "trust_env": False},
                async_client_args={"ssl": ssl_context},
                httpx_async_client=self._http,
            ),
        )
        self._models = self._client.aio.models
        self._ends: dict[str, date] = {}
        """The last days of models: their replies tell them, and the list does not."""
        for model in _LAZY_MODELS:
            model.model_rebuild()

    @override
    async def list_models(self) -> Collection[ModelCard]:
        try:
            pager = await self._models.list(config={"page_size": 1000})
        except errors.APIError as err:
            raise self._error(err) from None
        except _UNREADABLE as err:
            raise _reply_error(err) from None
        cards = (
            from_gemini_list(
                model.name or "", model.supported_actions or (), model.thinking, self._ends
            )
            for model in islice(pager.page, MAX_MODELS)
        )
        return [card for card in cards if is_usable_id(card.id)]

    @override
    async def _request(self, model: str, task: Task[Any], dropped: Collection[str]) -> Reply:
        config = self._config(model, task, dropped)
        with attached(task.pictures) as pictures:
            parts = [
                # The SDK wants bytes and makes base64 of them, which is the token again.
                types.Part.from_bytes(data=b64decode(picture), mime_type="image/jpeg")
                for picture in pictures
            ]
            parts.append(types.Part.from_text(text=task.user))
            contents = types.Content(role="user", parts=parts)
            try:
                raw = await self._models.generate_content(
                    model=model, contents=contents, config=config
                )
            except errors.APIError as err:
                # The SDK's error quotes the vendor, and vendors quote keys: it must not be chained.
                raise self._error(err) from None
            except _UNREADABLE as err:
                raise _reply_error(err) from None
        text = text_or_empty(raw.sdk_http_response and raw.sdk_http_response.body)
        body = json_object(text, model)
        self._learn_end(model, body)
        reply = self._parse(body, model)
        return replace(reply, structured=config.response_json_schema is not None)

    def _config(
        self, model: str, task: Task[Any], dropped: Collection[str]
    ) -> types.GenerateContentConfig:
        optional: dict[str, Any] = {}
        if self._says_how_to_think(dropped):
            optional |= self._parameters(model).arguments
        if "response_mime_type" not in dropped:
            optional["response_mime_type"] = "application/json"
            # Without the type, the schema is an error.
            if "response_json_schema" not in dropped:
                optional["response_json_schema"] = task.schema
        if "max_output_tokens" not in dropped:
            thoughts = self._thinking_tokens(model, dropped)
            optional["max_output_tokens"] = task.max_tokens + thoughts
        return types.GenerateContentConfig(
            system_instruction=task.system,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            # Read as JSON like the others: the SDK's own models refuse what they do not know.
            should_return_http_response=True,
            **optional,
        )

    def _learn_end(self, model: str, body: dict[str, Any]) -> None:
        """Note the day on which a model ends (``google.genai.types.ModelStatus``).

        Not when another one has answered: such a name is led elsewhere when its model ends.
        """
        ends = read_date(get_path(body, "modelStatus", "retirementTime"))
        if not model_name(get_path(body, "modelVersion"), model).startswith(model):
            return
        if ends is None:
            self._ends.pop(model, None)
        else:
            self._ends[model] = ends

    def _parse(self, body: dict[str, Any], model: str) -> Reply:
        model = model_name(get_path(body, "modelVersion"), model)
        billed = gemini_usage(body)
        if error := get_path(body, "error"):
            found = self._error(errors.APIError(status_named_by(error), body))
            found.model, found.usage = model, billed
            raise found
        candidate = get_path(body, "candidates", 0)
        finish = text_or_empty(get_path(candidate, "finishReason")).upper()
        if finish in _REFUSED_REASONS or get_path(body, "promptFeedback", "blockReason"):
            raise ProviderError(Failure.REFUSED, status=200, model=model, usage=billed)
        parts = get_path(candidate, "content", "parts")
        text = "".join(
            text_or_empty(get_path(part, "text"))
            for part in (parts if isinstance(parts, list) else [])
            if not get_path(part, "thought")
        )
        return Reply(text=text, model=model, usage=billed, truncated=is_cut(finish))

    def _error(self, err: errors.APIError) -> ProviderError:
        """Return our own error for the SDK's."""
        details = get_path(err.details, "error", "details")
        details = details if isinstance(details, list) else []
        reasons = {text_or_empty(get_path(item, "reason")) for item in details}
        message = message_or_empty(err.message)
        failure = failure_of_status(err.code)
        wait = retry_after(getattr(err.response, "headers", {}))
        if "API_KEY_INVALID" in reasons or _BAD_KEY.search(message):
            failure = Failure.AUTH
        elif err.status == "FAILED_PRECONDITION":
            # Not in this country, or not without a bill to send (ai.google.dev, API errors).
            failure = Failure.FORBIDDEN
        elif failure is Failure.RATE_LIMIT:
            if any(_is_lasting(item) for item in details):
                # Google sends a short retryDelay with a spent day as well; it would not help.
                return ProviderError(Failure.QUOTA, status=err.code)
            waits = [duration(get_path(item, "retryDelay")) for item in details]
            wait = max((seconds for seconds in waits if seconds), default=wait)
        return self._rejection(failure, status=err.code, message=message, retry_after=wait)

    @override
    async def _disconnect(self) -> None:
        await self._http.aclose()
        self._client.close()


def _is_lasting(detail: object) -> bool:
    """Return whether a QuotaFailure is about a day, or about a limit of zero."""
    violations = get_path(detail, "violations")
    return any(
        "PerDay" in text_or_empty(get_path(item, "quotaId"))
        or get_path(item, "quotaValue") in ("0", 0)
        for item in (violations if isinstance(violations, list) else [])
    )


def _reply_error(err: Exception) -> ProviderError:
    """Return our own error for what came out of the SDK instead of a reply."""
    if isinstance(err, httpx.HTTPError):
        return connection_error(err)
    return ProviderError(Failure.MALFORMED, status=200)
