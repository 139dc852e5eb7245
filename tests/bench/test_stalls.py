"""The watch sees a stall that was planted, and leaves full collections out of it."""

import asyncio
import gc
from time import sleep

import pytest

from tests.bench.bench_probe.stalls import Span, Watch, Watched, without


async def _seen(work: str, seconds: float) -> tuple[float, list[float]]:
    async with Watch() as watch:
        match work:
            case "stall":
                sleep(seconds)  # noqa: ASYNC251  # this is the stall
            case "here":
                gc.collect()
            case _:
                await asyncio.to_thread(gc.collect)
        await asyncio.sleep(0.02)
        seen = watch.take()
    return seen.stall_ms, seen.collections_ms


async def test_a_stall_is_seen() -> None:
    """It is as long as what blocks the loop."""
    stall, collections = await _seen("stall", 0.2)
    assert stall == pytest.approx(200, abs=80)
    assert not collections


async def test_a_stall_is_seen_once() -> None:
    """The next call is not blamed for it, nor for a collection."""
    async with Watch() as watch:
        gc.collect()
        sleep(0.2)  # noqa: ASYNC251  # this is the stall
        await asyncio.sleep(0.02)
        watch.take()
        assert watch.take() == Watched(stall_ms=0.0, collections_ms=[])


@pytest.mark.parametrize("where", ["here", "in another thread"])
async def test_a_full_collection_is_counted_apart(where: str) -> None:
    """It is nobody's stall, however much there is to walk through, whichever thread began it."""
    ballast = [[number] for number in range(2_000_000)]
    stall, (collection,) = await _seen(where, 0)
    assert collection > 20
    assert stall < collection / 2
    assert ballast


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], 4.0),
        ([(0.0, 1.0)], 4.0),
        ([(0.0, 3.0)], 3.0),
        ([(3.0, 4.0)], 3.0),
        ([(2.5, 3.0), (5.0, 9.0)], 2.5),
        ([(0.0, 9.0)], 0.0),
    ],
)
def test_what_others_cover_is_taken_off(others: list[Span], left: float) -> None:
    """Of the span from 2 to 6."""
    assert without((2.0, 6.0), others) == pytest.approx(left)
