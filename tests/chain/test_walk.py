"""What the matrix does not name: time limits, bookkeeping, the records, the real clock."""

import asyncio
from dataclasses import replace
from time import time

import pytest

from custom_components.eyewitness.chain.attempt import Attempt, total_cost
from custom_components.eyewitness.chain.clock import Clock
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.policy import ATTEMPT_SECONDS
from custom_components.eyewitness.chain.task import Reply, Usage
from custom_components.eyewitness.chain.walk import Chain
from custom_components.eyewitness.pipeline.prompt import camera_task

from .fakes import HANGS, OK, PICTURE, Script, Step, World, fail, ok, virtual

SERVER = fail("server")
ATTEMPT = Attempt(provider_id="", provider="", model="", number=1, failure=None, started=0.0)


@pytest.mark.parametrize(
    ("seconds", "scripts", "trail", "ends"),
    [
        (60, {}, "", 0),
        (-1.0, {"openai": OK}, "", 0),
        (0.0, {"openai": OK}, "", 0),
        (0.5, {"openai": OK}, "", 0),
        # A first request needs one second.
        (5, {"openai": fail("server", after=4), "grok": HANGS}, "openai server, grok timeout", 5),
        # A retry needs five, whether it would be waited for in place, later, or is due already.
        (8, {"grok": fail("server", after=3.5)}, "grok server", 3.5),
        (10, {"openai": fail("server", after=4)}, "openai server", 4),
        (
            12,
            {"openai": SERVER, "gemini": fail("refused", after=8)},
            "openai server, gemini refused",
            8,
        ),
    ],
)
@virtual
async def test_no_request_without_the_time_for_its_answer(
    seconds: float, scripts: dict[str, Script], trail: str, ends: float
) -> None:
    """It would only be paid for."""
    result = await World(**scripts).ask(seconds=seconds)
    assert result.trail == trail
    assert result.seconds == pytest.approx(ends)
    assert result.verdict.answer is None
    assert not result.verdict.offline


@pytest.mark.parametrize(
    ("resting", "opened", "first"),
    [
        ([], [], "openai"),
        (["openai"], [], "grok"),
        ([], ["openai"], "grok"),
        (["grok"], ["openai"], "openai"),
        (["openai", "grok"], [], None),
    ],
)
@virtual
async def test_who_would_be_asked_first(
    resting: list[str], opened: list[str], first: str | None
) -> None:
    """Known before there is a task, and the same as when there is one; nothing follows from it."""
    world = World(openai=OK, grok=OK)
    for provider_id in resting:
        world.health(provider_id).cool_down(Failure.QUOTA, 100)
    for provider_id in opened:
        world.open_circuit(provider_id)
    before = world.remembered()
    chosen = world.chain.first(world.providers)
    assert (chosen and chosen.id) == first
    assert world.remembered() == before
    if first is not None:
        assert (await world.ask()).trail == f"{first} ok"


@virtual
async def test_nobody_is_first_while_another_event_probes_all() -> None:
    """It is waited for, so nobody would be asked now."""
    world = World(openai=OK)
    world.open_circuit("openai")
    await asyncio.sleep(40)
    with world.health("openai").lease_probe(30):
        assert world.chain.first(world.providers) is None
    assert world.chain.first(world.providers) is world.providers[0]
    assert world.chain.first([]) is None


@pytest.mark.parametrize(
    ("providers", "asked"), [(10, [0, 1, 2, 3, 4, 5, 6, 7]), (6, [0, 0, 0, 1, 2, 3, 4, 5])]
)
@virtual
async def test_eight_attempts_and_no_more(providers: int, asked: list[int]) -> None:
    """Grok's waits in place give way to providers that have not been asked."""
    world = World()
    for number in range(providers):
        world.add("grok", SERVER, provider_id=f"{number}")
    result = await world.ask()
    assert [attempt.provider_id for attempt in result.attempts] == [f"{n}" for n in asked]


@virtual
async def test_a_revisit_waits_for_its_turn() -> None:
    """A cooldown that ends first comes before a second visit to the provider just left."""
    limited = fail("rate_limit", retry_after=11.5)
    world = World(openai=[limited, OK], gemini=[OK, SERVER])
    await world.ask()
    await asyncio.sleep(10)
    result = await world.ask()
    assert result.trail == "gemini server, openai ok"
    assert result.seconds == pytest.approx(1.5)


@virtual
async def test_a_cooldown_of_an_earlier_event_is_sat_out() -> None:
    """When nobody else is left and it ends in time."""
    world = World(openai=[fail("rate_limit", retry_after=40.0), OK])
    await world.ask(seconds=10)
    result = await world.ask(seconds=60)
    assert result.trail == "openai ok"
    assert result.seconds == pytest.approx(40)


