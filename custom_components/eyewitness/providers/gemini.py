"""Google's Gemini."""

from collections.abc import Collection
import re
from ssl import SSLContext
from typing import Any, Final, override

from google import genai
from google.genai import errors, types
from google.genai.client import DebugConfig
import httpx

from ..chain import policy
from ..chain.failures import Failure, ProviderError
from ..chain.task import Reply, Task, Usage
from ..const import BASE_URLS
from .base import VendorProvider
from .models.parameters import parameters_for
from .spec import Spec
from .wire.client import client_options
from .wire.replies import (
    connection_error,
    duration,
    failure_of_status,
    get_path,
    message_or_empty,
    model_name,
    retry_after,
    text_or_empty,
    token_count,
    usable_ids,
)

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
    )

    def __init__(self, spec: Spec, ssl_context: SSLContext) -> None:
        """Build the SDK's client; it loads nothing from the network."""
        super().__init__(spec)
        self._http = httpx.AsyncClient(
            **client_options(ssl_context, {"x-goog-api-key": spec.secret.reveal()}, spec.reach)
        )
        self._client = genai.Client(
            api_key=spec.secret.reveal(),
            # Named here, so that an environment variable meant for other programs changes nothing.
            vertexai=False,
            debug_config=DebugConfig(client_mode=None, replays_directory=None, replay_id=None),
            http_options=types.HttpOptions(
                base_url=spec.base_url or BASE_URLS[spec.kind],
                timeout=round(policy.ATTEMPT_SECONDS * 1000),
                client_args={"verify": ssl_context, "trust_env": False},
                async_client_args={"ssl": ssl_context},
                httpx_async_client=self._http,
            ),
        )
        self._models = self._client.aio.models
        for model in _LAZY_MODELS:
            model.model_rebuild()

    @override
    async def list_models(self) -> Collection[str]:
        try:
            pager = await self._models.list(config={"page_size": 1000})
        except errors.APIError as err:
            raise self._error(err) from None
        except _UNREADABLE as err:
            raise _reply_error(err) from None
        return usable_ids(
            (model.name or "").removeprefix("models/")
            for model in pager.page
            if "generateContent" in (model.supported_actions or ())
        )

    @override
    async def _request(self, model: str, task: Task[Any], dropped: Collection[str]) -> Reply:
        try:
            reply = await self._models.generate_content(
                model=model,
                contents=types.Content(
                    role="user",
                    parts=[
                        *(
                            types.Part.from_bytes(data=picture.jpeg, mime_type="image/jpeg")
                            for picture in task.pictures
                        ),
                        types.Part.from_text(text=task.user),
                    ],
                ),
                config=self._config(model, task, dropped),
            )
        except errors.APIError as err:
            # The SDK's error quotes the vendor, and vendors quote keys: it must not be chained.
            raise self._error(err) from None
        except _UNREADABLE as err:
            raise _reply_error(err) from None
        return self._parse(reply, model)

    @staticmethod
    def _config(
        model: str, task: Task[Any], dropped: Collection[str]
    ) -> types.GenerateContentConfig:
        parameters = parameters_for(model)
        drops_thinking = any(name.startswith("thinking") for name in dropped)
        optional: dict[str, Any] = {} if drops_thinking else dict(parameters.arguments)
        if "response_json_schema" not in dropped:
            optional["response_json_schema"] = task.schema
        return types.GenerateContentConfig(
            system_instruction=task.system,
            max_output_tokens=task.max_tokens + parameters.thinking_tokens,
            response_mime_type="application/json",
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            **optional,
        )

    @staticmethod
    def _parse(reply: types.GenerateContentResponse, model: str) -> Reply:
        model = model_name(reply.model_version, model)
        usage = None
        if (tokens := reply.usage_metadata) is not None:
            usage = Usage(
                token_count(tokens.prompt_token_count),
                token_count(tokens.candidates_token_count)
                + token_count(tokens.thoughts_token_count),
            )
        blocked = reply.prompt_feedback is not None and reply.prompt_feedback.block_reason
        candidate = reply.candidates[0] if reply.candidates else None
        if not blocked and candidate is None and usage is None:
            # The SDK makes an empty reply of a JSON text or list.
            raise ProviderError(Failure.MALFORMED, status=200, model=model)
        finish = candidate.finish_reason if candidate else None
        if blocked or (finish is not None and finish.value in _REFUSED_REASONS):
            raise ProviderError(Failure.REFUSED, status=200, model=model, usage=usage)
        parts = (candidate.content.parts or []) if candidate and candidate.content else []
        return Reply(
            text="".join(part.text or "" for part in parts if not part.thought),
            model=model,
            usage=usage,
            truncated=finish is types.FinishReason.MAX_TOKENS,
        )

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
