"""The chain knows nothing of cameras: any task, any number of pictures, any type of answer."""

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import Mock

import pytest

from custom_components.eyewitness.chain.attempt import Verdict
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Picture, Reply, Task, Usage

from .fakes import HANGS, OK, PICTURE, FakeProvider, Step, World, fail, ok, trail, virtual

TOO_LARGE = fail("too_large", status=413)


async def count(
    world: World, *pictures: Picture, read: Callable[[Reply], int] = lambda reply: int(reply.text)
) -> Verdict[int]:
    """Let the chain count something."""
    task = Task(
        name="count",
        system="Count the people.",
        user="door",
        pictures=pictures,
        schema={"type": "integer"},
        max_tokens=10,
        read=read,
    )
    return await world.chain.run(task, world.providers, seconds=60, on_attempt=lambda _: None)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ValueError("secret"), "unknown"),
        (TimeoutError("secret"), "unknown"),
        (ProviderError(Failure.REFUSED), "refused"),
    ],
)
@virtual
async def test_row_45_a_bug_in_reading_a_reply(
    error: Exception, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The next provider answers, and the bill of the reply is recorded."""

    def read(reply: Reply) -> int:
        if reply.text == "unreadable":
            raise error
        return int(reply.text)

    verdict = await count(World(openai=ok("unreadable"), grok=ok("3")), read=read)
    assert verdict.answer == 3
    assert trail(verdict.attempts) == f"openai {outcome}, grok ok"
    first = verdict.attempts[0]
    assert (first.model, first.usage, first.cost) == ("billed", Usage(1000, 100), 0.0011)
    logged = f"Reading a reply raised {type(error).__name__}" in caplog.text
    assert logged is (outcome == "unknown")
    assert "secret" not in caplog.text


@virtual
async def test_row_45_a_bug_in_pricing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer without a price is an answer."""
    monkeypatch.setattr(FakeProvider, "cost", Mock(side_effect=KeyError("secret")))
    result = await World(openai=OK).ask()
    assert (result.trail, result.attempts[0].cost) == ("openai ok", None)
    assert "Pricing a request raised KeyError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("hedge_seconds", [0.0, 8.0])
@virtual
async def test_zero_is_an_answer(hedge_seconds: float) -> None:
    """It ends the chain, and wins a race, as any other answer does."""
    world = World(openai=ok("0", after=10), grok=HANGS)
    world.chain.hedge_seconds = hedge_seconds
    verdict = await count(world)
    assert verdict.answer == 0
    assert verdict.winner is verdict.attempts[0]
    assert len(world.requests) == (2 if hedge_seconds else 1)


@pytest.mark.parametrize(
    ("openai", "shrinkable", "sizes"),
    [
        ([TOO_LARGE, ok("0")], (True, True), [(1000, 500), (100, 100)]),
        # The next provider gets what was made smaller.
        ([TOO_LARGE], (True, False), [(1000, 500), (100, 500), (100, 500)]),
        # When there is nothing smaller, there is no retry.
        ([TOO_LARGE], (False, False), [(1000, 500), (1000, 500)]),
        ([TOO_LARGE], (), [(), ()]),
    ],
)
@virtual
async def test_rows_22_and_23_too_large_pictures_are_shrunk_once(
    openai: list[Step], shrinkable: tuple[bool, ...], sizes: list[tuple[int, ...]]
) -> None:
    """All that can be; each attempt records how much it has sent."""
    world = World(openai=openai, grok=ok("0"))
    pictures = [
        replace(PICTURE, jpeg=b"x" * size, shrink=world.shrink if can else None)
        for can, size in zip(shrinkable, sizes[0], strict=True)
    ]
    verdict = await count(world, *pictures)
    assert verdict.answer == 0
    assert [tuple(len(each.jpeg) for each in r.pictures) for r in world.requests] == sizes
    assert [attempt.image_bytes for attempt in verdict.attempts] == [sum(size) for size in sizes]
    assert world.shrinks == sum(shrinkable)
