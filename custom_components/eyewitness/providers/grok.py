"""xAI's Grok, which speaks OpenAI's dialect with a few quirks of its own."""

from http import HTTPStatus
from typing import override

import openai

from ..chain.failures import Failure
from .chat import ChatProvider


class GrokProvider(ChatProvider):
    """xAI's Chat Completions, through the OpenAI SDK with xAI's base URL (AC1 to AC3)."""

    @override
    def _failure_of(self, err: openai.APIStatusError, message: str) -> Failure:
        """Read what xAI says differently: a bad key is a 400, spent credits are a 403 or a 429.

        Source: docs.x.ai/developers/debugging.
        """
        text = message.lower()
        if err.status_code in {400, 403} and "api key provided" in text:
            return Failure.AUTH
        if err.status_code in {403, 429} and "credits" in text:
            return Failure.QUOTA
        if err.status_code == HTTPStatus.FORBIDDEN and "usage guidelines" in text:
            return Failure.REFUSED
        return super()._failure_of(err, message)
