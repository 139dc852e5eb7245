"""The numbers and the error table, against the story they come from."""

from math import inf

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Kind
from custom_components.eyewitness.chain.policy import RULES, AtOnce, Rule


def test_the_seeds_numbers() -> None:
    """AC6 and the tasks: 30 s, Grok 2 x 500 ms, the others 2, 4, 8 s, 300 tokens."""
    assert policy.ATTEMPT_SECONDS == 30
    assert policy.delays("grok") == (0.5, 0.5)
    for kind in ("openai", "gemini", "anthropic", "openai_compatible"):
        assert policy.delays(kind) == (2.0, 4.0, 8.0)
    assert policy.MAX_TOKENS == 300


def test_everybody_fits_into_the_deadline() -> None:
    """Four that hang are all asked: 30 + 14 + 8 + 8."""
    reserve = policy.RESERVE_SECONDS
    assert 30 + (60 - 30 - 2 * reserve) + reserve + reserve == policy.TOTAL_SECONDS


def test_waiting_in_place_keeps_the_hand_over_under_two_seconds() -> None:
    """Grok's two delays fit at their longest, the others' shortest first delay does not."""
    longest = sum(policy.delays("grok")) * (1 + policy.JITTER)
    assert longest <= policy.WAIT_IN_PLACE_SECONDS < 2
    assert policy.DEFAULT_DELAYS[0] * (1 - policy.JITTER) > policy.WAIT_IN_PLACE_SECONDS


def test_every_kind_has_a_row_but_the_one_from_which_nothing_follows() -> None:
    """A cancellation is no failure."""
    assert set(Kind) - set(RULES) == {Kind.CANCELLED}


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (Kind.AUTH, Rule(bench_seconds=300)),
        (Kind.FORBIDDEN, Rule(bench_seconds=3600)),
        (Kind.RATE_LIMIT, Rule(revisit=True, wait=True, bench_seconds=30)),
        (Kind.QUOTA, Rule(bench_seconds=3600, bench_max_seconds=86400)),
        (Kind.MODEL_MISSING, Rule(at_once=AtOnce.ADAPTED, bench_seconds=inf)),
        (Kind.BAD_REQUEST, Rule(at_once=AtOnce.ADAPTED)),
        (Kind.TOO_LARGE, Rule(at_once=AtOnce.SMALLER)),
        (Kind.REFUSED, Rule()),
        (Kind.SERVER, Rule(revisit=True, wait=True, counted=1)),
        (Kind.TIMEOUT, Rule(revisit=True, counted=2, retry_cost=2)),
        (Kind.NETWORK, Rule(at_once=AtOnce.UNSENT, revisit=True, counted=1)),
        (Kind.TLS, Rule(counted=1)),
        (Kind.MALFORMED, Rule(at_once=AtOnce.ALWAYS, revisit=True, counted=1)),
        (Kind.REDIRECT, Rule(counted=1)),
        (Kind.UNKNOWN, Rule(counted=1)),
    ],
    ids=lambda value: value.value if isinstance(value, Kind) else "",
)
def test_the_error_table(kind: Kind, rule: Rule) -> None:
    """A second copy on purpose: a changed row has to be meant."""
    assert RULES[kind] == rule
