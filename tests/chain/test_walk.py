"""What the matrix does not name: time limits, bookkeeping, the records, the real clock."""

import asyncio
from time import time

import pytest

from custom_components.eyewitness.chain.attempt import Attempt, Verdict
from custom_components.eyewitness.chain.clock import Clock
from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.policy import ATTEMPT_SECONDS
from custom_components.eyewitness.chain.task import Frame, Question, Reply, Usage
from custom_components.eyewitness.chain.walk import Chain
from tests.chain.fakes import FRAME, HANG, VENDORS, Step, World, fail, ok, virtual

SERVER = fail(Kind.SERVER, status=500)


@pytest.mark.parametrize("seconds", [-1.0, 0.0, 0.5])
@virtual
async def test_no_time_means_no_request(world: World, seconds: float) -> None:
    """A request that cannot be answered in time would only be paid for."""
    world.add("openai")
    ended = await world.ask(seconds=seconds)
    assert ended.trail == []
    assert ended.verdict.answer is None


@virtual
async def test_nobody_to_ask(world: World) -> None:
    """An empty order is a failure without attempts."""
    assert (await world.ask()).verdict == Verdict(answer=None, attempts=())


@virtual
async def test_a_first_request_needs_a_second(world: World) -> None:
    """With one second left the next provider is asked, for that second."""
    world.add("openai", fail(Kind.SERVER, after=4))
    world.add("grok", Step(HANG))
    ended = await world.ask(seconds=5)
    assert ended.trail == [("openai", "server"), ("grok", "timeout")]
    assert ended.attempts[1].response_time_ms == 1000
    assert ended.seconds == pytest.approx(5)


@virtual
async def test_a_retry_needs_five_seconds(world: World) -> None:
    """At 3.5 s of 8 Grok's retry would have only 4 s, so it is not made."""
    world.add("grok", fail(Kind.SERVER, after=3.5))
    assert (await world.ask(seconds=8)).trail == [("grok", "server")]


@virtual
async def test_a_revisit_needs_five_seconds(world: World) -> None:
    """At 4 s of 10 openai's stamp of 6 s leaves 4 s, so nobody waits for it."""
    world.add("openai", fail(Kind.SERVER, after=4))
    ended = await world.ask(seconds=10)
    assert ended.trail == [("openai", "server")]
    assert ended.seconds == pytest.approx(4)


@virtual
async def test_a_ready_revisit_needs_five_seconds(world: World) -> None:
    """Its stamp has passed while the next one hung, and still it comes too late."""
    world.add("openai", SERVER)
    world.add("gemini", fail(Kind.REFUSED, after=8))
    ended = await world.ask(seconds=12)
    assert ended.trail == [("openai", "server"), ("gemini", "refused")]


@virtual
async def test_a_short_deadline_still_gives_the_floor(world: World) -> None:
    """5 s each while there is time, instead of a share too small to answer in."""
    for vendor in VENDORS:
        world.add(vendor, Step(HANG))
    ended = await world.ask(seconds=12)
    assert [a.response_time_ms for a in ended.attempts] == [5000, 5000, 2000]


@virtual
async def test_eight_attempts_and_no_more(world: World) -> None:
    """However many providers there are; those not yet asked come before any wait in place."""
    for number in range(10):
        world.add("grok", SERVER, name=f"grok {number}")
    ended = await world.ask()
    names = [attempt.provider_id for attempt in ended.attempts]
    assert names == [f"grok {number}" for number in range(8)]


@virtual
async def test_waiting_leaves_an_attempt_for_everybody(world: World) -> None:
    """With six providers Grok's retries give way when the attempts get scarce."""
    for number in range(6):
        world.add("grok", SERVER, name=f"grok {number}")
    await world.ask()
    asked = [request.provider for request in world.requests]
    assert asked == ["grok 0"] * 3 + [f"grok {number}" for number in range(1, 6)]


@virtual
async def test_a_revisit_waits_for_its_turn(world: World) -> None:
    """A bench that ends while all wait comes before a second visit to the one just left."""
    world.add("openai", fail(Kind.RATE_LIMIT, retry_after=11.5), ok())
    world.add("gemini", ok(), SERVER)
    await world.ask()
    await asyncio.sleep(10)
    ended = await world.ask()
    assert ended.trail == [("gemini", "server"), ("openai", "ok")]
    assert ended.seconds == pytest.approx(1.5)


@virtual
async def test_a_first_visit_waits_for_the_bench_of_an_earlier_event(world: World) -> None:
    """When nobody else is left, a Retry-After that ends in time is sat out."""
    world.add("openai", fail(Kind.RATE_LIMIT, retry_after=40.0), ok())
    await world.ask(seconds=10)
    ended = await world.ask(seconds=60)
    assert ended.trail == [("openai", "ok")]
    assert ended.seconds == pytest.approx(40)


@virtual
async def test_a_named_time_is_kept_where_a_retry_would_be_immediate(world: World) -> None:
    """A malformed reply or a 413 that says when to come back is not asked at once."""
    world.add("openai", fail(Kind.MALFORMED, retry_after=30.0))
    world.add("gemini", fail(Kind.TOO_LARGE, retry_after=30.0))
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "malformed"), ("gemini", "too_large"), ("grok", "ok")]


