"""What all entries come to: read from the file once, and counted on in memory from then on."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from .rows import (
    NO_CAMERA,
    CameraTotals,
    Entry,
    LastDescription,
    LastFailure,
    Period,
    Purpose,
    Renamed,
    Reused,
    Spent,
    Totals,
    UsageRow,
)

_ANSWERED: Final = 64
"""More events than can end between two answers to one of them."""


@dataclass(slots=True, kw_only=True)
class Sums:
    """The figures that are shown all the time."""

    day: str
    """Today, like ``2026-11-26``."""
    spent: dict[str, dict[str | None, Spent]] = field(default_factory=dict)
    """By the names of days and months, and ``ever`` (``Period.of``), and then by subentry id, under
    None by all providers: trials of those that were never stored have an empty id. The days beside
    today are known as well, since a clock may be set back over midnight."""
    totals: dict[str, Totals] = field(default_factory=dict)
    """By subentry id, of every stored provider that was ever asked."""
    cameras: dict[str, CameraTotals] = field(default_factory=dict)
    """By entity id, of every camera that a request was made for."""
    viewers: dict[str, str] = field(default_factory=dict)
    """The kind of the provider that was sent a camera's picture last, for an event or a trial, by
    entity id."""
    last: LastDescription | None = None
    """What was said last, of any camera."""
    failure: LastFailure | None = None
    """The last event of any camera, if it was not described."""
    _answered: deque[str] = field(default_factory=lambda: deque(maxlen=_ANSWERED), compare=False)
    """The events that were counted last: of two answers to one event the second is none."""

    def spent_in(self, period: Period, provider_id: str | None) -> Spent:
        """Return what was spent today, in this month or ever."""
        return self.spent.get(period.of(self.day), {}).get(provider_id, Spent())

    def add(self, entry: Entry) -> None:
        """Count one more entry."""
        match entry:
            case LastDescription():
                self.last, self.failure = entry, None
            case LastFailure():
                self.failure = entry
            case Reused():
                self._spend(entry, Spent(saved_calls=1, saved_cost=entry.cost or 0.0))
            case Renamed():
                self._rename(entry.camera, entry.name)
            case UsageRow():
                self._add_request(entry)

    def _add_request(self, row: UsageRow) -> None:
        cost, described = row.cost_estimate or 0.0, self._is_description(row)
        self._spend(row, Spent(calls=int(row.sent), cost=cost, descriptions=int(described)))
        if row.provider_id:
            before = self.totals.get(row.provider_id, Totals())
            self.totals[row.provider_id] = before.plus(row)
        if row.camera == NO_CAMERA:
            return
        more = CameraTotals(descriptions=int(described), cost=cost)
        self.cameras[row.camera] = self.cameras.get(row.camera, CameraTotals()) + more
        if row.sent:
            self.viewers[row.camera] = row.provider

    def _rename(self, before: str, name: str) -> None:
        if totals := self.cameras.pop(before, None):
            self.cameras[name] = self.cameras.get(name, CameraTotals()) + totals
        if viewer := self.viewers.pop(before, None):
            self.viewers[name] = viewer

    def _spend(self, entry: UsageRow | Reused, more: Spent) -> None:
        for period in Period:
            spent = self.spent.setdefault(period.of(entry.day), {})
            for key in (entry.provider_id, None):
                spent[key] = spent.get(key, Spent()) + more

    def _is_description(self, row: UsageRow) -> bool:
        if row.purpose is not Purpose.EVENT or not row.success or row.event_id in self._answered:
            return False
        self._answered.append(row.event_id)
        return True
