"""What a start of Home Assistant costs, and the first call after it."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
import contextlib
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.bench.calls import collections, probe
from tests.bench.home import OPENAI, PROBE, VendorProcess, add, make_hass, one_provider
from tests.bench.rows import CORE, EYEWITNESS, PEER, Row, describers
from tests.harness.eyewitness import DOMAIN, add_eyewitness
from tests.harness.flows import delete_subentry, subentries
from tests.harness.hass import Hass
from tests.harness.simulator import SimulatorProcess
from tests.simulator import SimulatorUrls
from tests.soak.report import spread

NOTHING: Final = "without Eyewitness"
NO_PROVIDER: Final = "Eyewitness, no provider"
ONE_PROVIDER: Final = "Eyewitness, 1 provider"
FOUR_PROVIDERS: Final = "Eyewitness, 4 providers"
WITH_CORE: Final = "with core's OpenAI"
NAMES: Final = (NOTHING, NO_PROVIDER, ONE_PROVIDER, FOUR_PROVIDERS, WITH_CORE)
_FIRST_CALL: Final = {NOTHING: PEER, ONE_PROVIDER: EYEWITNESS, WITH_CORE: CORE}
"""The row that is called first after each of these starts."""


async def _set_up(hass: Hass, name: str, vendor: VendorProcess, urls: SimulatorUrls) -> None:
    await add(hass, PROBE)
    if name == FOUR_PROVIDERS:
        await add_eyewitness(hass.api, urls=urls)
    elif name == WITH_CORE:
        await add(hass, OPENAI, {"api_key": "bench"})
    elif name != NOTHING:
        entry = await add(hass, DOMAIN, one_provider(vendor))
        for provider in await subentries(hass.api, entry) if name == NO_PROVIDER else ():
            await delete_subentry(hass.api, entry, provider["subentry_id"])


@contextlib.asynccontextmanager
async def _homes(
    folder: Path, vendor: VendorProcess, library: str
) -> AsyncGenerator[dict[str, Hass]]:
    """Write and set up a configuration for each of the names; all of them are stopped."""
    homes = {}
    async with SimulatorProcess(folder) as simulator:
        for number, name in enumerate(NAMES):
            homes[name] = make_hass(folder / str(number), vendor, library, ["1080p"])
            async with homes[name] as hass:
                await _set_up(hass, name, vendor, simulator.urls)
        yield homes


async def measure(
    folder: Path, vendor: VendorProcess, library: str, *, rounds: int
) -> dict[str, Any]:
    """Return the figures of each start, and of each first call, by name."""
    starts: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    first: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = {row.name: row for row in describers(vendor, "1080p")}
    await vendor.take()
    async with _homes(folder, vendor, library) as homes:
        for _ in range(rounds):
            for name, home in homes.items():
                async with home as hass:
                    starts[name].append(await probe(hass.api, "figures"))
                    if called := _FIRST_CALL.get(name):
                        first[called].append(await _first_call(hass, rows[called]))
    alone = _start(starts[NOTHING])
    return {
        "starts": {name: _start(found, alone) for name, found in starts.items()},
        "first calls": {
            name: {
                **{key: spread(call[key] for call in calls) for key in ("ms", "stall_ms")},
                **collections(ms for call in calls for ms in call["collections_ms"]),
            }
            for name, calls in first.items()
        },
    }


async def _first_call(hass: Hass, row: Row) -> dict[str, Any]:
    burst = await probe(hass.api, "burst", action=row.action, each=[dict(row.data)])
    if burst["outcomes"] != {"answered": 1}:
        raise RuntimeError(f"{row.name}: {burst['outcomes']}")
    return burst


def _start(found: list[dict[str, Any]], alone: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return medians, and by how much they are above those of a start without Eyewitness."""
    keys = ("started_ms", "cpu_ms", "rss_mib")
    middle = {key: round(median(item[key] for item in found), 1) for key in keys}
    more = {f"more_{key}": round(middle[key] - alone[key], 1) for key in keys} if alone else {}
    return {**middle, **more, "starts": len(found), "sdks": found[0]["sdks"]}
