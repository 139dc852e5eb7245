"""A provider's health: circuit, cooldown, probe lease and retry budget."""

from math import inf

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.clock import Clock
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.health import Health
from custom_components.eyewitness.chain.policy import POLICIES

COUNTED = [failure for failure, row in POLICIES.items() if row.circuit_weight]


class ManualHealth(Health):
    """The health of a provider, with a clock that a test turns by hand."""

    def __init__(self, random: float = 0.5) -> None:
        self.time = 5000.0
        super().__init__(Clock(now=lambda: self.time, random=lambda: random))

    @property
    def cooldown(self) -> tuple[Failure | None, float]:
        """Return why and for how long the provider is left alone."""
        return self.cooldown_failure, self.cooldown_left

    def fail(self, failure: str, times: int = 1, retry_after: float | None = None) -> None:
        """Let that many events fail in this way."""
        for _ in range(times):
            self.record_failure(Failure(failure), retry_after, first_in_event=True)


@pytest.fixture
def health() -> ManualHealth:
    """Return the health of a provider that was never asked."""
    return ManualHealth()


@pytest.mark.parametrize("failure", COUNTED)
def test_row_37_counted_failures_open_the_circuit(health: ManualHealth, failure: Failure) -> None:
    """Three and not two, or two timeouts; open for 30 s and then half-open."""
    health.fail(failure, 1 if failure is Failure.TIMEOUT else 2)
    assert not health.needs_probe
    health.fail(failure)
    assert health.open_until == health.time + 30
    health.time += 29.9
    assert health.circuit_open
    health.time += 0.1
    assert (health.circuit_open, health.needs_probe) == (False, True)


@pytest.mark.parametrize("failure", sorted(set(POLICIES) - set(COUNTED)))
def test_other_failures_never_open_it(health: ManualHealth, failure: Failure) -> None:
    """They cause a cooldown or nothing."""
    health.fail(failure, 20)
    assert not health.needs_probe


def test_a_second_failure_of_the_same_event_is_not_counted(health: ManualHealth) -> None:
    """Only the first one is."""
    for _ in range(5):
        health.record_failure(Failure.SERVER, None, first_in_event=False)
        health.record_failure(Failure.BAD_REQUEST, None, first_in_event=False)
    assert not health.needs_probe
    assert health.cooldown_failure is None


@pytest.mark.parametrize(("random", "seconds"), [(0.0, 27.0), (0.5, 30.0), (1.0, 33.0)])
def test_the_opening_is_spread_by_a_tenth(random: float, seconds: float) -> None:
    """Providers that failed together are not probed together."""
    health = ManualHealth(random)
    health.fail("server", 3)
    assert health.open_until - health.time == pytest.approx(seconds)


def test_an_outage_of_weeks(health: ManualHealth) -> None:
    """Thousands of failed probes neither lengthen the eight minutes nor overflow."""
    health.fail("server", 3)
    for _ in range(2000):
        health.time = health.open_until
        health.fail("server")
        assert health.open_until - health.time <= 480
    for _ in range(2000):
        health.time += health.cooldown_left
        health.fail("rate_limit")
    assert health.cooldown_left == pytest.approx(600)


@pytest.mark.parametrize(
    ("failure", "doubled"),
    [
        ("rate_limit", (30, 60, 120, 240, 480, 600, 600)),
        ("model_missing", (60, 120, 240, 480, 960, 1920, 3600, 3600)),
    ],
)
def test_cooldowns_without_a_time_double(
    health: ManualHealth, failure: str, doubled: tuple[int, ...]
) -> None:
    """Up to ten minutes, or an hour for a model that is not there; an answer starts it again."""
    for seconds in doubled:
        health.fail(failure)
        assert health.cooldown_left == pytest.approx(seconds)
        health.time += seconds
    health.record_success()
    health.fail(failure)
    assert health.cooldown_left == pytest.approx(doubled[0])


def test_a_longer_cooldown_wins_and_keeps_its_reason(health: ManualHealth) -> None:
    """Whichever came first, also one from before a restart."""
    health.cool_down(Failure.QUOTA, 0.0)
    assert health.cooldown_failure is None
    health.cool_down(Failure.QUOTA, 3600.0)
    health.cool_down(Failure.AUTH, 50.0)
    health.fail("rate_limit")
    assert health.cooldown == (Failure.QUOTA, 3600.0)
    health.cool_down(Failure.MODEL_MISSING, inf)
    assert health.cooldown == (Failure.MODEL_MISSING, inf)


@pytest.mark.parametrize("seconds", [0.0, 77.0])
@pytest.mark.parametrize("failure", list(POLICIES))
def test_row_13_a_named_time_is_kept(
    health: ManualHealth, failure: Failure, seconds: float
) -> None:
    """Whatever failed: the chain asks again no sooner and no later."""
    health.fail(failure, retry_after=seconds)
    assert health.cooldown_left == pytest.approx(seconds)


def test_a_reset_ends_everything(health: ManualHealth) -> None:
    """Circuit, cooldown, and the doubling of rate limits."""
    health.fail("server", 3)
    health.fail("rate_limit", 3)
    health.reset()
    assert not health.needs_probe
    assert health.cooldown == (None, 0.0)
    health.fail("rate_limit")
    assert health.cooldown_left == pytest.approx(30)


def test_a_lease_ends_by_time(health: ManualHealth) -> None:
    """Five seconds after its timeout, should its request never end."""
    health.fail("server", 3)
    with health.lease_probe(10):
        health.time += 14.9
        assert health.probing
        health.time += 0.1
        assert not health.probing


def affordable_retries(health: Health, after: Failure) -> int:
    """Spend the retry budget and return how many retries it held."""
    retries = 0
    while health.affords_retry(after):
        health.pay_retry(after)
        retries += 1
    return retries


def test_the_retry_budget(health: ManualHealth) -> None:
    """Ten retries, or five after timeouts; one more every half minute; never more than ten."""
    assert affordable_retries(health, Failure.SERVER) == 10
    health.time += 30
    assert health.affords_retry(Failure.SERVER)
    assert not health.affords_retry(Failure.TIMEOUT)
    health.time += 30
    assert health.affords_retry(Failure.TIMEOUT)
    health.time += 1e6
    assert affordable_retries(health, Failure.TIMEOUT) == 5
    assert not health.affords_retry(Failure.SERVER)


def test_the_retry_budget_has_no_debts(health: ManualHealth) -> None:
    """Two events that spend the last token at once do not make the next one wait longer."""
    for _ in range(20):
        health.pay_retry(Failure.TIMEOUT)
    health.time += policy.BUDGET_SECONDS_PER_TOKEN
    assert health.affords_retry(Failure.SERVER)
