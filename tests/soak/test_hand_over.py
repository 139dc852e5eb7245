"""B4: how soon the next vendor is asked, read from the vendors' own log."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
import contextlib
from pathlib import Path
import socket
from typing import Final

import pytest

from tests.kit import House
from tests.simulator import VENDORS, Vendor
from tests.soak.hand_over import FAULTS, HEAD, Step, Table, refused_step, steps
from tests.soak.home import home
from tests.soak.report import write_report
from tests.soak.vendors import Vendors

LIMIT_SECONDS: Final = 2.0
"""AC5 of the client's story."""
HANG_SECONDS: Final = 1.0
SLACK_SECONDS: Final = 0.5
"""A cut needs a moment, more so on a machine that has other things to do."""
CAMERA: Final = "camera.front_door"


def _orders() -> list[list[Vendor]]:
    """Return four orders in which every vendor has every place once."""
    return [[*VENDORS[first:], *VENDORS[:first]] for first in range(len(VENDORS))]


async def _as_new(house: House) -> None:
    """Let the chain know nothing, with every model chosen and every connection open."""
    house.runtime.chain._standings.clear()
    for provider in house.runtime.providers.values():
        provider._missing.clear()
        provider._dropped.clear()
        await provider.check()


async def _fall_through(
    house: House, vendors: Vendors, order: Sequence[Vendor], *, fault: str
) -> list[Step]:
    """Let all vendors but the last one fail in the same way."""
    await vendors.reset()
    await _as_new(house)
    await vendors.forget_requests()
    for vendor in order[:-1]:
        await vendors.script(vendor, {**FAULTS[fault], "repeat": True})
    response = await house.describe(entity_id=CAMERA, providers=list(order))
    assert response["provider"] == order[-1]
    return steps(await vendors.requests(), order)


async def _measure(
    folder: Path, vendors: Vendors, faults: Sequence[str], orders: Sequence[Sequence[Vendor]]
) -> Table:
    table = Table()
    options = {"attempt_seconds": HANG_SECONDS} if faults == ["hang"] else {}
    async with home(folder, vendors.urls, ["Front door"], options) as house:
        for fault in faults:
            for order in orders:
                found = await _fall_through(house, vendors, order, fault=fault)
                for position, step in enumerate(found, 1):
                    table.add(fault, position, step)
    return table


@contextlib.asynccontextmanager
async def _one_refuses(folder: Path, vendors: Vendors, vendor: Vendor) -> AsyncGenerator[House]:
    """Set a house up in which a vendor's port is closed."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        async with home(folder, vendors.urls, ["Front door"], elsewhere={vendor: address}) as house:
            yield house


async def _measure_refusals(folder: Path, vendors: Vendors, rounds: int) -> Table:
    table = Table()
    for vendor in VENDORS:
        async with _one_refuses(folder / vendor, vendors, vendor) as house:
            others = [other for other in VENDORS if other != vendor]
            for position in list(range(1, 4)) * rounds:
                order = [*others[: position - 1], vendor, *others[position - 1 :]]
                await vendors.reset()
                house.runtime.chain._standings.clear()
                for other in others:
                    await house.runtime.providers[house.provider(other).subentry_id].check()
                for other in order[: position - 1]:
                    await vendors.script(other, {**FAULTS["500"], "repeat": True})
                response = await house.describe(entity_id=CAMERA, providers=order)
                assert response["provider"] == order[position]
                rows = [r for r in await house.usage() if r["event_id"] == response["event_id"]]
                step = refused_step(rows, await vendors.requests(), vendor)
                table.add("refused connection", position, step)
    return table


def _check(table: Table) -> None:
    for (fault, position), found in table.cells.items():
        for step in found:
            assert step.handed_over < LIMIT_SECONDS, (fault, position, step)
            if fault == "hang":
                # The vendor may notice later than its successor is asked.
                assert abs(step.handed_over) < SLACK_SECONDS, (position, step)
                assert step.held < HANG_SECONDS + SLACK_SECONDS, (position, step)
            else:
                assert step.handed_over >= 0, (fault, position, step)
                assert step.spent < LIMIT_SECONDS, (fault, position, step)


@pytest.mark.timeout(120)
def test_small_the_next_vendor_is_asked_in_time(tmp_path: Path, vendors: Vendors) -> None:
    """B4, a few faults: each hand-over takes less than two seconds."""
    orders = _orders()[:1]
    answers = asyncio.run(_measure(tmp_path / "answers", vendors, ["500", "html", "404"], orders))
    hangs = asyncio.run(_measure(tmp_path / "hangs", vendors, ["hang"], orders))
    assert [len(table.cells) for table in (answers, hangs)] == [9, 3]
    _check(answers)
    _check(hangs)


@pytest.mark.soak
@pytest.mark.timeout(1500)
def test_the_next_vendor_is_asked_in_time(tmp_path: Path, vendors: Vendors) -> None:
    """B4: every fault, at every place, of every vendor."""
    rounds = 5
    orders = _orders() * rounds
    answers = [fault for fault in FAULTS if fault != "hang"]
    tables = [
        asyncio.run(_measure(tmp_path / "answers", vendors, answers, orders)),
        asyncio.run(_measure_refusals(tmp_path / "refused", vendors, rounds)),
        asyncio.run(_measure(tmp_path / "hangs", vendors, ["hang"], orders)),
    ]
    write_report("hand-over", [HEAD, *(line for t in tables for line in t.lines())])
    for table in tables:
        assert all(len(found) == len(orders) for found in table.cells.values())
        _check(table)
