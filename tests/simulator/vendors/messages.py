"""The walk through messages, which all vendors but Google have."""

from abc import abstractmethod
from collections.abc import Collection
from typing import ClassVar

from ..wire import JsonObject
from .base import Dialect, Prompt


class MessagesDialect(Dialect):
    """A dialect whose prompt is a list of messages, each a text or a list of parts."""

    roles: ClassVar[tuple[str, ...]]
    """A tuple, because what has no hash must be looked for in it too."""
    message_fields: ClassVar[Collection[str]]
    index: ClassVar[str]
    """How the vendor writes the place in a list."""

    @abstractmethod
    def read_part(self, part: JsonObject, path: str, role: str, prompt: Prompt) -> None:
        """Add a part of a message to the prompt."""

    def read_messages(self, messages: object, prompt: Prompt) -> None:
        """Walk the messages and decode their pictures."""
        listed = self.typed(messages, list, "messages")
        if not listed:
            self.invalid("messages", "at least one message is required")
        for i, raw in enumerate(listed):
            path = "messages" + self.index.format(i)
            message = self.typed(raw, dict, path)
            self.known(message, self.message_fields, path)
            if message.get("role") not in self.roles:
                self.invalid(f"{path}.role", f"Input should be one of {', '.join(self.roles)}")
            content = message.get("content")
            if isinstance(content, str):
                prompt.text += content
                continue
            for j, part in enumerate(self.typed(content, list, f"{path}.content")):
                where = f"{path}.content" + self.index.format(j)
                self.read_part(self.typed(part, dict, where), where, message["role"], prompt)
