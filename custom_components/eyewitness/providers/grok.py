"""xAI's Grok, which speaks OpenAI's dialect with a few quirks of its own."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Final, override

import openai

from ..chain.failures import Failure
from .chat import ChatProvider
from .models.card import ModelCard, from_chat_list
from .wire.replies import json_object, listed_models

_NO_SUCH_LIST: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


class GrokProvider(ChatProvider):
    """xAI's Chat Completions, through the OpenAI SDK with xAI's base URL (AC1 to AC3)."""

    _has_own_list = True
    """Whether the address is not known to have only OpenAI's list."""

    @override
    async def list_models(self) -> Collection[ModelCard]:
        """Ask for xAI's own list, which tells who sees; a proxy may know only OpenAI's."""
        if not self._has_own_list:
            return await super().list_models()
        try:
            text = await self._client.get("/language-models", cast_to=str)
        except openai.APIStatusError as err:
            if err.status_code in _NO_SUCH_LIST:
                self._has_own_list = False
                return await super().list_models()
            raise self._error(err) from None
        except openai.APIError as err:
            raise self._error(err) from None
        models = listed_models(json_object(text, self.model), "models")
        return [from_chat_list(item) for item in models]

    @override
    def _failure_of(self, status: int, codes: frozenset[str], message: str) -> Failure:
        """Read what xAI says differently: a bad key is a 400, spent credits are a 403 or a 429.

        Source: docs.x.ai/developers/debugging.
        """
        text = message.lower()
        if status in {400, 403} and "api key provided" in text:
            return Failure.AUTH
        if status in {403, 429} and "credits" in text:
            return Failure.QUOTA
        if status == HTTPStatus.FORBIDDEN and "usage guidelines" in text:
            return Failure.REFUSED
        return super()._failure_of(status, codes, message)
