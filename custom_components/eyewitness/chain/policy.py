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
LIST_SECONDS: Final = 1.0
"""The most that an event waits for a list of models, so that the next provider is asked within 2 s
(required)."""
SHRINK_SECONDS: Final = 1.0
"""The same for a smaller picture, while somebody else can be asked."""
LOCAL_TRIAL_SECONDS: Final = 60.0
"""The least that a trial of a server at home may take: it may have to load its model first."""
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
RETRY_AFTER_MIN_SECONDS: Final = 1.0
"""A shorter time that a provider names counts as this, or as its own first delay if that is
shorter: proxies say 0 by default, and four requests within a moment are answered by four 429."""
MAX_TOKENS: Final = 300
"""The limit of the output (required)."""
KEY_CHARS_MIN: Final = 8
"""A shorter key is not looked for in texts: "none" and "ollama" are words as well."""
KEY_CHARS_MAX: Final = 512
"""More than any vendor's key has; the longest that were seen have about 170."""
SCANNED_PER_CHAR: Final = 8
"""How many characters of an untrusted text are read for each one that may be shown, since some are
taken out; so that a megabyte costs no more than a page."""

REPLY_CHARS: Final = 64 * 1024
"""Most of a reply that is read: several times what any model may write, thoughts included."""
OPENING_CHARS: Final = 400
"""How much of a text tells whether it is a refusal or an error; the longest known take half."""

DEFAULT_DELAYS: Final[tuple[float, ...]] = (2.0, 4.0, 8.0)
DELAYS: Final[dict[str, tuple[float, ...]]] = {"grok": (0.5, 0.5)}
"""Seconds between attempts at one provider; their number is the number of retries (required)."""


def delays(kind: str) -> tuple[float, ...]:
    """Return the seconds between the attempts at a provider of this kind."""
    return DELAYS.get(kind, DEFAULT_DELAYS)


LOOK_AGAIN_SECONDS: Final = 60.0
"""What the vendor did not name an end of holds firmly for so long: when nobody else is left, it is
tried once a minute. A refused request costs nothing; an event that nobody describes costs more."""


class RetryNow(Enum):
    """When one immediate second try makes sense."""

    NEVER = auto()
    ALWAYS = auto()
    IF_UNSENT = auto()
    """Only when the vendor can have done nothing for the request."""
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
    firm_seconds: float = inf
    """How much of a time that the provider did not name holds even when nobody else is left; the
    rest of it is a guess."""
    retry_cost: int = 1
    """Tokens of the retry budget that the next retry takes."""


POLICIES: Final[dict[Failure, FailurePolicy]] = {
    Failure.AUTH: FailurePolicy(cooldown_seconds=300, firm_seconds=LOOK_AGAIN_SECONDS),
    Failure.FORBIDDEN: FailurePolicy(cooldown_seconds=3600, firm_seconds=LOOK_AGAIN_SECONDS),
    # Not waited for in place: others may be free, and a storm would wait for it as a whole.
    Failure.RATE_LIMIT: FailurePolicy(revisit=True, cooldown_seconds=30, firm_seconds=0),
    Failure.QUOTA: FailurePolicy(
        cooldown_seconds=3600, cooldown_max_seconds=86400, firm_seconds=LOOK_AGAIN_SECONDS
    ),
    # A server that is starting knows no model yet. For good only once its list says so as well.
    Failure.MODEL_MISSING: FailurePolicy(
        retry_now=RetryNow.IF_ADAPTED, cooldown_seconds=60, firm_seconds=0
    ),
    Failure.BAD_REQUEST: FailurePolicy(
        retry_now=RetryNow.IF_ADAPTED, firm_seconds=LOOK_AGAIN_SECONDS
    ),
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
    # A test must not turn anybody away from an event.
    Failure.BLIND: FailurePolicy(),
    Failure.UNKNOWN: FailurePolicy(circuit_weight=1),
}
"""The error table. ``Failure.CANCELLED`` has no row: nothing follows from it."""

RATE_LIMIT_MAX_SECONDS: Final = 600.0
"""A rate limit without a time doubles from its 30 s up to here."""
LIMIT_REMEMBERED_SECONDS: Final = 60.0
"""So long after a rate limit is over, those that it turned away come back no more at a time than
the provider has served; vendors count by the minute."""
LIMIT_GROWTH: Final = 0.5
"""How many more these become with each round of answers. Whoever is turned away twice is mostly
lost, so it is tried with care."""
MODEL_MISSING_MAX_SECONDS: Final = 3600.0
"""A missing model doubles from its minute up to here."""
REJECTIONS_TO_COOL_DOWN: Final = 5
"""Consecutive events whose request the vendor rejected before it is left alone for an hour."""
REJECTED_SECONDS: Final = 3600.0

DOUBLINGS_MAX: Final = 16
"""Of a backoff; more make no difference to any limit here, but would overflow one day."""

CIRCUIT_FAILURES: Final = 3
"""A circuit opens when the weights of the failures of consecutive events add up to this."""
CIRCUIT_OPEN_SECONDS: Final = 30.0
"""The first opening; each further one doubles it."""
CIRCUIT_OPEN_MAX_SECONDS: Final = 480.0
"""With the jitter, and one probe that was too short, a provider that works again is asked within
ten minutes."""
CIRCUIT_JITTER: Final = 0.1
PROBE_SECONDS: Final = 10.0
"""The least that a request to a provider whose circuit was open may take."""
NEEDED_FACTOR: Final = 2.0
"""A provider is expected to need at most this many times what its last answer took."""
LEASE_MARGIN_SECONDS: Final = 5.0
"""A probe's lease ends this long after its timeout even if nobody gave it back."""
QUEUE_POLL_SECONDS: Final = 0.25
"""How often an event that has nobody else checks whether other events' requests have ended."""

BUDGET_TOKENS: Final = 10.0
"""Retries cost tokens, first requests never do."""
BUDGET_SECONDS_PER_TOKEN: Final = 30.0
OVERDRAFTS: Final = 3
"""Retries of one event beyond the budgets, when it has nobody else left: as many as one provider
has."""
STORM_OVERDRAFTS: Final = 1
"""The same at a provider that keeps failing or limits its rate: in a storm n providers whose
budgets are empty get n + 1 requests of an event at most."""

CONCURRENT_RUNS: Final = 32
"""Events that are described at the same time: more than a house has cameras that see the same
thing, and less than what vendors allow in a minute."""
CONCURRENT_RUNS_OF_CAMERA: Final = 4
"""Of those, the ones of one camera, which has to give a picture for each. Many a camera serves no
more at once, and one that is asked many questions must leave places to the others."""
QUEUED_RUNS: Final = 200
"""Events that may wait for their turn, each until its own time is over."""
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
