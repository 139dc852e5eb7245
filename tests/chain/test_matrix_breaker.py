"""Rows 37 to 48 of the fault matrix: circuits, probes, the retry budget, what is booked."""

import asyncio
from itertools import chain, repeat
import logging

import pytest

from custom_components.eyewitness.chain.failures import Kind
from custom_components.eyewitness.chain.task import Usage

from .fakes import HANG, VENDORS, Step, World, cancel, fail, now, ok, virtual

SERVER = fail(Kind.SERVER, status=503)


async def open_circuit(world: World, *then: Step) -> None:
    """Let a first provider, openai, fail in three events; grok answers meanwhile."""
    world.add("openai", SERVER, SERVER, SERVER, *then)
    world.add("grok")
    for _ in range(3):
        await world.ask()
    assert world.standing("openai").open
    world.requests.clear()


@virtual
async def test_row_37_three_failing_events_open_the_circuit(world: World) -> None:
    """The fourth event sends the provider nothing, for 30 s."""
    await open_circuit(world, ok())
    assert (await world.ask()).trail == [("grok", "ok")]
    await asyncio.sleep(29.9)
    assert (await world.ask()).trail == [("grok", "ok")]
    assert world.asked("openai") == []


@virtual
async def test_row_37_two_hanging_events_open_the_circuit(world: World) -> None:
    """A hang counts double: it has cost two events half a minute each."""
    world.add("openai", Step(HANG))
    world.add("grok")
    for opened in (False, True):
        await world.ask()
        assert world.standing("openai").open is opened


