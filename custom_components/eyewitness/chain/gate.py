"""Whether a provider may be asked: somebody else's decision, before each request."""

from collections.abc import Callable
from typing import Protocol

from .task import Provider


class Gate(Protocol):
    """Decides before each request; the chain does not know why."""

    def allows(self, provider: Provider) -> bool:
        """Return whether a request may be made now; the next time it may be another answer."""

    def begin(self, provider: Provider) -> Callable[[], None]:
        """Count a request as under way, until what is returned is called: then it is booked."""


class OpenGate:
    """Lets every request through."""

    def allows(self, provider: Provider) -> bool:
        """Return True."""
        return True

    def begin(self, provider: Provider) -> Callable[[], None]:
        """Return what does nothing."""
        return _nothing


def _nothing() -> None:
    pass
