"""What is known about the bill of a request."""

from typing import Final

from . import guard
from .failures import Failure, ProviderError
from .task import Provider, Reply, Usage

_MAYBE_BILLED: Final = frozenset(
    {
        None,
        Failure.TIMEOUT,
        Failure.CANCELLED,
        Failure.MALFORMED,
        Failure.REFUSED,
        Failure.NETWORK,
        Failure.UNKNOWN,
    }
)
"""After these the vendor may have done the work: without a usage report the cost is unknown."""


def billed(
    provider: Provider, reply: Reply | None, error: ProviderError | None, failure: Failure | None
) -> tuple[str, Usage | None, float | None]:
    """Return the model that the vendor bills, its usage and the cost in USD, as far as known.

    To be called when the request has ended, since a provider may choose its model during it.
    """
    model, usage = (provider.model, None) if reply is None else (reply.model, reply.usage)
    if error is not None:
        model, usage = error.model or model, error.usage or usage
    if usage is not None:
        return model, usage, guard.cost(provider, model, usage)
    unsent = error is not None and not error.sent
    return model, None, 0.0 if unsent or failure not in _MAYBE_BILLED else None
