"""Rows 11 to 35 of the fault matrix: what follows from each failure."""

import asyncio
from math import inf

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError

from .fakes import OK, VENDORS, Script, Step, World, fail, ok, virtual

RATE_LIMIT = Failure.RATE_LIMIT
TOO_LARGE = fail("too_large")
REFUSED = fail("refused")
UNSENT = fail("network", sent=False)


@pytest.mark.parametrize(
    ("failure", "seconds"),
    [
        pytest.param(fail("rate_limit", retry_after=30.0), 30, id="row_11_a_429"),
        pytest.param(fail("server", retry_after=30.0), 30, id="row_11_a_503"),
        pytest.param(fail("rate_limit"), 30, id="row_13_no_time_or_an_unreadable_one"),
        pytest.param(fail("rate_limit", retry_after=5.0), 5, id="row_13_a_short_time"),
        pytest.param(fail("rate_limit", retry_after=1e9), 3600, id="row_13_a_huge_time"),
        pytest.param(fail("quota"), 3600, id="row_15_16_no_reset_time"),
        pytest.param(fail("quota", retry_after=8e4), 8e4, id="row_15_16_a_reset_time"),
        pytest.param(fail("quota", retry_after=1e9), 86400, id="row_15_16_a_huge_time"),
        pytest.param(fail("auth"), 300, id="row_17_18_auth"),
        pytest.param(fail("forbidden"), 3600, id="row_19_forbidden"),
    ],
)
@virtual
async def test_one_request_then_a_cooldown(failure: Step, seconds: float) -> None:
    """A hundred events are answered by the next provider, then the first is asked again."""
    world = World(openai=[failure, OK], grok=OK)
    assert (await world.ask()).trail == f"openai {failure.outcome}, grok ok"
    for _ in range(100):
        await asyncio.sleep((seconds - 0.1) / 100)
        assert (await world.ask()).trail == "grok ok"
    health = world.health("openai")
    assert isinstance(failure.outcome, ProviderError)
    assert health.cooldown_failure is failure.outcome.failure
    await asyncio.sleep(0.2)
    assert not health.needs_probe
    assert (await world.ask()).trail == "openai ok"
    assert health.cooldown_failure is None


@virtual
async def test_row_20_a_missing_model_is_not_asked_again() -> None:
    """Not within a minute, then two, since it may be starting; for good after a second look."""
    world = World(openai=fail("model_missing"), grok=OK)
    for pause in (60, 120):
        assert (await world.ask()).trail == "openai model_missing, grok ok"
        await asyncio.sleep(pause - 1)
        assert (await world.ask()).trail == "grok ok"
        await asyncio.sleep(1)
    world.health("openai").cool_down(Failure.MODEL_MISSING, inf)
    await asyncio.sleep(10**7)
    assert (await world.ask()).trail == "grok ok"
    assert not world.health("openai").needs_probe


@pytest.mark.parametrize(
    ("openai", "trail"),
    [
        # After a change of the model or of a parameter, but not for ever.
        ([fail("model_missing", adapted=True), OK], "openai model_missing, openai ok"),
        ([fail("bad_request", adapted=True)], "openai bad_request, openai bad_request, grok ok"),
        # For a broken reply, but not for one that would be oversized again.
        ([fail("malformed"), OK], "openai malformed, openai ok"),
        ([fail("malformed", oversize=True)], "openai malformed, grok ok"),
        # When nothing was sent.
        ([UNSENT, OK], "openai network, openai ok"),
        # Not when the vendor has named a time.
        ([fail("malformed", retry_after=30.0)], "openai malformed, grok ok"),
        ([fail("too_large", retry_after=30.0)], "openai too_large, grok ok"),
    ],
)
@virtual
async def test_rows_20_21_26_27_32_an_immediate_retry(openai: list[Step], trail: str) -> None:
    """It costs no time, and there is one at most."""
    result = await World(openai=openai, grok=OK).ask()
    assert (result.trail, result.seconds) == (trail, 0.0)


@pytest.mark.parametrize(
    ("failure", "requests", "opens"),
    [
        pytest.param(TOO_LARGE, 2, False, id="row_23_too_large"),
        pytest.param(REFUSED, 1, False, id="row_24_a_refusal"),
        pytest.param(fail("malformed"), 2, True, id="row_26_a_captive_portal"),
        pytest.param(fail("redirect"), 1, True, id="row_31_a_redirect"),
        pytest.param(fail("network"), 1, True, id="row_32_reset_when_sent"),
        pytest.param(fail("network", after=5), 1, True, id="row_33_reset_in_the_body"),
        pytest.param(UNSENT, 2, True, id="row_34_one_name_does_not_resolve"),
    ],
)
@virtual
async def test_a_failure_is_handed_on_and_counted_once_an_event(
    failure: Step, requests: int, opens: bool
) -> None:
    """Nothing is waited for, and the third event opens the circuit if the failure counts."""
    world = World(openai=failure, grok=OK)
    for _ in range(3 if opens else 4):
        assert not world.health("openai").needs_probe
        result = await world.ask()
        assert result.trail == f"openai {failure.outcome}, " * requests + "grok ok"
        assert result.seconds == failure.after
        assert not result.verdict.offline
    assert world.health("openai").circuit_open is opens


@virtual
async def test_row_21_a_rejected_request_leaves_the_circuit_alone() -> None:
    """Our mistake is not the vendor's; after five events in a row comes an hour's cooldown."""
    world = World(openai=fail("bad_request"), grok=OK)
    for _ in range(5):
        assert (await world.ask()).trail == "openai bad_request, grok ok"
        assert not world.health("openai").needs_probe
    for _ in range(2):
        assert (await world.ask()).trail == "grok ok"
        await asyncio.sleep(3601)
        assert (await world.ask()).trail == "openai bad_request, grok ok"


