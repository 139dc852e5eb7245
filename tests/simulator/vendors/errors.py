"""What the vendors' tables of errors have in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..wire import Reply


@dataclass(frozen=True, slots=True)
class Template:
    """One error; its texts may name values in braces."""

    status: int
    message: str
    more: Mapping[str, str]
    """What else the vendor's `Errors.build` puts into the answer."""


def error(status: int, message: str, **more: str) -> Template:
    """Return an entry for a vendor's table."""
    return Template(status, message, more)


class Errors(ABC):
    """A vendor's error bodies; strict checks and scripted faults share them.

    The table's names are ``name:variant`` and ``name``, which stands for all other variants.
    """

    table: ClassVar[Mapping[str, Template]]
    server_message: ClassVar[str] = "Request failed with status {status}."

    @abstractmethod
    def build(self, status: int, message: str, more: Mapping[str, str]) -> Reply:
        """Return an error in the vendor's shape."""

    def __call__(self, name: str, variant: str = "", /, **values: object) -> Reply:
        """Return an error of the table with its values filled in."""
        values |= {"variant": variant}
        template = self.table.get(f"{name}:{variant}") or self.table[name]
        more = {word: text.format(**values) for word, text in template.more.items()}
        return self.build(template.status, template.message.format(**values), more)

    def status(self, status: int, message: str = "") -> Reply:
        """Return the vendor's usual body for a status."""
        text = self.server_message if status >= 500 else Errors.server_message
        return self.build(status, message or text.format(status=status), {})


def wait_headers(more: Mapping[str, str], limits: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a rate limit, which may say how long to wait; none for other errors."""
    if "wait" not in more:
        return {}
    return {**limits, **({"Retry-After": more["wait"]} if more["wait"] else {})}
