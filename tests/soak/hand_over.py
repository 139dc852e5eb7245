"""Measure how soon the next vendor is asked when one has failed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median, quantiles
from typing import Any, Final

from tests.simulator import Vendor

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


@dataclass(frozen=True, slots=True)
class Step:
    """One step down the chain, in seconds."""

    handed_over: float
    """From the last failure there to the next vendor's first request."""
    spent: float
    """From the first failure there; what is more than the above went into second tries."""
    held: float
    """From the first request there: what this vendor has cost the event."""


def steps(requests: Sequence[Mapping[str, Any]], order: Sequence[Vendor]) -> list[Step]:
    """Read the steps of one event from the vendors' log; all four must have been asked."""
    firsts: list[int] = []
    for number, request in enumerate(requests):
        if request["vendor"] not in {requests[first]["vendor"] for first in firsts}:
            firsts.append(number)
    asked = [requests[first]["vendor"] for first in firsts]
    assert asked == list(order), f"{asked} instead of {order}"
    return [_step(requests, first, after) for first, after in pairwise(firsts)]


def _step(requests: Sequence[Mapping[str, Any]], first: int, after: int) -> Step:
    next_asked = requests[after]["received_monotonic"]
    return Step(
        handed_over=next_asked - requests[after - 1]["answered_monotonic"],
        spent=next_asked - requests[first]["answered_monotonic"],
        held=next_asked - requests[first]["received_monotonic"],
    )


def refused_step(
    rows: Sequence[Mapping[str, Any]], requests: Sequence[Mapping[str, Any]], vendor: Vendor
) -> Step:
    """Read the step after a vendor whose port is closed.

    It has no log, so its times come from the ledger; both clocks are this machine's.
    """
    tries = [row for row in rows if row["provider"] == vendor]
    before = max(row["id"] for row in tries)
    heir = next(row["provider"] for row in rows if row["id"] > before)
    asked = next(item["received_at"] for item in requests if item["vendor"] == heir)
    began = [datetime.fromisoformat(row["timestamp"]) for row in tries]
    took = [row["response_time_ms"] / 1000 for row in tries]
    gap = [(datetime.fromisoformat(asked) - start).total_seconds() for start in began]
    return Step(handed_over=gap[-1] - took[-1], spent=gap[0] - took[0], held=gap[0])


@dataclass
class Table:
    """Collect steps by fault and position."""

    cells: dict[tuple[str, int], list[Step]] = field(default_factory=lambda: defaultdict(list))

    def add(self, fault: str, position: int, step: Step) -> None:
        """Note a step from this position to the next."""
        self.cells[fault, position].append(step)

    def lines(self) -> Iterator[str]:
        """Return the table in milliseconds."""
        for (fault, position), found in self.cells.items():
            name = f"{fault:20} {position}→{position + 1} {len(found):4}"
            columns = [
                [step.handed_over for step in found],
                [step.spent for step in found],
                [step.held for step in found],
            ]
            yield " | ".join([name, *map(_figures, columns)])


HEAD: Final = "\n".join(
    [
        "milliseconds to the next vendor's request, each median, p95 and max",
        " | ".join(
            [
                " " * 28,
                "from the last failure  ",
                "from the first failure ",
                "from the first request",
            ]
        ),
    ]
)


def _figures(seconds: Sequence[float]) -> str:
    ms = sorted(value * 1000 for value in seconds)
    p95 = quantiles(ms, n=20, method="inclusive")[-1] if len(ms) > 1 else ms[0]
    return f"{median(ms):7.1f} {p95:7.1f} {ms[-1]:7.1f}"
