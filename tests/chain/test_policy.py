"""The numbers and the error table, against the requirements they come from."""

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.policy import POLICIES, FailurePolicy, RetryNow


def test_the_required_numbers() -> None:
    """AC6 and the tasks: 30 s, Grok 2 x 500 ms, the others 2, 4, 8 s, 300 tokens."""
    assert policy.ATTEMPT_SECONDS == 30
    assert policy.delays("grok") == (0.5, 0.5)
    for kind in ("openai", "gemini", "anthropic", "openai_compatible"):
        assert policy.delays(kind) == (2.0, 4.0, 8.0)
    assert policy.MAX_TOKENS == 300


def test_waiting_in_place_keeps_the_hand_over_under_two_seconds() -> None:
    """Grok's two delays fit at their longest, the others' shortest first delay does not."""
    longest = sum(policy.delays("grok")) * (1 + policy.JITTER)
    assert longest <= policy.WAIT_IN_PLACE_SECONDS < 2
    assert policy.DEFAULT_DELAYS[0] * (1 - policy.JITTER) > policy.WAIT_IN_PLACE_SECONDS


def test_the_error_table() -> None:
    """A second copy on purpose: a changed row has to be meant. A cancellation has none."""
    always, if_adapted = RetryNow.ALWAYS, RetryNow.IF_ADAPTED
    assert {
        Failure.AUTH: FailurePolicy(cooldown_seconds=300, firm_seconds=60),
        Failure.FORBIDDEN: FailurePolicy(cooldown_seconds=3600, firm_seconds=60),
        Failure.RATE_LIMIT: FailurePolicy(revisit=True, cooldown_seconds=30, firm_seconds=0),
        Failure.QUOTA: FailurePolicy(
            cooldown_seconds=3600, cooldown_max_seconds=86400, firm_seconds=60
        ),
        Failure.MODEL_MISSING: FailurePolicy(
            retry_now=if_adapted, cooldown_seconds=60, firm_seconds=0
        ),
        Failure.BAD_REQUEST: FailurePolicy(retry_now=if_adapted, firm_seconds=60),
        Failure.TOO_LARGE: FailurePolicy(retry_now=RetryNow.SMALLER),
        Failure.REFUSED: FailurePolicy(),
        Failure.BLIND: FailurePolicy(),
        Failure.SERVER: FailurePolicy(revisit=True, wait_in_place=True, circuit_weight=1),
        Failure.TIMEOUT: FailurePolicy(revisit=True, circuit_weight=2, retry_cost=2),
        Failure.NETWORK: FailurePolicy(
            retry_now=RetryNow.IF_UNSENT, revisit=True, circuit_weight=1
        ),
        Failure.TLS: FailurePolicy(circuit_weight=1),
        Failure.MALFORMED: FailurePolicy(retry_now=always, revisit=True, circuit_weight=1),
        Failure.REDIRECT: FailurePolicy(circuit_weight=1),
        Failure.UNKNOWN: FailurePolicy(circuit_weight=1),
    } == POLICIES
    assert set(Failure) - set(POLICIES) == {Failure.CANCELLED}
