"""Do the sums of a day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from tests.simulator import VENDORS, Vendor
from tests.soak.live import Call, Lived
from tests.soak.report import spread

ANSWERED: Final = ("described", "joined", "reused")
FAILED: Final = ("all_failed", "all_resting", "offline")
LATE: Final = "too_slow"
BUSY: Final = "busy"
_STALLING: Final = ("hang", "drip", "latency")
"""Faults that explain a timeout."""


@dataclass(frozen=True)
class Tally:
    """What happened, what is in the ledger and what the vendors saw."""

    lived: Lived
    rows: Sequence[Mapping[str, Any]]
    requests: Sequence[Mapping[str, Any]]

    @property
    def outcomes(self) -> Counter[str]:
        """Return how many calls ended in each way."""
        return Counter(call.outcome for call in self.lived.calls)

    @property
    def missed(self) -> list[tuple[Call, list[Vendor]]]:
        """Return the calls without a description, each with the vendors that could have given one.

        A vendor could if it was fine from the beginning of the run to the end of the call and had
        not told us to stay away. Calls that were answered "busy" do not count: nobody was asked.
        """
        began = _beginnings(self.lived.calls)
        found = []
        for call in self.lived.calls:
            if call.outcome in (*ANSWERED, BUSY):
                continue
            start = began[call.run]
            able = [
                vendor
                for vendor in VENDORS
                if call.cooldowns[vendor] <= start and not self._was_bad(vendor, start, call.ended)
            ]
            if able:
                found.append((call, able))
        return found

    def _was_bad(self, vendor: Vendor, start: float, end: float) -> bool:
        return any(begun <= end and start <= ended for begun, ended in self.lived.bad_times[vendor])

    @property
    def unexpected(self) -> Counter[str]:
        """Return the outcomes that a call must not have."""
        known = (*ANSWERED, *FAILED, LATE, BUSY)
        return Counter(call.outcome for call in self.lived.calls if call.outcome not in known)

    @property
    def events(self) -> dict[str, tuple[int, int]]:
        """Return how many events were owed, and how many there were on the bus, by type.

        One is owed for each run that ended, and one for each call that was answered "busy".
        """
        described = {call.run for call in self.lived.calls if call.outcome == "described"}
        failed = {call.run for call in self.lived.calls if call.outcome in FAILED}
        owed = {EVENT_DESCRIBED: len(described), EVENT_FAILED: len(failed) + self.outcomes[BUSY]}
        return {kind: (count, self.lived.events[kind]) for kind, count in owed.items()}

    @property
    def false_timeouts(self) -> list[Mapping[str, Any]]:
        """Return the requests that were cut off though nobody had made the vendor slow.

        They come from the bent time: the machine was too busy to answer in a few milliseconds.
        """
        return [r for r in self.requests if r["client_gone"] and r["fault"] not in _STALLING]

    def booked(self) -> tuple[Counter[Any], Counter[Any]]:
        """Return vendor and error status of each row, and of each request that was seen."""
        rows = Counter((row["provider"], _refusal(_status(row))) for row in self.rows)
        seen = Counter((item["vendor"], _refusal(item["status"])) for item in self.requests)
        return rows, seen

    def figures(self) -> dict[str, Any]:
        """Return what is worth knowing."""
        described = [call for call in self.lived.calls if call.outcome == "described"]
        return {
            "calls": self.outcomes,
            "events: owed, fired": self.events,
            "requests seen by the vendors": len(self.requests),
            "rows": {
                vendor: Counter(row["outcome"] for row in self.rows if row["provider"] == vendor)
                for vendor in VENDORS
            },
            "seconds to a description, loop time": spread(c.ended - c.began for c in described),
            "timeouts that the bent time made": len(self.false_timeouts),
        }


def _beginnings(calls: Iterable[Call]) -> dict[str, float]:
    """Return when each run began: with the first call that shared it."""
    began: dict[str, float] = {}
    for call in calls:
        began[call.run] = min(call.began, began.get(call.run, call.began))
    return began


def _refusal(status: int | None) -> int | None:
    """Return a status that says no; those that promise an answer may come with none."""
    return status if status is not None and status >= 400 else None


def _status(row: Mapping[str, Any]) -> int | None:
    word = (row["error"] or "").rpartition(" ")[2]
    return int(word) if word.isdecimal() else None
