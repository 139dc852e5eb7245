"""Hold every number of the chain and what follows from each kind of failure.

Sources: "seed" is the client's story (30 s, Grok 2 retries 500 ms apart, the others 2, 4, 8 s,
hand-over within 2 s); "notes" is the project's reliability study, kept in ``docs/architecture.md``.
"""

from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import Final

from .failures import Kind

TOTAL_SECONDS: Final = 60.0
"""Camera and chain together (notes 3); the action's ``timeout`` replaces it."""
TOTAL_SECONDS_MIN: Final = 5.0
TOTAL_SECONDS_MAX: Final = 180.0
CAMERA_SECONDS: Final = 10.0
"""Most that a camera may take; never more than a third of the total (notes 3)."""
ATTEMPT_SECONDS: Final = 30.0
"""One request (seed)."""
ATTEMPT_FLOOR_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 5.0
CHECK_SECONDS: Final = 15.0
"""The free check of a key, outside of any event."""
RESERVE_SECONDS: Final = 8.0
"""Kept for every ready provider that was not asked yet (notes 3): 30 + 14 + 8 + 8 = 60."""
WAIT_IN_PLACE_SECONDS: Final = 1.25
"""Most that an event spends waiting at one provider while another is ready, so that the
hand-over stays under the seed's 2 s (notes 2)."""
RETRY_NEEDS_SECONDS: Final = 5.0
"""A retry starts only with this much left."""
FIRST_NEEDS_SECONDS: Final = 1.0
"""So does a first request: one that cannot be answered in time would only be paid for."""
MAX_ATTEMPTS: Final = 8
JITTER: Final = 0.2
"""A delay is multiplied by 0.8 to 1.2."""
RETRY_AFTER_MAX_SECONDS: Final = 3600.0
MAX_TOKENS: Final = 300
"""Output cap (seed)."""

DEFAULT_DELAYS: Final[tuple[float, ...]] = (2.0, 4.0, 8.0)
DELAYS: Final[dict[str, tuple[float, ...]]] = {"grok": (0.5, 0.5)}
"""Seconds between attempts at one provider; their number is the number of retries (seed)."""


def delays(kind: str) -> tuple[float, ...]:
    """Return the seconds between the attempts at a provider of this kind."""
    return DELAYS.get(kind, DEFAULT_DELAYS)


class AtOnce(Enum):
    """Say when one immediate second try makes sense."""

    NEVER = auto()
    ALWAYS = auto()
    UNSENT = auto()
    """Only when no byte of the request reached the vendor."""
    ADAPTED = auto()
    """Only when the provider changed the request."""
    SMALLER = auto()
    """After the picture was made smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Say what follows from a failure; every kind hands over to the next provider at once."""

    at_once: AtOnce = AtOnce.NEVER
    revisit: bool = False
    """Whether the provider may be asked again in this event, after its delay."""
    wait: bool = False
    """Whether that delay may be waited for in place when it is short."""
    counted: int = 0
    """How much it counts towards opening the provider's circuit."""
    bench_seconds: float = 0.0
    """How long the provider is left alone afterwards, when it named no time itself."""
    bench_max_seconds: float = RETRY_AFTER_MAX_SECONDS
    """The longest time that the provider may name."""
    retry_cost: int = 1
    """Tokens of the retry budget that the next retry takes."""


RULES: Final[dict[Kind, Rule]] = {
    Kind.AUTH: Rule(bench_seconds=300),
    Kind.FORBIDDEN: Rule(bench_seconds=3600),
    Kind.RATE_LIMIT: Rule(revisit=True, wait=True, bench_seconds=30),
    Kind.QUOTA: Rule(bench_seconds=3600, bench_max_seconds=86400),
    Kind.MODEL_MISSING: Rule(at_once=AtOnce.ADAPTED, bench_seconds=inf),
    Kind.BAD_REQUEST: Rule(at_once=AtOnce.ADAPTED),
    Kind.TOO_LARGE: Rule(at_once=AtOnce.SMALLER),
    Kind.REFUSED: Rule(),
    Kind.SERVER: Rule(revisit=True, wait=True, counted=1),
    # Twice as much, like its retry: two events have paid half a minute each by then, and those
    # that wait behind them must still be answered (the soak's six cameras; AWS weighs it so too).
    Kind.TIMEOUT: Rule(revisit=True, counted=2, retry_cost=2),
    Kind.NETWORK: Rule(at_once=AtOnce.UNSENT, revisit=True, counted=1),
    Kind.TLS: Rule(counted=1),
    Kind.MALFORMED: Rule(at_once=AtOnce.ALWAYS, revisit=True, counted=1),
    Kind.REDIRECT: Rule(counted=1),
    Kind.UNKNOWN: Rule(counted=1),
}
"""The error table (notes 4). ``Kind.CANCELLED`` has no row: nothing follows from it."""

RATE_LIMIT_MAX_SECONDS: Final = 600.0
"""A rate limit without a time doubles from its 30 s up to here."""
REJECTIONS_TO_BENCH: Final = 5
"""Events in a row whose request the vendor called wrong, before it is left alone for an hour."""
REJECTED_SECONDS: Final = 3600.0

DOUBLINGS_MAX: Final = 16
"""More make no difference to any limit here."""

BREAKER_FAILURES: Final = 3
"""What the failures of consecutive events have to count together to open a circuit."""
BREAKER_OPEN_SECONDS: Final = 30.0
"""The first opening; each further one doubles it."""
BREAKER_OPEN_MAX_SECONDS: Final = 900.0
BREAKER_JITTER: Final = 0.1
PROBE_SECONDS: Final = 10.0
"""The attempt timeout of a request to a provider whose circuit was open."""
LEASE_MARGIN_SECONDS: Final = 5.0
"""A probe's lease ends this long after its timeout even if nobody gave it back."""
LEASE_POLL_SECONDS: Final = 0.25
"""How often an event that has nobody else looks whether another event's probe has ended."""

BUDGET_TOKENS: Final = 10.0
BUDGET_SECONDS_PER_TOKEN: Final = 30.0
"""Retries cost tokens, first requests never do (notes 3)."""

FLIGHTS: Final = 2
"""Events that are described at the same time (notes 3)."""
QUEUE: Final = 8
"""Events that may wait for their turn."""
JOIN_SECONDS: Final = 3.0
"""A call this soon after the picture of a running event shares its answer."""
HEDGE_SHARE: Final = 0.05
"""Share of the events that may be hedged: each costs a second request."""
HEDGES_SAVED: Final = 3.0
"""Hedges that quiet days may save up."""
