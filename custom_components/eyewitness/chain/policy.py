"""Every number of the chain, and what follows from each failure.

"Required" marks the numbers that the client's story demands (30 s, 2 retries 500 ms apart for Grok,
2, 4, 8 s for the others, the next provider within 2 s). ``docs/architecture.md`` explains the other
ones, and ``docs/fault-matrix.md`` lists what all of them lead to.
"""

from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import Final

from .failures import Failure

TOTAL_SECONDS: Final = 60.0
"""For camera and chain; the user's limits or the action's ``timeout`` may say otherwise."""
TOTAL_SECONDS_MIN: Final = 5.0
TOTAL_SECONDS_MAX: Final = 180.0
CAMERA_SECONDS: Final = 10.0
"""The most that a camera may take; never more than a third of the total."""
ATTEMPT_SECONDS: Final = 30.0
"""The most that one request may take (required)."""
ATTEMPT_FLOOR_SECONDS: Final = 5.0
"""Every request gets this much, the total permitting, even at the cost of the reserve."""
CONNECT_SECONDS: Final = 5.0
CHECK_SECONDS: Final = 15.0
"""The free check of a key, outside of any event."""
RESERVE_SECONDS: Final = 8.0
"""Kept for every ready provider that was not asked yet, and once for those whose circuit is open;
four hanging ones take 30 + 14 + 8 + 8."""
WAIT_IN_PLACE_SECONDS: Final = 1.25
"""The most that an event waits for one provider while another is ready, so that the next one is
asked within 2 s (required)."""
RETRY_NEEDS_SECONDS: Final = 5.0
"""A retry starts only when this much time is left."""
FIRST_NEEDS_SECONDS: Final = 1.0
"""The same for a first request: one that cannot be answered in time would only be paid for."""
MAX_ATTEMPTS: Final = 8
JITTER: Final = 0.2
"""A delay is multiplied by 0.8 to 1.2."""
RETRY_AFTER_MAX_SECONDS: Final = 3600.0
MAX_TOKENS: Final = 300
"""The limit of the output (required)."""
KEY_CHARS_MIN: Final = 8
"""A shorter key is not looked for in texts: "none" and "ollama" are words as well."""
KEY_CHARS_MAX: Final = 512
"""More than any vendor's key has; the longest that were seen have about 170."""
SCANNED_PER_CHAR: Final = 8
"""How many characters of an untrusted text are read for each one that may be shown, since some are
taken out; so that a megabyte costs no more than a page."""

DEFAULT_DELAYS: Final[tuple[float, ...]] = (2.0, 4.0, 8.0)
DELAYS: Final[dict[str, tuple[float, ...]]] = {"grok": (0.5, 0.5)}
"""Seconds between attempts at one provider; their number is the number of retries (required)."""


def delays(kind: str) -> tuple[float, ...]:
    """Return the seconds between the attempts at a provider of this kind."""
    return DELAYS.get(kind, DEFAULT_DELAYS)


class RetryNow(Enum):
    """When one immediate second try makes sense."""

    NEVER = auto()
    ALWAYS = auto()
    IF_UNSENT = auto()
    """Only when no byte of the request reached the vendor."""
    IF_ADAPTED = auto()
    """Only when the provider changed the request."""
    SMALLER = auto()
    """After the picture was made smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailurePolicy:
    """What follows from a failure; every failure hands over to the next provider at once."""

    retry_now: RetryNow = RetryNow.NEVER
    revisit: bool = False
    """Whether the provider may be asked again in this event, after its delay."""
    wait_in_place: bool = False
    """Whether a short delay may be waited for, instead of asking the next provider."""
    circuit_weight: int = 0
    """How much the failure counts towards opening the provider's circuit."""
    cooldown_seconds: float = 0.0
    """How long the provider is left alone afterwards, when it named no time itself."""
    cooldown_max_seconds: float = RETRY_AFTER_MAX_SECONDS
    """The longest time that the provider may name."""
    retry_cost: int = 1
    """Tokens of the retry budget that the next retry takes."""


