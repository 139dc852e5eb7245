"""Fill a running Home Assistant with a month of believable usage."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from homeassistant.util.ulid import ulid_at_time

from custom_components.eyewitness.const import DATABASE
from custom_components.eyewitness.ledger.line import Line
from custom_components.eyewitness.ledger.rows import Purpose, UsageRow, day_of
from custom_components.eyewitness.ledger.store import Ledger
from tests.harness.eyewitness import NAMES
from tests.harness.flows import reload, titles
from tests.harness.hass import Hass

DAYS: Final = 29
_EVENTS: Final = {"camera.front_door": (14, 30), "camera.garden": (4, 14)}
"""Each day between so many and so many."""
_MODELS: Final = {"openai": ("gpt-6-luna", 0.0004), "gemini": ("gemini-3.2-flash", 0.0003)}
_FAILED_PER_CENT: Final = 4


async def fill_month(hass: Hass, entry_id: str) -> None:
    """Book what two cameras would have cost."""
    now = datetime.now().astimezone()
    ids = await titles(hass.api, entry_id)
    rows = [
        row
        for days in range(DAYS, 0, -1)
        for row in _day(now - timedelta(days=days), {kind: ids[NAMES[kind]] for kind in _MODELS})
    ]
    await asyncio.to_thread(_book, hass.path(DATABASE), rows, now)
    await reload(hass.api, entry_id)


def _day(day: datetime, providers: dict[str, str]) -> Iterator[UsageRow]:
    """Yield the requests of one day; now and then the second provider takes over."""
    chance = Random(day.toordinal())
    for camera, between in _EVENTS.items():
        for _ in range(chance.randint(*between)):
            moment = day.replace(hour=7, minute=0) + timedelta(minutes=chance.randrange(900))
            event_id = ulid_at_time(moment.timestamp())
            failed = chance.randrange(100) < _FAILED_PER_CENT
            if failed:
                yield _row(moment, event_id, camera, "openai", providers, 0.0)
            kind = "gemini" if failed or chance.randrange(5) == 0 else "openai"
            cost = _MODELS[kind][1] * chance.uniform(0.8, 1.3)
            yield _row(moment, event_id, camera, kind, providers, cost)


def _row(
    moment: datetime, event_id: str, camera: str, kind: str, providers: dict[str, str], cost: float
) -> UsageRow:
    answered = cost > 0
    return UsageRow(
        event_id=event_id,
        timestamp=moment.isoformat(),
        provider=kind,
        provider_id=providers[kind],
        model=_MODELS[kind][0],
        camera=camera,
        attempt=1,
        success=answered,
        outcome="ok" if answered else "server",
        error=None if answered else "server",
        input_tokens=1400 * answered,
        output_tokens=60 * answered,
        tokens_used=1460 * answered,
        response_time_ms=1800,
        cost_estimate=cost,
        is_estimated=False,
        image_count=1,
        image_bytes=140_000,
        purpose=Purpose.EVENT,
        sent=True,
        day=day_of(moment),
    )


def _book(path: Path, rows: list[UsageRow], now: datetime) -> None:
    line = Line()
    for row in rows:
        line.put(row)
    ledger = Ledger(path, line, lambda: now)
    ledger.open()
    ledger.write()
    ledger.close()