@virtual
async def test_rows_46_and_48_every_request_is_recorded() -> None:
    """With all fields, numbered from 1; a failure may be billed too, and name the model billed."""
    world = World()
    refusal = fail("refused", after=0.25, status=200, usage=Usage(2000, 0), model="other")
    world.add("openai", refusal, provider_id="sub1")
    world.add("gemini", fail("server", status=503), provider_id="sub2")
    world.add("grok", ok(after=1.5), provider_id="sub3")
    attempts = (await world.ask()).attempts
    assert [r.provider for r in world.requests] == [a.provider_id for a in attempts]
    assert [(a.provider_id, a.provider, a.model, a.number, a.image_bytes) for a in attempts] == [
        ("sub1", "openai", "other", 1, 1000),
        ("sub2", "gemini", "asked", 2, 1000),
        ("sub3", "grok", "billed", 3, 1000),
    ]
    assert [(a.failure, a.success, a.outcome, a.status, a.error) for a in attempts] == [
        (Failure.REFUSED, False, "refused", 200, "refused 200"),
        (Failure.SERVER, False, "server", 503, "server 503"),
        (None, True, "ok", None, None),
    ]
    times = [(a.started - 1.8e9, a.response_time_ms, a.ended - 1.8e9) for a in attempts]
    assert times == [(1000, 250, 1000.25), (1000.25, 0, 1000.25), (1000.25, 1500, 1001.75)]
    assert [(a.usage, a.cost) for a in attempts] == [
        (Usage(2000, 0), 0.002),
        (Usage(0, 0), 0.0),
        (Usage(1000, 100), 0.0011),
    ]


UNKNOWN, NOTHING = (None, None), (Usage(0, 0), 0.0)


def unshown() -> Step:
    """Fail before the picture is sent: the list of models did not come."""
    error = ProviderError(Failure.TIMEOUT)
    error.shown = False
    return Step(error)


@pytest.mark.parametrize(
    ("step", "bill"),
    [
        (Step(Reply(text="A man.", model="unpriced", usage=Usage(1, 1))), (Usage(1, 1), None)),
        (Step(Reply(text="A man.", model="billed")), UNKNOWN),
        (Step(Reply(text="A man.", model="free")), (None, 0.0)),
        (HANGS, UNKNOWN),
        (fail("refused"), UNKNOWN),
        (fail("malformed", oversize=True), UNKNOWN),
        (fail("malformed", model="free"), (None, 0.0)),
        (fail("network"), UNKNOWN),
        (fail("network", after=5), UNKNOWN),
        (fail("network", sent=False), NOTHING),
        (unshown(), NOTHING),
        (Step(ZeroDivisionError()), UNKNOWN),
        (SERVER, NOTHING),
        (fail("auth"), NOTHING),
        (fail("quota"), NOTHING),
        (fail("rate_limit"), NOTHING),
    ],
)
@virtual
async def test_an_unknown_bill_is_not_called_free(
    step: Step, bill: tuple[Usage | None, float | None]
) -> None:
    """The vendor may have done the work; only what certainly cost nothing is booked as nothing."""
    first = (await World(openai=step).ask()).attempts[0]
    assert (first.usage, first.cost) == bill


def test_the_cost_of_several_attempts() -> None:
    """The sum of what is known; unknown when nothing is; nothing when nobody was asked."""
    known, unknown = replace(ATTEMPT, cost=0.5), replace(ATTEMPT, cost=None)
    assert total_cost([known, unknown, known]) == 1.0
    assert total_cost([unknown]) is None
    assert total_cost([]) == 0


def test_records_show_no_secret() -> None:
    """No picture gets into a log by the way of a repr, and no vendor's words with an error."""
    assert "xxx" not in repr(camera_task(PICTURE, camera_name="Door"))
    assert str(ProviderError(Failure.SERVER)) == "server"
    assert str(ProviderError(Failure.SERVER, status=503)) == "server (503)"


@virtual
async def test_the_real_clock() -> None:
    """The event loop's time, the system's date, a delay spread by at most a fifth."""
    clock = Clock()
    assert clock.now() == asyncio.get_running_loop().time()
    assert clock.wall() == pytest.approx(time(), abs=5)
    delays = {clock.jittered(10) for _ in range(100)}
    assert all(8 <= delay <= 12 for delay in delays)
    assert len(delays) > 1
    await clock.sleep(3)
    assert clock.now() == pytest.approx(1003)


@virtual
async def test_a_chain_has_the_real_clock_by_default() -> None:
    """And it works without one being given."""
    world = World(openai=HANGS)
    world.chain = Chain()
    result = await world.ask(seconds=ATTEMPT_SECONDS)
    assert result.trail == "openai timeout"
    assert result.attempts[0].error == "timeout"
    assert result.attempts[0].started == pytest.approx(time(), abs=5)
    assert world.requests[0].pictures == (PICTURE,)
