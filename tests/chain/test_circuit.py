"""What is remembered of one provider: circuit, bench, probe lease and retry budget."""

from math import inf

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.circuit import Standing
from custom_components.eyewitness.chain.clock import Clock
from custom_components.eyewitness.chain.failures import Kind
from custom_components.eyewitness.chain.policy import RULES


class Bench:
    """Hold one standing and turn its clock by hand."""

    def __init__(self, luck: float = 0.5) -> None:
        self.time = 5000.0
        self.luck = luck
        self.standing = Standing(Clock(now=lambda: self.time, luck=lambda: self.luck))

    @property
    def circuit(self) -> str:
        """Return closed, open or half-open."""
        if self.standing.open:
            return "open"
        return "half-open" if self.standing.on_probation else "closed"

    @property
    def reason(self) -> tuple[Kind | None, float]:
        """Return why and for how long the provider is left alone."""
        return self.standing.bench_kind, self.standing.bench_left

    def fail(self, kind: Kind, times: int = 1, retry_after: float | None = None) -> None:
        """Let that many events fail in this way."""
        for _ in range(times):
            self.standing.failed(kind, retry_after, first=True)


@pytest.fixture
def bench() -> Bench:
    """Return a trusted provider."""
    return Bench()


def test_a_new_provider_is_trusted(bench: Bench) -> None:
    """Nothing keeps it out."""
    assert bench.circuit == "closed"
    assert bench.reason == (None, 0.0)
    assert not bench.standing.leased
    assert bench.standing.benched_until <= bench.time


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if rule.counted])
def test_row_37_counted_kinds_open_at_three(bench: Bench, kind: Kind) -> None:
    """Three events and not two, or two that hang; open for 30 s and then on probation."""
    bench.fail(kind, 1 if kind is Kind.TIMEOUT else 2)
    assert bench.circuit == "closed"
    bench.fail(kind)
    assert bench.circuit == "open"
    assert bench.standing.open_until == bench.time + 30
    bench.time += 29.9
    assert bench.circuit == "open"
    bench.time += 0.1
    assert bench.circuit == "half-open"


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if not rule.counted])
def test_uncounted_kinds_never_open(bench: Bench, kind: Kind) -> None:
    """They bench or they do nothing."""
    bench.fail(kind, 20)
    assert not bench.standing.on_probation


def test_a_second_failure_of_the_same_event_is_not_counted(bench: Bench) -> None:
    """Only the first one is."""
    for _ in range(5):
        bench.standing.failed(Kind.SERVER, None, first=False)
        bench.standing.failed(Kind.BAD_REQUEST, None, first=False)
    assert not bench.standing.on_probation
    assert bench.standing.bench_kind is None


@pytest.mark.parametrize(("luck", "seconds"), [(0.0, 27.0), (0.5, 30.0), (1.0, 33.0)])
def test_the_opening_is_spread_by_a_tenth(luck: float, seconds: float) -> None:
    """Providers that failed together are not probed together."""
    bench = Bench(luck)
    bench.fail(Kind.SERVER, 3)
    assert bench.standing.open_until - bench.time == pytest.approx(seconds)


def test_an_outage_of_weeks(bench: Bench) -> None:
    """Thousands of failed probes neither lengthen the quarter of an hour nor overflow."""
    bench.fail(Kind.SERVER, 3)
    for _ in range(2000):
        bench.time = bench.standing.open_until
        bench.fail(Kind.SERVER)
        assert bench.standing.open_until - bench.time <= 900
    bench.fail(Kind.RATE_LIMIT, 2000)
    assert bench.standing.bench_left == pytest.approx(600)


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if rule.bench_seconds])
def test_benches_of_the_table(bench: Bench, kind: Kind) -> None:
    """Each kind has its time, and names itself as the reason."""
    bench.fail(kind)
    assert bench.standing.bench_left == pytest.approx(RULES[kind].bench_seconds)
    assert bench.standing.bench_kind is kind
    bench.time += min(RULES[kind].bench_seconds, 1e9) + 1
    assert (bench.standing.bench_left == 0.0) is (kind is not Kind.MODEL_MISSING)


def test_rate_limits_without_a_time_double(bench: Bench) -> None:
    """30 s up to ten minutes; an answer starts it again."""
    for seconds in (30, 60, 120, 240, 480, 600, 600):
        bench.fail(Kind.RATE_LIMIT)
        assert bench.standing.bench_left == pytest.approx(seconds)
        bench.time += seconds
    bench.standing.answered()
    bench.fail(Kind.RATE_LIMIT)
    assert bench.standing.bench_left == pytest.approx(30)


