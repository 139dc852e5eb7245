"""Ask xAI's Grok, which speaks OpenAI's dialect with a few quirks of its own."""

from http import HTTPStatus
from typing import override

import openai

from ..chain.failures import Kind
from .chat import ChatProvider


class GrokProvider(ChatProvider):
    """Ask xAI through the OpenAI SDK with xAI's base URL (seed, AC1 to AC3)."""

    default_base_url = "https://api.x.ai/v1"

    @override
    def _kind(self, err: openai.APIStatusError, message: str) -> Kind:
        """Read what xAI says differently: a bad key is a 400, spent credits are a 403 or a 429.

        Source: docs.x.ai/developers/debugging.
        """
        text = message.lower()
        if err.status_code in {400, 403} and "api key provided" in text:
            return Kind.AUTH
        if err.status_code in {403, 429} and "credits" in text:
            return Kind.QUOTA
        if err.status_code == HTTPStatus.FORBIDDEN and "usage guidelines" in text:
            return Kind.REFUSED
        return super()._kind(err, message)
