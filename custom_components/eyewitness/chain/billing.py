"""What is known about the bill of a request."""

from dataclasses import dataclass
from typing import Final

from . import guard
from .failures import Failure, ProviderError
from .task import Cost, Provider, Reply, Usage

_MAYBE_BILLED: Final = frozenset(
    {
        None,
        Failure.TIMEOUT,
        Failure.CANCELLED,
        Failure.MALFORMED,
        Failure.REFUSED,
        Failure.BLIND,
        Failure.NETWORK,
        Failure.UNKNOWN,
    }
)
"""After these the vendor may have done the work: without its report the usage is unknown."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What one request is billed for."""

    model: str
    """The one that the reply names, or the one that was asked."""
    usage: Usage | None
    """None when the vendor may have done work and did not say how much."""
    cost: Cost | None
    """None when it is not known."""


def billed(
    provider: Provider, reply: Reply | None, error: ProviderError | None, failure: Failure | None
) -> Bill:
    """Return the model that the vendor bills, its usage and the cost.

    What nobody knows is None; a request that certainly made no work has used and cost nothing.
    To be called when the request has ended, since a provider may choose its model during it.
    """
    model, usage = (provider.model, None) if reply is None else (reply.model, reply.usage)
    if error is not None:
        model, usage = error.model or model, error.usage or usage
    unshown = error is not None and not error.shown
    if usage is None and (unshown or failure not in _MAYBE_BILLED):
        return Bill(model, Usage(), Cost(0.0))
    return Bill(model, usage, guard.cost(provider, model, usage))