def test_a_longer_bench_wins_and_keeps_its_reason(bench: Bench) -> None:
    """Whichever came first."""
    bench.fail(Kind.QUOTA)
    bench.fail(Kind.RATE_LIMIT)
    assert bench.reason == (Kind.QUOTA, 3600.0)
    bench.fail(Kind.MODEL_MISSING)
    assert bench.reason == (Kind.MODEL_MISSING, inf)


@pytest.mark.parametrize("kind", list(RULES))
def test_a_named_time_is_kept_by_every_kind(bench: Bench, kind: Kind) -> None:
    """Whoever says when, means it: the chain asks again no sooner."""
    bench.fail(kind, retry_after=77.0)
    assert bench.standing.bench_left == pytest.approx(77)


def test_an_answer_ends_no_running_bench(bench: Bench) -> None:
    """It was under way before; once the time has passed, an answer clears the reason."""
    bench.fail(Kind.RATE_LIMIT, retry_after=60.0)
    bench.standing.answered()
    assert bench.reason == (Kind.RATE_LIMIT, 60.0)
    bench.time += 60
    bench.standing.answered()
    assert bench.standing.bench_kind is None


def test_five_rejected_requests_bench_for_an_hour(bench: Bench) -> None:
    """And the sixth, after it, for another."""
    bench.fail(Kind.BAD_REQUEST, 4)
    assert bench.standing.bench_left == 0
    bench.fail(Kind.BAD_REQUEST)
    assert bench.standing.bench_left == pytest.approx(3600)
    bench.time += 3600
    bench.fail(Kind.BAD_REQUEST)
    assert bench.standing.bench_left == pytest.approx(3600)


def test_a_bench_from_before_a_restart(bench: Bench) -> None:
    """What was stored is put back; no time left means nothing to remember."""
    bench.standing.bench(Kind.QUOTA, 0.0)
    assert bench.standing.bench_kind is None
    bench.standing.bench(Kind.QUOTA, 100.0)
    assert bench.reason == (Kind.QUOTA, 100.0)
    bench.standing.bench(Kind.AUTH, 50.0)
    assert bench.reason == (Kind.QUOTA, 100.0)


def test_who_is_trusted_needs_no_lease(bench: Bench) -> None:
    """Any number of events may ask at once."""
    with bench.standing.lease(10), bench.standing.lease(10):
        assert not bench.standing.leased


def test_a_lease_ends_with_its_request(bench: Bench) -> None:
    """Also with one that fails."""
    bench.fail(Kind.SERVER, 3)

    def probe() -> None:
        with bench.standing.lease(10):
            leased.append(bench.standing.leased)
            raise KeyError

    leased: list[bool] = []
    with pytest.raises(KeyError):
        probe()
    assert leased == [True]
    assert not bench.standing.leased


def test_a_lease_ends_by_time(bench: Bench) -> None:
    """Five seconds after its timeout, should its request never end."""
    bench.fail(Kind.SERVER, 3)
    with bench.standing.lease(10):
        bench.time += 14.9
        assert bench.standing.leased
        bench.time += 0.1
        assert not bench.standing.leased


def test_the_retry_budget(bench: Bench) -> None:
    """Ten retries, or five after timeouts; one more every half minute; never more than ten."""
    standing = bench.standing
    for _ in range(10):
        assert standing.affords_retry(Kind.SERVER)
        standing.pay_retry(Kind.SERVER)
    assert not standing.affords_retry(Kind.SERVER)
    bench.time += 30
    assert standing.affords_retry(Kind.SERVER)
    assert not standing.affords_retry(Kind.TIMEOUT)
    bench.time += 30
    assert standing.affords_retry(Kind.TIMEOUT)
    bench.time += 1e6
    for _ in range(5):
        assert standing.affords_retry(Kind.TIMEOUT)
        standing.pay_retry(Kind.TIMEOUT)
    assert not standing.affords_retry(Kind.TIMEOUT)
    assert not standing.affords_retry(Kind.SERVER)


def test_the_retry_budget_has_no_debts(bench: Bench) -> None:
    """Two events that spend the last token at once do not make the next one wait longer."""
    for _ in range(20):
        bench.standing.pay_retry(Kind.TIMEOUT)
    bench.time += policy.BUDGET_SECONDS_PER_TOKEN
    assert bench.standing.affords_retry(Kind.SERVER)
