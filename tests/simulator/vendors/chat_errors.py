"""The errors that only the chat dialect has."""

from abc import abstractmethod

from ..wire import Reply
from .base import Errors


class ChatErrors(Errors):
    """OpenAI's and xAI's errors have these two in common."""

    @abstractmethod
    def no_key(self) -> Reply:
        """Return the answer to a request without a key."""

    @abstractmethod
    def unsupported_value(self, parameter: str, value: object) -> Reply:
        """Return the answer to a value that this model refuses."""
