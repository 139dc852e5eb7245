"""Rows 37 to 48 of the fault matrix: circuits, probes, the retry budget, what is recorded."""

import asyncio
from itertools import chain, repeat
import logging

import pytest

from custom_components.eyewitness.chain.attempt import total_cost
from custom_components.eyewitness.chain.failures import Failure

from .fakes import HANGS, OK, VENDORS, Step, World, cancel, fail, now, ok, virtual

SERVER = fail("server")
REDIRECT = fail("redirect")
TOO_LARGE = fail("too_large")


def after_opening(*steps: Step) -> World:
    """Return a world in which openai's circuit has just opened."""
    world = World(openai=list(steps), grok=OK)
    world.open_circuit("openai")
    return world


@pytest.mark.parametrize(
    ("steps", "seconds", "trail", "events"),
    [
        ([SERVER], 60, "openai server, grok ok", 3),
        ([HANGS], 60, "openai timeout, grok ok", 2),
        # A failure that does not count hides none that does.
        ([TOO_LARGE, SERVER] * 3, 60, "openai too_large, openai server, grok ok", 3),
        # There was no time for the retry.
        ([fail("malformed", after=2)], 6, "openai malformed, grok ok", 3),
    ],
)
@virtual
async def test_row_37_consecutive_failing_events_open_the_circuit(
    steps: list[Step], seconds: float, trail: str, events: int
) -> None:
    """Three that fail, or two that hang; for 30 s the provider is sent nothing."""
    world = World(openai=steps, grok=OK)
    for number in range(1, events + 1):
        assert (await world.ask(seconds=seconds)).trail == trail
        assert world.health("openai").circuit_open is (number == events)
    for pause in (0, 29.9):
        await asyncio.sleep(pause)
        assert (await world.ask()).trail == "grok ok"


@virtual
async def test_row_37_several_failures_in_one_event_count_once() -> None:
    """A retry within the event adds nothing."""
    world = World(grok=SERVER, openai=OK)
    for opened in (False, False, True):
        await world.ask()
        assert world.health("grok").circuit_open is opened
    assert len(world.asked_at("grok")) == 3 + 3 + 1


@virtual
async def test_row_37_a_success_between_starts_again() -> None:
    """Only consecutive events count."""
    world = World(openai=[SERVER, SERVER, OK] * 2, grok=OK)
    for _ in range(6):
        await world.ask()
        assert not world.health("openai").needs_probe


@virtual
async def test_row_37_late_failures_do_not_lengthen_an_opening() -> None:
    """Requests that were under way when the circuit opened tell nothing new."""
    world = World(openai=[fail("timeout", after=1 + n / 10) for n in range(6)], grok=OK)
    await asyncio.gather(*(world.ask() for _ in range(6)))
    assert world.health("openai").open_until == pytest.approx(1000 + 1.1 + 30)


@virtual
async def test_row_37_opening_and_closing_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Not at every event, and not at every failed probe."""
    caplog.set_level(logging.INFO)
    world = World(openai=[SERVER] * 4 + [OK], grok=OK)
    for _ in range(6):
        await world.ask()
    await asyncio.sleep(40)
    assert (await world.ask()).trail == "openai server, grok ok"
    assert caplog.text.count("openai keeps failing") == 1
    assert "openai answers again" not in caplog.text
    await asyncio.sleep(100)
    for _ in range(2):
        assert (await world.ask()).trail == "openai ok"
    assert caplog.text.count("openai keeps failing") == 1
    assert caplog.text.count("openai answers again") == 1


@virtual
async def test_row_38_five_events_make_one_probe() -> None:
    """While it runs the others skip the provider."""
    world = after_opening(ok(after=3))
    await asyncio.sleep(31)
    results = await asyncio.gather(*(world.ask() for _ in range(5)))
    assert [result.trail for result in results] == ["openai ok"] + ["grok ok"] * 4
    assert len(world.asked_at("openai")) == 1


@virtual
async def test_row_38_a_probe_gets_10_s() -> None:
    """A provider that keeps failing may not hold an event for 30 s."""
    world = after_opening(HANGS)
    await asyncio.sleep(31)
    result = await world.ask()
    assert result.trail == "openai timeout, grok ok"
    assert result.seconds == pytest.approx(10)
    world.assert_nothing_held()


@virtual
async def test_row_38_an_event_with_nobody_else_waits_for_the_probe() -> None:
    """The second event gets its answer after the probe's."""
    world = World(openai=ok(after=3))
    world.open_circuit("openai")
    await asyncio.sleep(31)
    first, second = await asyncio.gather(world.ask(), world.ask())
    assert (first.trail, second.trail) == ("openai ok", "openai ok")
    assert first.seconds == pytest.approx(3)
    assert 6 <= second.seconds <= 6.25
    assert max(sleep.seconds for sleep in world.sleeps) <= 0.25


@virtual
async def test_row_38_a_rate_limited_probe_leaves_anothers_alone() -> None:
    """Back from its wait in place, the first event finds the next probe under way."""
    world = after_opening(fail("rate_limit", retry_after=1.0), ok(after=3))
    await asyncio.sleep(31)
    first = asyncio.create_task(world.ask())
    await asyncio.sleep(0.5)
    with world.health("openai").lease_probe(10):
        assert (await first).trail == "openai rate_limit, grok ok"