@virtual
async def test_the_last_try_of_a_provider_has_no_extra_one(world: World) -> None:
    """Grok's third attempt is its last, even if a retry would be immediate."""
    world.add("grok", SERVER, SERVER, fail(Kind.MALFORMED))
    assert len((await world.ask()).attempts) == 3


@virtual
async def test_what_is_booked(world: World) -> None:
    """Every field of an attempt, for a failure and for the answer."""
    world.add("openai", fail(Kind.SERVER, status=503, after=0.25), name="sub1")
    world.add("grok", ok(after=1.5), name="sub2")
    ended = await world.ask()
    started = ended.attempts[0].started
    assert ended.attempts == [
        Attempt(
            provider_id="sub1",
            provider="openai",
            model="asked",
            number=1,
            kind=Kind.SERVER,
            started=started,
            status=503,
            response_time_ms=250,
            cost=0.0,
            image_bytes=1000,
        ),
        Attempt(
            provider_id="sub2",
            provider="grok",
            model="billed",
            number=2,
            kind=None,
            started=started + 0.25,
            response_time_ms=1500,
            usage=Usage(1000, 100),
            cost=0.0011,
            image_bytes=1000,
        ),
    ]
    assert started == pytest.approx(1.8e9 + 1000)
    assert ended.verdict.cost == pytest.approx(0.0011)


@pytest.mark.parametrize(
    ("step", "cost"),
    [
        (Step(Reply(text="A man.", model="unpriced", usage=Usage(1, 1))), None),
        (Step(Reply(text="A man.", model="billed")), None),
        (Step(HANG), None),
        (fail(Kind.REFUSED), None),
        (fail(Kind.MALFORMED, oversize=True), None),
        (fail(Kind.NETWORK), None),
        (fail(Kind.NETWORK, sent=False), 0.0),
        (Step(ZeroDivisionError()), None),
        *((fail(kind), 0.0) for kind in (Kind.SERVER, Kind.AUTH, Kind.QUOTA, Kind.RATE_LIMIT)),
    ],
)
@virtual
async def test_an_unknown_bill_is_not_called_free(
    world: World, step: Step, cost: float | None
) -> None:
    """The vendor may have done the work; only what certainly cost nothing is booked as nothing."""
    world.add("openai", step)
    assert (await world.ask()).attempts[0].cost == cost


def attempt(kind: Kind | None, *, status: int | None = None, cost: float | None = 0.0) -> Attempt:
    """Return an attempt at openai."""
    return Attempt(
        provider_id="id",
        provider="openai",
        model="m",
        number=1,
        kind=kind,
        started=0.0,
        status=status,
        cost=cost,
    )


def test_an_attempt_says_how_it_ended() -> None:
    """In our words and with the status, never in the vendor's."""
    good, bad, cut = attempt(None), attempt(Kind.SERVER, status=503), attempt(Kind.TIMEOUT)
    assert (good.success, good.outcome, good.error) == (True, "ok", None)
    assert (bad.success, bad.outcome, bad.error) == (False, "server", "server 503")
    assert (cut.success, cut.outcome, cut.error) == (False, "timeout", "timeout")


def test_a_verdicts_cost() -> None:
    """The sum of what is known; unknown when nothing is."""
    known, unknown = attempt(None, cost=0.5), attempt(Kind.TIMEOUT, cost=None)
    assert Verdict(answer=None, attempts=(known, unknown, known)).cost == 1.0
    assert Verdict(answer=None, attempts=(unknown,)).cost is None


def test_records_show_no_picture() -> None:
    """A picture does not get into a log by the way of a repr."""
    assert "bytes" not in repr(Question(frame=Frame(b"bytes", 1, 1), camera_name="Door"))


def test_usage_total() -> None:
    """Input and output."""
    assert Usage(1000, 100).total == 1100


@pytest.mark.parametrize(("status", "text"), [(None, "server"), (503, "server (503)")])
def test_an_error_says_kind_and_status_only(status: int | None, text: str) -> None:
    """There is nothing else in it to leak."""
    assert str(ProviderError(Kind.SERVER, status=status)) == text


@virtual
async def test_the_real_clock() -> None:
    """The event loop's time, the system's date, a delay spread by at most a fifth."""
    clock = Clock()
    assert clock.now() == asyncio.get_running_loop().time()
    assert clock.wall() == pytest.approx(time(), abs=5)
    assert all(8 <= clock.jittered(10) <= 12 for _ in range(100))
    assert len({clock.jittered(10) for _ in range(100)}) > 1
    await clock.sleep(3)
    assert clock.now() == pytest.approx(1003)


@virtual
async def test_a_chain_has_the_real_clock_by_default(world: World) -> None:
    """And it works without one being given."""
    world.chain = Chain(world.chain._shrink)
    world.add("openai", Step(HANG))
    ended = await world.ask(seconds=ATTEMPT_SECONDS)
    assert ended.trail == [("openai", "timeout")]
    assert ended.attempts[0].started == pytest.approx(time(), abs=5)
    assert FRAME.jpeg == world.requests[0].frame.jpeg
