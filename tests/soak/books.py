"""Check the ledger's file and the sensors against each other, from outside."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
import shutil
import sqlite3
from typing import Any, Final

import pytest

from custom_components.eyewitness.ledger.schema import VERSION
from tests.harness.client import HassClient
from tests.ledger.kit import check_sums

_FILE: Final = "eyewitness.db"
_TOKENS: Final = ("input_tokens", "output_tokens", "tokens_used")


def copy_of_file(folder: Path, target: Path) -> Path:
    """Copy the database as it lies there, with its log, and return the copy."""
    target.mkdir(parents=True)
    for path in folder.glob(f"{_FILE}*"):
        shutil.copy(path, target / path.name)
    return target


def check_file(folder: Path) -> None:
    """Let SQLite look for damage."""
    with closing(sqlite3.connect(folder / _FILE)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA user_version").fetchone() == (VERSION,)
        wild = database.execute(
            "SELECT camera FROM last_descriptions AS last WHERE NOT EXISTS (SELECT 1 FROM ai_usage"
            " WHERE event_id = last.event_id AND camera = last.camera AND success)"
        ).fetchall()
        check_sums(folder / _FILE)
        assert not wild, "a description without the request that gave it"


def check_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Find rows, and events, of which only a part is there."""
    for row in rows:
        empty = {name for name, value in row.items() if value is None}
        assert empty <= {"error", "cost_estimate", *_TOKENS}, row
        tokens = [row[name] for name in _TOKENS if row[name] is not None]
        assert not tokens or tokens[0] + tokens[1] == tokens[2], row
        # In these stories every model has a price and no server is at home.
        assert (row["cost_estimate"] is None) == (not tokens), row
        assert (row["outcome"] == "ok") == bool(row["success"]) == (row["error"] is None), row
        assert not row["is_estimated"], row
    for found in _grouped(rows, "event_id").values():
        assert [row["attempt"] for row in found] == list(range(1, len(found) + 1)), found
        assert not any(row["success"] for row in found[:-1]), found
        assert len({row["camera"] for row in found}) == 1, found


def _grouped(
    rows: Sequence[Mapping[str, Any]], column: str
) -> Mapping[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


async def check_sensors(api: HassClient, rows: Sequence[Mapping[str, Any]]) -> None:
    """Compare every sensor that shows a sum with the sum of the table."""
    registry = await api.ws("config/entity_registry/list")
    states = await api.states()
    shown = {
        item["unique_id"]: states[item["entity_id"]]["state"]
        for item in registry
        if item["platform"] == "eyewitness" and item["entity_id"].startswith("sensor.")
        if item["disabled_by"] is None
    }
    for provider, found in _grouped(rows, "provider_id").items():
        for key, value in _sums(found).items():
            assert float(shown[f"{provider}_{key}"]) == pytest.approx(value, abs=1e-6), key
        ended = [row["outcome"] for row in found if row["outcome"] != "cancelled"]
        assert shown[f"{provider}_status"] == (ended[-1] if ended else "unused")
    total = "_total_cost"
    (entry,) = (name.removesuffix(total) for name in shown if name.endswith(total))
    described = {row["event_id"] for row in rows if row["success"] and row["purpose"] == "event"}
    assert int(shown[f"{entry}_descriptions"]) == len(described)
    cost = sum(row["cost_estimate"] or 0.0 for row in rows)
    assert float(shown[f"{entry}_total_cost"]) == pytest.approx(cost, abs=1e-6)


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {
        "calls": len(rows),
        "failures": sum(not row["success"] and row["outcome"] != "cancelled" for row in rows),
        "input_tokens": sum(row["input_tokens"] or 0 for row in rows),
        "output_tokens": sum(row["output_tokens"] or 0 for row in rows),
        "cost": sum(row["cost_estimate"] or 0.0 for row in rows),
    }