@virtual
async def test_row_39_a_cancelled_probe_frees_its_place() -> None:
    """The next event probes at once."""
    world = after_opening(HANGS, OK)
    await asyncio.sleep(31)
    probe = asyncio.create_task(world.ask())
    await asyncio.sleep(2)
    assert world.health("openai").probing
    await cancel(probe)
    assert not world.health("openai").probing
    assert (await world.ask()).trail == "openai ok"


@virtual
async def test_row_40_a_good_probe_closes_the_circuit() -> None:
    """And the next opening starts at 30 s again, after three events."""
    world = after_opening(OK, OK, SERVER)
    await asyncio.sleep(31)
    health = world.health("openai")
    for _ in range(2):
        assert (await world.ask()).trail == "openai ok"
        assert not health.needs_probe
    for _ in range(3):
        assert not health.circuit_open
        await world.ask()
    assert health.open_until == pytest.approx(now() + 30)


@virtual
async def test_row_41_each_failed_probe_doubles_the_time() -> None:
    """30 s, 60 s and so on, up to eight minutes."""
    world = after_opening(SERVER)
    health = world.health("openai")
    for seconds in (60, 120, 240, 480, 480):
        await asyncio.sleep(health.open_until - now() + 0.01)
        assert not health.circuit_open
        await world.ask()
        assert health.open_until - now() == pytest.approx(seconds)


@virtual
async def test_row_42_all_circuits_open() -> None:
    """Everybody gets one last request, the one that reopens soonest first, rather than nobody."""
    world = World(**dict.fromkeys(VENDORS, fail("server", after=5)))
    world.random = chain([0.9, 0.6, 0.3, 0.0], repeat(0.5))
    for vendor in VENDORS:
        world.open_circuit(vendor)
    result = await world.ask()
    assert result.trail.startswith(
        "anthropic server, gemini server, grok server, openai server, grok server"
    )
    assert all(request.health[request.provider].circuit_open for request in world.requests[:4])


@virtual
async def test_row_42_the_last_resort() -> None:
    """A failure before its time does not lengthen the opening; an answer ends it."""
    world = World(openai=[REDIRECT] * 10 + [OK])
    world.open_circuit("openai")
    until = world.health("openai").open_until
    for _ in range(10):
        assert (await world.ask()).trail == "openai redirect"
    assert world.health("openai").open_until == until
    assert (await world.ask()).trail == "openai ok"
    assert not world.health("openai").needs_probe


@virtual
async def test_row_42_silent_providers_leave_time_for_the_last_resort() -> None:
    """Two that hang do not use up the whole event: the one whose circuit is open has recovered."""
    world = World(openai=HANGS, grok=OK, gemini=HANGS)
    for _ in range(3):  # the second and third opening last longer than the event
        await asyncio.sleep(max(0.0, world.health("grok").open_until - now()))
        world.open_circuit("grok")
    began = now() - 1000
    result = await world.ask()
    assert result.trail == "openai timeout, gemini timeout, grok ok"
    assert world.asked_at("gemini") == [began + 30]
    assert world.asked_at("grok") == [began + 52]


@pytest.mark.parametrize(("seconds", "patience"), [(8, 8), (10, 10), (14, 10), (60, 30)])
@virtual
async def test_row_42_a_last_resort_takes_no_time_from_a_slow_provider(
    seconds: float, patience: float
) -> None:
    """A provider that works keeps at least the ten seconds of a probe, the total permitting."""
    world = World(openai=HANGS, grok=OK)
    world.open_circuit("grok")
    result = await world.ask(seconds=seconds)
    assert result.attempts[0].response_time_ms == patience * 1000


@pytest.mark.parametrize("failure", [Failure.AUTH, Failure.QUOTA, Failure.FORBIDDEN])
@virtual
async def test_row_43_nobody_is_asked_during_a_cooldown(failure: Failure) -> None:
    """All keys refused or accounts empty: the event fails without a request and without a wait."""
    world = World(**dict.fromkeys(VENDORS, fail(failure)))
    await world.ask()
    result = await world.ask()
    assert (result.trail, result.seconds) == ("", 0.0)
    assert total_cost(result.attempts) == 0
    assert not result.verdict.offline


@virtual
async def test_row_43_nor_when_its_circuit_is_open_too() -> None:
    """A Retry-After holds even for the last resort."""
    world = World(openai=OK)
    world.open_circuit("openai")
    world.health("openai").record_failure(Failure.SERVER, 100.0, first_in_event=True)
    assert (await world.ask(seconds=50)).trail == ""


@virtual
async def test_row_44_an_empty_retry_budget() -> None:
    """One retry as the last chance of an event; half a minute buys another one."""
    world = World(openai=fail("rate_limit", retry_after=0.25))
    for pause, requests in [(0.3, 4), (0.3, 4), (0.3, 4), (0.3, 3), (0.3, 2), (30.3, 2), (0, 3)]:
        assert len((await world.ask()).attempts) == requests
        await asyncio.sleep(pause)


@pytest.mark.parametrize(
    ("error", "outcome", "logged"),
    [(KeyError("secret key"), "unknown", [logging.ERROR]), (TimeoutError("secret"), "timeout", [])],
)
@virtual
async def test_row_45_a_bug_in_a_provider(
    error: Exception, outcome: str, logged: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    """The next one answers; the log has the type of the error and none of its words."""
    result = await World(openai=Step(error, after=3), grok=OK).ask()
    assert result.trail == f"openai {outcome}, grok ok"
    levels = [record.levelno for record in caplog.records if "eyewitness" in record.name]
    assert [level for level in levels if level > logging.DEBUG] == logged
    assert ("openai raised KeyError" in caplog.text) is bool(logged)
    assert "secret" not in caplog.text
