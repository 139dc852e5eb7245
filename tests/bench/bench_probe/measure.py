"""Call an action many times, one after the other or all at once, and measure that."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import sys
from time import CLOCK_BOOTTIME, clock_gettime, perf_counter, process_time, thread_time
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .stalls import Watch

_PAUSE_SECONDS: Final = 0.01
_SETTLE_SECONDS: Final = 0.25
"""What an action leaves to be done later is part of its cost."""
_SDKS: Final = ("openai", "anthropic", "google.genai")

type Fields = Mapping[str, Any]


async def _call(hass: HomeAssistant, action: str, data: Fields) -> None:
    domain, _, service = action.partition(".")
    answers = hass.services.supports_response(domain, service) != "none"
    await hass.services.async_call(
        domain, service, dict(data), blocking=True, return_response=answers
    )


async def time_calls(hass: HomeAssistant, action: str, data: Fields, calls: int) -> dict[str, Any]:
    """Return milliseconds of each call, and the processor's of all of them and of what follows.

    ``loop_ms`` is the part of it that the thread of the event loop had.
    """
    took = []
    began, cpu, loop = perf_counter(), process_time(), thread_time()
    for _ in range(calls):
        start = perf_counter()
        await _call(hass, action, data)
        took.append((perf_counter() - start) * 1000)
        await asyncio.sleep(_PAUSE_SECONDS)
    await asyncio.sleep(_SETTLE_SECONDS)
    return {
        "ms": took,
        "cpu_ms": (process_time() - cpu) * 1000,
        "loop_ms": (thread_time() - loop) * 1000,
        "seconds": perf_counter() - began,
    }


async def watch_calls(hass: HomeAssistant, action: str, data: Fields, calls: int) -> dict[str, Any]:
    """Return the longest stall of the loop during each call, and all full collections."""
    stalls, collections = [], []
    async with Watch() as watch:
        for _ in range(calls):
            await _call(hass, action, data)
            await asyncio.sleep(_PAUSE_SECONDS)
            seen = watch.take()
            stalls.append(seen.stall_ms)
            collections += seen.collections_ms
    return {"stall_ms": stalls, "collections_ms": collections}


async def burst(hass: HomeAssistant, action: str, each: Sequence[Fields]) -> dict[str, Any]:
    """Call the action once with each of these data, all at the same time."""
    outcomes: Counter[str] = Counter()

    async def one(data: Fields) -> None:
        try:
            await _call(hass, action, data)
        except HomeAssistantError as err:
            outcomes[err.translation_key or type(err).__name__] += 1
        else:
            outcomes["answered"] += 1

    async with Watch() as watch:
        began = perf_counter()
        await asyncio.gather(*map(one, each))
        took = perf_counter() - began
        await asyncio.sleep(_PAUSE_SECONDS)  # the last stall is only known when the watch wakes
        seen = watch.take()
    return {
        "ms": took * 1000,
        "outcomes": dict(outcomes),
        "stall_ms": seen.stall_ms,
        "collections_ms": seen.collections_ms,
    }


def figures() -> dict[str, Any]:
    """Return what this process is now, as Linux counts it: its age, its work, its memory."""
    stat = Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()
    began = int(stat[19]) / os.sysconf("SC_CLK_TCK")
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return {
        "started_ms": (clock_gettime(CLOCK_BOOTTIME) - began) * 1000,
        "cpu_ms": process_time() * 1000,
        "rss_mib": pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        "sdks": [name for name in _SDKS if name in sys.modules],
    }