POLICIES: Final[dict[Failure, FailurePolicy]] = {
    Failure.AUTH: FailurePolicy(cooldown_seconds=300),
    Failure.FORBIDDEN: FailurePolicy(cooldown_seconds=3600),
    Failure.RATE_LIMIT: FailurePolicy(revisit=True, wait_in_place=True, cooldown_seconds=30),
    Failure.QUOTA: FailurePolicy(cooldown_seconds=3600, cooldown_max_seconds=86400),
    Failure.MODEL_MISSING: FailurePolicy(retry_now=RetryNow.IF_ADAPTED, cooldown_seconds=inf),
    Failure.BAD_REQUEST: FailurePolicy(retry_now=RetryNow.IF_ADAPTED),
    Failure.TOO_LARGE: FailurePolicy(retry_now=RetryNow.SMALLER),
    Failure.REFUSED: FailurePolicy(),
    Failure.SERVER: FailurePolicy(revisit=True, wait_in_place=True, circuit_weight=1),
    # Twice as much, like its retry: two events have paid half a minute each by then, and those
    # that wait behind them must still be answered (six cameras in tests/soak; AWS does so too).
    Failure.TIMEOUT: FailurePolicy(revisit=True, circuit_weight=2, retry_cost=2),
    Failure.NETWORK: FailurePolicy(retry_now=RetryNow.IF_UNSENT, revisit=True, circuit_weight=1),
    Failure.TLS: FailurePolicy(circuit_weight=1),
    Failure.MALFORMED: FailurePolicy(retry_now=RetryNow.ALWAYS, revisit=True, circuit_weight=1),
    Failure.REDIRECT: FailurePolicy(circuit_weight=1),
    Failure.UNKNOWN: FailurePolicy(circuit_weight=1),
}
"""The error table. ``Failure.CANCELLED`` has no row: nothing follows from it."""

RATE_LIMIT_MAX_SECONDS: Final = 600.0
"""A rate limit without a time doubles from its 30 s up to here."""
REJECTIONS_TO_COOL_DOWN: Final = 5
"""Consecutive events whose request the vendor rejected before it is left alone for an hour."""
REJECTED_SECONDS: Final = 3600.0

DOUBLINGS_MAX: Final = 16
"""Of a backoff; more make no difference to any limit here, but would overflow one day."""

CIRCUIT_FAILURES: Final = 3
"""A circuit opens when the weights of the failures of consecutive events add up to this."""
CIRCUIT_OPEN_SECONDS: Final = 30.0
"""The first opening; each further one doubles it."""
CIRCUIT_OPEN_MAX_SECONDS: Final = 900.0
CIRCUIT_JITTER: Final = 0.1
PROBE_SECONDS: Final = 10.0
"""The attempt timeout of a request to a provider whose circuit was open."""
LEASE_MARGIN_SECONDS: Final = 5.0
"""A probe's lease ends this long after its timeout even if nobody gave it back."""
LEASE_POLL_SECONDS: Final = 0.25
"""How often an event that has nobody else checks whether another event's probe has ended."""

BUDGET_TOKENS: Final = 10.0
"""Retries cost tokens, first requests never do."""
BUDGET_SECONDS_PER_TOKEN: Final = 30.0

CONCURRENT_RUNS: Final = 2
"""Events that are described at the same time."""
QUEUED_RUNS: Final = 8
"""Events that may wait for their turn."""
JOIN_SECONDS: Final = 3.0
"""A call this soon after the picture of a running event shares its answer."""
HEDGE_SHARE: Final = 0.05
"""Share of the events that may be hedged: each costs a second request."""
HEDGES_SAVED: Final = 3.0
"""Hedges that quiet days may save up."""

LOGGED_FRAMES: Final = 12
"""Of an unexpected exception, the innermost ones; those above are mostly the event loop's."""
LOGGED_CAUSES: Final = 3
"""Of a chain of exceptions, the last ones."""
