"""How long one request may take, with others that could still answer."""

from collections.abc import Sequence

from . import policy
from .health import Health


def expected(health: Health, attempt_seconds: float) -> float:
    """Return the seconds that a provider should not need more than, by its last answer."""
    needed = max(policy.PROBE_SECONDS, policy.NEEDED_FACTOR * health.seconds_needed)
    return min(attempt_seconds, needed)


def seconds_for(
    health: Health,
    *,
    left: float,
    attempt_seconds: float,
    ready: Sequence[Health],
    last_resorts: Sequence[Health],
) -> float:
    """Return the timeout of a request to a provider, in seconds.

    ``left`` are those of the event and ``attempt_seconds`` the user's patience. The others are the
    providers that this event has not asked: those that are ready, and those that are a last resort.

    A provider on probation gets what it is expected to need, but all of the patience when it is the
    last one left. Each ready provider keeps a reserve of what is left, and all last resorts
    together keep one. Those that are known to be slow keep more, but only of what exceeds the time
    that this provider is expected to need: one that is down must not cut off one that works.
    """
    own = expected(health, attempt_seconds)
    limit = own if health.needs_probe and (ready or last_resorts) else attempt_seconds
    reserves = [_reserve(other, attempt_seconds) for other in ready]
    if last_resorts:
        reserves.append(max(_reserve(other, attempt_seconds) for other in last_resorts))
    share = left - policy.RESERVE_SECONDS * len(ready)
    share = min(share, max(left - sum(reserves), own))
    return min(limit, left, max(share, policy.ATTEMPT_FLOOR_SECONDS))


def _reserve(health: Health, attempt_seconds: float) -> float:
    needed = policy.NEEDED_FACTOR * health.seconds_needed
    return max(policy.RESERVE_SECONDS, min(attempt_seconds, needed))
