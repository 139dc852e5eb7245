"""Rows 32 to 35 of the fault matrix: vendors, or the whole world, that cannot be reached."""

import pytest

from custom_components.eyewitness.chain.failures import Kind

from .fakes import VENDORS, Step, World, fail, ok, virtual


@virtual
async def test_row_32_never_sent_gets_one_immediate_retry(world: World) -> None:
    """A refused connection cost nothing, so one more knock is free."""
    world.add("openai", fail(Kind.NETWORK, sent=False), ok())
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "network"), ("openai", "ok")]
    assert ended.seconds == 0.0
    assert ended.attempts[0].cost == 0.0


@pytest.mark.parametrize("after", [0.0, 5.0], ids=["row_32_reset_when_sent", "row_33_in_the_body"])
@virtual
async def test_reset_after_sending(world: World, after: float) -> None:
    """The vendor may have done the work: no retry, unknown bill, counted."""
    world.add("openai", fail(Kind.NETWORK, after=after))
    world.add("grok")
    for _ in range(3):
        ended = await world.ask()
        assert ended.trail == [("openai", "network"), ("grok", "ok")]
        assert ended.attempts[0].cost is None
    assert world.standing("openai").open


@virtual
async def test_row_34_one_name_does_not_resolve(world: World) -> None:
    """Only that vendor is at fault, and it is counted, though nothing was sent."""
    world.add("openai", fail(Kind.NETWORK, sent=False))
    world.add("grok")
    for _ in range(3):
        ended = await world.ask()
        assert ended.trail == [("openai", "network")] * 2 + [("grok", "ok")]
        assert not ended.verdict.offline
    assert world.standing("openai").open


@virtual
async def test_row_34_the_only_provider_cannot_be_reached(world: World) -> None:
    """One witness is not enough to call the house offline."""
    world.add("openai", fail(Kind.NETWORK, sent=False))
    for _ in range(3):
        assert not (await world.ask()).verdict.offline
    assert world.standing("openai").open


@virtual
async def test_row_35_the_house_is_offline(world: World) -> None:
    """Everybody is asked, nobody blamed, and the next event finds all circuits closed."""
    for vendor in VENDORS:
        world.add(vendor, *[fail(Kind.NETWORK, sent=False)] * 8, ok())
    for _ in range(4):
        ended = await world.ask()
        assert {provider for provider, _ in ended.trail} == set(VENDORS)
        assert ended.verdict.offline
        assert ended.seconds == 0.0
    assert not any(standing.on_probation for standing in world.standings().values())
    assert (await world.ask()).trail == [("openai", "ok")]


@virtual
async def test_row_35_one_that_was_reached_proves_the_line(world: World) -> None:
    """Then it is the vendors' fault after all, of each of them."""
    world.add("openai", fail(Kind.NETWORK, sent=False))
    world.add("grok", fail(Kind.REFUSED))
    for _ in range(3):
        assert not (await world.ask()).verdict.offline
    assert world.standing("openai").open
    assert not world.standing("grok").open


@pytest.mark.parametrize(
    "before",
    [fail(Kind.NETWORK), fail(Kind.SERVER, retry_after=0.0)],
    ids=["reset after sending", "answered a moment ago"],
)
@virtual
async def test_row_35_a_line_that_just_worked(world: World, before: Step) -> None:
    """Whoever was reached in this event proves the line, though he cannot be reached now."""
    world.add("openai", before, fail(Kind.NETWORK, sent=False))
    world.add("grok", fail(Kind.NETWORK, sent=False))
    ended = await world.ask()
    assert {outcome for _, outcome in ended.trail[2:]} == {"network"}
    assert not ended.verdict.offline