@pytest.mark.parametrize("healthy", [OK, REFUSED], ids=["answer", "refusal"])
@virtual
async def test_row_21_rejections_count_in_a_row_only(healthy: Step) -> None:
    """An accepted request in between, even one without an answer, starts the count again."""
    rejected = fail("bad_request")
    world = World(openai=[*[rejected] * 4, healthy, rejected], grok=OK)
    for _ in range(6):
        await world.ask()
    assert len(world.asked_at("openai")) == 6
    assert world.health("openai").cooldown_failure is None


@pytest.mark.parametrize("error", [OSError("broken picture"), MemoryError()])
@virtual
async def test_row_23_a_picture_that_cannot_be_shrunk(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The chain goes on to the next provider instead of ending in our own error."""
    world = World(openai=TOO_LARGE, grok=OK)
    world.shrink_error = error
    assert (await world.ask()).trail == "openai too_large, grok ok"
    assert type(error).__name__ in caplog.text
    assert "broken picture" not in caplog.text


@virtual
async def test_row_22_nothing_is_shrunk_for_a_provider_that_has_no_request_left() -> None:
    """Grok has three, and the last one is not followed by a retry."""
    world = World(grok=[fail("server"), fail("server"), TOO_LARGE], gemini=OK)
    assert (await world.ask()).trail == "grok server, grok server, grok too_large, gemini ok"
    assert world.shrinks == 0


@virtual
async def test_row_23_shrinking_ends_with_the_deadline() -> None:
    """A stuck executor cannot hold an event beyond its time."""
    world = World(openai=TOO_LARGE)
    world.shrink_seconds = 1000.0
    result = await world.ask(seconds=20)
    assert result.trail == "openai too_large"
    assert result.seconds == pytest.approx(20)


@virtual
async def test_row_25_everybody_refuses() -> None:
    """Each is asked once per event, and no circuit ever opens for it."""
    world = World(**dict.fromkeys(VENDORS, REFUSED))
    for _ in range(4):
        result = await world.ask()
        assert result.trail == "openai refused, grok refused, gemini refused, anthropic refused"
    assert not any(world.health(vendor).needs_probe for vendor in VENDORS)


@pytest.mark.parametrize("text", ["", "  \n ", '{"description": null}', '{"description": " "}'])
@virtual
async def test_row_28_an_answer_without_words(text: str) -> None:
    """A reply that came and says nothing is malformed; what it used is recorded."""
    result = await World(openai=ok(text), grok=OK).ask()
    assert result.trail == "openai malformed, openai malformed, grok ok"
    assert result.attempts[0].model == "billed"
    assert result.attempts[0].cost == pytest.approx(0.0011)


@virtual
async def test_row_29_a_cut_off_answer_is_accepted() -> None:
    """Half a sentence says more than none, and says that it is half."""
    cut_off = '{"title": "A man", "description": "A man walks to'
    answer = (await World(openai=ok(cut_off, truncated=True)).ask()).verdict.answer
    assert answer is not None
    assert (answer.description, answer.truncated) == ("A man walks to", True)


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param({"openai": UNSENT}, id="row_34_one_provider_is_not_enough"),
        pytest.param({"openai": UNSENT, "grok": REFUSED}, id="row_35_another_was_reached"),
    ],
)
@virtual
async def test_not_the_houses_fault(scripts: dict[str, Script]) -> None:
    """Then it is the vendor's failure, and counts."""
    world = World(**scripts)
    for _ in range(3):
        assert not (await world.ask()).verdict.offline
    assert world.health("openai").circuit_open
    assert not world.health("grok").circuit_open


@pytest.mark.parametrize(
    "before",
    [fail("network"), fail("server", retry_after=0.0)],
    ids=["reset after sending", "answered a moment ago"],
)
@virtual
async def test_row_35_a_line_that_just_worked(before: Step) -> None:
    """A provider that was reached proves the line, though it cannot be reached any more."""
    result = await World(openai=[before, UNSENT], grok=UNSENT).ask()
    assert {attempt.failure for attempt in result.attempts[2:]} == {Failure.NETWORK}
    assert not result.verdict.offline


@virtual
async def test_row_35_the_house_is_offline() -> None:
    """Everybody is asked, nobody blamed, and the next event finds all circuits closed."""
    world = World(**{vendor: [UNSENT] * 8 + [OK] for vendor in VENDORS})
    for _ in range(4):
        result = await world.ask()
        assert {attempt.provider for attempt in result.attempts} == set(VENDORS)
        assert result.verdict.offline
        assert result.seconds == 0.0
    assert not any(world.health(vendor).needs_probe for vendor in VENDORS)
    assert (await world.ask()).trail == "openai ok"


@virtual
async def test_row_22_the_next_provider_does_not_wait_for_a_smaller_picture() -> None:
    """It is asked within two seconds, when other work keeps the threads busy."""
    world = World(openai=TOO_LARGE, grok=OK)
    world.shrink_seconds = 7.8
    await world.ask()
    assert world.asked_at("grok") == [1]


@virtual
async def test_row_22_the_last_provider_waits_for_it(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody else could be asked meanwhile; that it is slow is nobody's fault."""
    world = World(openai=[TOO_LARGE, OK])
    world.shrink_seconds = 7.8
    assert (await world.ask()).trail == "openai too_large, openai ok"
    assert "raised" not in caplog.text