@virtual
async def test_row_37_the_log_tells_it_once_and_again_when_it_is_over(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Not at every event, and not at every failed probe."""
    await open_circuit(world, SERVER, ok())
    for _ in range(3):
        await world.ask()
    await asyncio.sleep(40)
    await world.ask()  # a probe that fails
    assert caplog.text.count("openai keeps failing") == 1
    with caplog.at_level(logging.INFO):
        await asyncio.sleep(100)
        assert (await world.ask()).trail == [("openai", "ok")]
        await world.ask()
    assert caplog.text.count("openai keeps failing") == 1
    assert caplog.text.count("openai answers again") == 1


@virtual
async def test_row_37_several_failures_in_one_event_count_once(world: World) -> None:
    """One bad minute of one event is not three witnesses."""
    world.add("grok", SERVER)
    world.add("openai")
    for opened in (False, False, True):
        await world.ask()
        assert world.standing("grok").open is opened
    assert len(world.asked("grok")) == 3 + 3 + 1


@virtual
async def test_row_37_a_success_between_starts_again(world: World) -> None:
    """Only consecutive events count."""
    world.add("openai", SERVER, SERVER, ok(), SERVER, SERVER, ok())
    world.add("grok")
    for _ in range(6):
        await world.ask()
        assert not world.standing("openai").on_probation


@virtual
async def test_row_37_a_failure_counts_after_an_uncounted_one(world: World) -> None:
    """A rate limit earlier in the same event does not hide the failure that follows."""
    limited = fail(Kind.RATE_LIMIT, retry_after=0.5)
    world.add("openai", *[limited, SERVER] * 3)
    world.add("grok")
    for _ in range(3):
        assert (await world.ask()).trail[:2] == [("openai", "rate_limit"), ("openai", "server")]
    assert world.standing("openai").open


@virtual
async def test_row_37_a_failure_counts_when_its_retry_had_no_time(world: World) -> None:
    """A malformed reply with too little time for the second try is a failure all the same."""
    world.add("openai", fail(Kind.MALFORMED, after=2))
    world.add("grok")
    for _ in range(3):
        assert (await world.ask(seconds=6)).trail == [("openai", "malformed"), ("grok", "ok")]
    assert world.standing("openai").open


@virtual
async def test_row_37_late_failures_do_not_lengthen_an_opening(world: World) -> None:
    """Requests that were under way when the circuit opened tell nothing new."""
    world.add("openai", *[fail(Kind.SERVER, after=1 + n / 10) for n in range(6)])
    world.add("grok")
    began = now()
    await asyncio.gather(*(world.ask() for _ in range(6)))
    assert world.standing("openai").open_until == pytest.approx(began + 1.2 + 30)


@virtual
async def test_row_38_five_events_make_one_probe(world: World) -> None:
    """While it runs the others skip the provider."""
    await open_circuit(world, ok(after=3))
    await asyncio.sleep(31)
    ended = await asyncio.gather(*(world.ask() for _ in range(5)))
    assert [event.answered_by for event in ended] == ["openai"] + ["grok"] * 4
    assert len(world.asked("openai")) == 1


@virtual
async def test_row_38_a_probe_gets_10_s(world: World) -> None:
    """A provider in disgrace may not hold an event for 30 s."""
    await open_circuit(world, Step(HANG))
    await asyncio.sleep(31)
    ended = await world.ask()
    assert ended.trail == [("openai", "timeout"), ("grok", "ok")]
    assert ended.seconds == pytest.approx(10)


@virtual
async def test_row_38_who_has_nobody_else_waits_for_the_probe(world: World) -> None:
    """The second event has no other provider, and gets its answer after the probe's."""
    world.add("openai", SERVER, SERVER, SERVER, ok(after=3))
    for _ in range(3):
        await world.ask(seconds=5)
    await asyncio.sleep(31)
    first, second = await asyncio.gather(world.ask(), world.ask())
    assert first.seconds == pytest.approx(3)
    assert second.answered_by == "openai"
    assert 6 <= second.seconds <= 6.25
    assert max(world.sleeps) <= 0.25


@virtual
async def test_row_38_a_rate_limited_probe_does_not_return_into_anothers(world: World) -> None:
    """Back from its wait in place, the first event finds the next probe under way and leaves it."""
    await open_circuit(world, fail(Kind.RATE_LIMIT, retry_after=1.0), ok(after=3))
    await asyncio.sleep(31)
    first = asyncio.create_task(world.ask())
    await asyncio.sleep(0.5)
    with world.standing("openai").lease(10):
        assert (await first).answered_by == "grok"
    assert len(world.asked("openai")) == 1


@virtual
async def test_row_39_a_cancelled_probe_frees_its_place(world: World) -> None:
    """The next event probes at once."""
    await open_circuit(world, Step(HANG), ok())
    await asyncio.sleep(31)
    probe = asyncio.create_task(world.ask())
    await asyncio.sleep(2)
    assert world.standing("openai").leased
    await cancel(probe)
    assert not world.standing("openai").leased
    assert (await world.ask()).answered_by == "openai"


@virtual
async def test_row_40_a_good_probe_closes_the_circuit(world: World) -> None:
    """And the next opening starts at 30 s again, after three events."""
    await open_circuit(world, ok(), SERVER)
    await asyncio.sleep(31)
    assert (await world.ask()).answered_by == "openai"
    standing = world.standing("openai")
    assert not standing.on_probation
    for _ in range(3):
        assert not standing.open
        await world.ask()
    assert standing.open_until == pytest.approx(now() + 30)


@virtual
async def test_row_41_each_failed_probe_doubles_the_time(world: World) -> None:
    """30 s, 60 s and so on, up to a quarter of an hour."""
    await open_circuit(world, SERVER)
    standing = world.standing("openai")
    for seconds in (60, 120, 240, 480, 900, 900):
        await asyncio.sleep(standing.open_until - now() + 0.01)
        assert not standing.open
        await world.ask()
        assert standing.open_until - now() == pytest.approx(seconds)


@virtual
async def test_row_42_all_circuits_open() -> None:
    """Everybody gets one last request, the one that reopens soonest first, rather than nobody."""
    world = World(luck=chain([0.9, 0.6, 0.3, 0.0], repeat(0.5)).__next__)
    for vendor in VENDORS:
        world.add(vendor, *[fail(Kind.REDIRECT)] * 3, fail(Kind.SERVER, after=5))
    for _ in range(3):
        await world.ask()
    assert all(standing.open for standing in world.standings().values())
    world.requests.clear()
    ended = await world.ask()
    assert ended.trail == [(vendor, "server") for vendor in reversed(VENDORS)]
    assert all(request.seen[request.provider].open for request in world.requests)


@virtual
async def test_row_42_the_last_resort_answers(world: World) -> None:
    """Its answer closes the circuit."""
    world.add("openai", *[fail(Kind.REDIRECT)] * 3, ok())
    for _ in range(3):
        assert (await world.ask()).verdict.answer is None
    assert (await world.ask()).answered_by == "openai"
    assert not world.standing("openai").on_probation


@virtual
async def test_row_42_a_failed_last_resort_does_not_lengthen_the_opening(world: World) -> None:
    """It was asked before its time, so it owes no longer sentence."""
    world.add("openai", fail(Kind.REDIRECT))
    for _ in range(3):
        await world.ask()
    until = world.standing("openai").open_until
    for _ in range(10):
        assert (await world.ask()).trail == [("openai", "redirect")]
    assert world.standing("openai").open_until == until


@pytest.mark.parametrize("kind", [Kind.AUTH, Kind.QUOTA, Kind.FORBIDDEN, Kind.MODEL_MISSING])
@virtual
async def test_row_43_nobody_is_asked_against_its_word(world: World, kind: Kind) -> None:
    """All keys refused or accounts empty: the event fails without a request and without a wait."""
    for vendor in VENDORS:
        world.add(vendor, fail(kind))
    await world.ask()
    ended = await world.ask()
    assert ended.trail == []
    assert ended.seconds == 0.0
    assert ended.verdict.cost is None
    assert not ended.verdict.offline


@virtual
async def test_row_43_nor_when_its_circuit_is_open_too(world: World) -> None:
    """A Retry-After holds even for the last resort."""
    world.add("openai", *[fail(Kind.REDIRECT)] * 2, fail(Kind.SERVER, retry_after=100.0))
    for _ in range(3):
        await world.ask(seconds=5)
    assert world.standing("openai").open
    assert (await world.ask()).trail == []


@virtual
async def test_row_44_an_empty_retry_budget(world: World) -> None:
    """No retries, but every event still makes its first request; half a minute buys one retry."""
    world.add("openai", fail(Kind.RATE_LIMIT, retry_after=0.25))
    made = []
    for _ in range(6):
        made.append(len((await world.ask()).attempts))
        await asyncio.sleep(0.3)
    assert made == [4, 4, 4, 2, 1, 1]
    await asyncio.sleep(30)
    assert len((await world.ask()).attempts) == 2


@virtual
async def test_row_45_a_bug_in_a_provider(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The next one answers; the log has the type of the fault and none of its words."""
    world.add("openai", Step(KeyError("secret key")))
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "unknown"), ("grok", "ok")]
    ours = [
        record.levelno
        for record in caplog.records
        if "eyewitness" in record.name and record.levelno > logging.DEBUG
    ]
    assert ours == [logging.ERROR]
    assert "openai raised KeyError" in caplog.text
    assert "secret" not in caplog.text


@virtual
async def test_row_45_a_providers_own_timeout_is_a_timeout(world: World) -> None:
    """Whoever's timer rings first."""
    world.add("openai", Step(TimeoutError("secret key"), after=3))
    world.add("grok")
    assert (await world.ask()).trail == [("openai", "timeout"), ("grok", "ok")]


@virtual
async def test_row_46_the_usage_of_a_failure_is_booked(world: World) -> None:
    """A refusal is billed; the model it names is the one that is billed."""
    world.add("openai", fail(Kind.REFUSED, status=200, usage=Usage(2000, 0), model="other"))
    world.add("grok")
    ended = await world.ask()
    refused = ended.attempts[0]
    assert (refused.usage, refused.model, refused.status) == (Usage(2000, 0), "other", 200)
    assert refused.error == "refused 200"
    assert ended.verdict.cost == pytest.approx(0.002 + 0.0011)


@virtual
async def test_row_48_what_was_sent_is_what_is_booked(world: World) -> None:
    """One request each, in the same order, numbered from 1."""
    for vendor in VENDORS:
        world.add(vendor, SERVER)
    ended = await world.ask()
    assert [request.provider for request in world.requests] == [
        attempt.provider_id for attempt in ended.attempts
    ]
    assert [attempt.number for attempt in ended.attempts] == list(range(1, 9))
