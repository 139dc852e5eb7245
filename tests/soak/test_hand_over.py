"""B4: how soon the next vendor is asked, read from the vendors' own log."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
import socket
import time
from typing import Any, Final

import pytest

from custom_components.eyewitness.providers.dropped import DroppedParameters
from tests.harness.simulator import HandOver, hand_overs
from tests.kit import House
from tests.simulator import VENDORS, Vendor
from tests.soak.home import home
from tests.soak.report import spread, write_report
from tests.soak.vendors import Vendors

LIMIT_SECONDS: Final = 2.0
"""AC5 of the client's story."""
HANG_SECONDS: Final = 1.0
SLACK_SECONDS: Final = 0.5
"""A cut needs a moment, more so on a machine that has other things to do."""
CAMERA: Final = "camera.front_door"
FAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "500": {"kind": "server_error"},
    "503": {"kind": "server_error", "status": 503},
    "429": {"kind": "rate_limit"},
    "429, wait 1 s": {"kind": "rate_limit", "retry_after": "1"},
    "429, wait 30 s": {"kind": "rate_limit", "retry_after": "30"},
    "401": {"kind": "auth"},
    "404": {"kind": "model_missing"},
    "refusal": {"kind": "refusal"},
    "empty": {"kind": "empty"},
    "html": {"kind": "html"},
    "truncated": {"kind": "truncated"},
    "reset": {"kind": "reset"},
    "reset in the body": {"kind": "reset_mid_body"},
    "hang": {"kind": "hang"},
}
ORDERS: Final[list[list[Vendor]]] = [
    [*VENDORS[first:], *VENDORS[:first]] for first in range(len(VENDORS))
]
"""Every vendor has every place once."""

type Table = dict[tuple[str, int], list[HandOver]]
"""The hand-overs after each fault, by the position of the vendor that had it."""


def _from_ledger(rows: Iterable[Mapping[str, Any]], vendor: Vendor) -> Iterator[dict[str, Any]]:
    """Yield the requests that a vendor would have seen whose port is closed."""
    epoch = time.time() - time.monotonic()
    for row in rows:
        if row["provider"] == vendor:
            start = datetime.fromisoformat(row["timestamp"]).timestamp() - epoch
            end = start + row["response_time_ms"] / 1000
            yield {"vendor": vendor, "received_monotonic": start, "answered_monotonic": end}


async def _prepare(
    house: House, vendors: Vendors, failing: Mapping[Vendor, str], closed: Vendor | None = None
) -> None:
    """Let the chain know nothing, with every model chosen and every connection open."""
    await vendors.reset()
    house.runtime.chain._health.clear()
    for provider in house.runtime.providers.values():
        provider.chosen._missing.clear()
        provider._dropped = DroppedParameters(
            provider.optional_parameters, provider.kept_parameters
        )
        if provider.kind != closed:
            await provider.check()
    await vendors.forget_requests()
    for vendor, fault in failing.items():
        await vendors.script(vendor, {**FAULTS[fault], "repeat": True})


async def _measure(
    folder: Path, vendors: Vendors, faults: Iterable[str], orders: Sequence[Sequence[Vendor]]
) -> Table:
    """Let all vendors but the last one fail in the same way."""
    table: Table = defaultdict(list)
    options = {"attempt_seconds": HANG_SECONDS} if faults == ["hang"] else {}
    async with home(folder, vendors.urls, ["Front door"], options) as house:
        for fault in faults:
            for order in orders:
                await _prepare(house, vendors, dict.fromkeys(order[:-1], fault))
                response = await house.describe(entity_id=CAMERA, providers=list(order))
                assert response["provider"] == order[-1]
                found = hand_overs(await vendors.requests())
                assert [step.failed for step in found] == list(order[:-1])
                for position, step in enumerate(found, 1):
                    table[fault, position].append(step)
    return table


async def _measure_refusals(folder: Path, vendors: Vendors, rounds: int) -> Table:
    """Close the port of one vendor; those before it answer 500."""
    table: Table = defaultdict(list)
    for vendor in VENDORS:
        with socket.socket() as unheard:
            unheard.bind(("127.0.0.1", 0))
            elsewhere = {vendor: f"http://127.0.0.1:{unheard.getsockname()[1]}"}
            async with home(
                folder / vendor, vendors.urls, ["Front door"], elsewhere=elsewhere
            ) as house:
                others = [other for other in VENDORS if other != vendor]
                for position in list(range(1, 4)) * rounds:
                    order = [*others[: position - 1], vendor, *others[position - 1 :]]
                    failing = dict.fromkeys(order[: position - 1], "500")
                    await _prepare(house, vendors, failing, closed=vendor)
                    response = await house.describe(entity_id=CAMERA, providers=order)
                    assert response["provider"] == order[position]
                    rows = [r for r in await house.usage() if r["event_id"] == response["event_id"]]
                    merged = [*await vendors.requests(), *_from_ledger(rows, vendor)]
                    merged.sort(key=lambda request: request["received_monotonic"])
                    (step,) = [step for step in hand_overs(merged) if step.failed == vendor]
                    table["refused connection", position].append(step)
    return table


def _check(table: Table, count: int) -> None:
    for (fault, position), found in table.items():
        assert len(found) == count
        for step in found:
            assert step.since_last_failure < LIMIT_SECONDS, (fault, position, step)
            if fault == "hang":
                # The vendor may notice later than its successor is asked.
                assert abs(step.since_last_failure) < SLACK_SECONDS, (position, step)
                assert step.since_first_request < HANG_SECONDS + SLACK_SECONDS, (position, step)
            else:
                assert step.since_last_failure >= 0, (fault, position, step)
                assert step.since_first_failure < LIMIT_SECONDS, (fault, position, step)


ANSWERS: Final = [fault for fault in FAULTS if fault != "hang"]


@pytest.mark.parametrize(
    ("faults", "rounds"),
    [
        pytest.param(["500", "html", "404"], 0, marks=pytest.mark.timeout(120), id="small"),
        pytest.param(ANSWERS, 5, marks=[pytest.mark.soak, pytest.mark.timeout(1500)], id="large"),
    ],
)
def test_b4_the_next_vendor_is_asked_in_time(
    tmp_path: Path, vendors: Vendors, faults: list[str], rounds: int
) -> None:
    """B4: every fault, at every place, of every vendor; or only a few in one order."""
    orders = ORDERS * rounds or ORDERS[:1]
    table = asyncio.run(_measure(tmp_path / "answers", vendors, faults, orders))
    table |= asyncio.run(_measure(tmp_path / "hangs", vendors, ["hang"], orders))
    if rounds:
        table |= asyncio.run(_measure_refusals(tmp_path / "refused", vendors, rounds))
    assert len(table) == (len(faults) + 1 + bool(rounds)) * 3
    figures = {
        f"{fault}, place {position}": {
            name: spread(getattr(step, name) for step in found)
            for name in ("since_last_failure", "since_first_failure", "since_first_request")
        }
        for (fault, position), found in table.items()
    }
    write_report(f"hand-over-{len(faults)}", figures)
    _check(table, len(orders))
