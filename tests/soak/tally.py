"""Do the sums of a day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from tests.simulator import VENDORS, Vendor
from tests.soak.live import Call, Lived

ANSWERED: Final = ("described", "joined", "reused")
FAILED: Final = ("all_failed", "all_resting", "offline")
LATE: Final = "too_slow"
BUSY: Final = "busy"
_NO: Final = 400
_STALLING: Final = ("hang", "drip", "latency")
"""Faults that explain a timeout."""


@dataclass(frozen=True)
class Tally:
    """Hold what happened, what is in the ledger and what the vendors saw."""

    lived: Lived
    rows: Sequence[Mapping[str, Any]]
    requests: Sequence[Mapping[str, Any]]

    @property
    def outcomes(self) -> Counter[str]:
        """Return how many calls ended in each way."""
        return Counter(call.outcome for call in self.lived.calls)

    @property
    def unanswered(self) -> list[tuple[Call, list[Vendor], list[Vendor]]]:
        """Return the calls without a description, each with who could have given one.

        First those who were fine and had not told us to stay away, then all who were fine.
        """
        began = _beginnings(self.lived.calls)
        found = []
        for call in self.lived.calls:
            if call.outcome not in (*ANSWERED, BUSY):
                start = began[call.flight]
                fine = [v for v in VENDORS if not self._was_bad(v, start, call.ended)]
                found.append((call, [v for v in fine if call.benched[v] <= start], fine))
        return found

    def _was_bad(self, vendor: Vendor, start: float, end: float) -> bool:
        return any(begun <= end and start <= ended for begun, ended in self.lived.bad_times[vendor])

    def could_answer(self, *, benched: bool) -> tuple[int, int]:
        """Return how many calls a vendor could have answered, and how many were answered.

        A vendor could if it was fine from the beginning to the end and, unless ``benched``, had
        not told us to stay away. Calls that were told "busy" do not count: nobody was asked.
        """
        began = _beginnings(self.lived.calls)
        able = answered = 0
        for call in self.lived.calls:
            if call.outcome == BUSY:
                continue
            start = began[call.flight]
            fine = [v for v in VENDORS if not self._was_bad(v, start, call.ended)]
            if any(benched or call.benched[v] <= start for v in fine):
                able += 1
                answered += call.outcome in ANSWERED
        return able, answered

    @property
    def unexpected(self) -> Counter[str]:
        """Return the outcomes that a call must not have."""
        known = (*ANSWERED, *FAILED, LATE, BUSY)
        return Counter(call.outcome for call in self.lived.calls if call.outcome not in known)

    @property
    def events_fired(self) -> tuple[int, int]:
        """Return how many events there were on the bus: described, failed."""
        return len(self.lived.described), len(self.lived.failed)

    @property
    def events_owed(self) -> tuple[int, int]:
        """Return one for each flight that ended, and one for each call that was told "busy"."""
        described = {c.flight for c in self.lived.calls if c.outcome == "described"}
        failed = {c.flight for c in self.lived.calls if c.outcome in FAILED}
        return len(described), len(failed) + self.outcomes[BUSY]

    @property
    def late(self) -> int:
        """Return how many calls were over before their flight.

        The last one to leave a flight owes an event for all of them; the others do not.
        """
        return self.outcomes[LATE]

    @property
    def false_timeouts(self) -> list[Mapping[str, Any]]:
        """Return how many requests were cut off though nobody had made the vendor slow.

        They come from the bent time: the machine was too busy to answer in a few milliseconds.
        """
        return [r for r in self.requests if r["client_gone"] and r["fault"] not in _STALLING]

    def booked(self) -> tuple[Counter[Any], Counter[Any]]:
        """Return vendor and error status of each row, and of each request that was seen."""
        rows = Counter((row["provider"], _refusal(_status(row))) for row in self.rows)
        seen = Counter((item["vendor"], _refusal(item["status"])) for item in self.requests)
        return rows, seen

    def lines(self) -> list[str]:
        """Return the figures in words."""
        outcomes = self.outcomes
        kinds: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.rows:
            kinds[row["provider"]][row["outcome"]] += 1
        described = [c.ended - c.began for c in self.lived.calls if c.outcome == "described"]
        able, answered = self.could_answer(benched=False)
        able_all, answered_all = self.could_answer(benched=True)
        return [
            f"calls: {len(self.lived.calls)}: {dict(outcomes.most_common())}",
            f"events fired: {len(self.lived.described)} described, {len(self.lived.failed)} failed",
            f"requests: {len(self.requests)} seen by the vendors, {len(self.rows)} rows",
            *(f"  {vendor}: {dict(kinds[vendor].most_common())}" for vendor in VENDORS),
            f"a vendor could have answered {able} calls, {answered} were answered",
            f"  with vendors that had told us to stay away: {able_all}, {answered_all}",
            f"seconds to a description, loop time: {_spread(described)}",
            f"timeouts that the bent time made: {len(self.false_timeouts)}",
        ]


def _beginnings(calls: Iterable[Call]) -> dict[str, float]:
    """Return when each flight began: with the first call that shared it."""
    began: dict[str, float] = {}
    for call in calls:
        began[call.flight] = min(call.began, began.get(call.flight, call.began))
    return began


def _spread(values: Iterable[float]) -> str:
    found = sorted(values)
    p95 = found[int(len(found) * 0.95)]
    return f"median {median(found):.1f}, p95 {p95:.1f}, max {found[-1]:.1f}"


def _refusal(status: int | None) -> int | None:
    """Return a status that says no; those that promise an answer may come with none."""
    return status if status is not None and status >= _NO else None


def _status(row: Mapping[str, Any]) -> int | None:
    word = (row["error"] or "").rpartition(" ")[2]
    return int(word) if word.isdecimal() else None
