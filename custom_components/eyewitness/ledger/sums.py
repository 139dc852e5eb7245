"""What all entries come to: read from the file once, and counted on in memory from then on."""

from dataclasses import dataclass, field

from .rows import NO_CAMERA, Entry, LastDescription, LastFailure, Purpose, Totals


@dataclass(slots=True, kw_only=True)
class Sums:
    """The figures that are shown all the time."""

    totals: dict[str, Totals] = field(default_factory=dict)
    """By subentry id, of every stored provider that was ever asked."""
    cost: float = 0.0
    """USD, of all requests, trials of providers that were never stored included."""
    descriptions: int = 0
    """How many events were described; tests and trials are none."""
    viewers: dict[str, str] = field(default_factory=dict)
    """The kind of the provider that was sent a camera's picture last, for an event or a trial, by
    entity id."""
    last: LastDescription | None = None
    """What was said last, of any camera."""
    failure: LastFailure | None = None
    """The last event of any camera, if it was not described."""
    _described: str = ""
    """The event that was counted last: of two answers in one moment the second counts for none."""

    def add(self, entry: Entry) -> None:
        """Count one more entry."""
        if isinstance(entry, LastDescription):
            self.last, self.failure = entry, None
            return
        if isinstance(entry, LastFailure):
            self.failure = entry
            return
        self.cost += entry.cost_estimate or 0.0
        if entry.provider_id:
            before = self.totals.get(entry.provider_id, Totals())
            self.totals[entry.provider_id] = before.plus(entry)
        if entry.sent and entry.camera != NO_CAMERA:
            self.viewers[entry.camera] = entry.provider
        is_described = entry.purpose is Purpose.EVENT and entry.success
        if is_described and entry.event_id != self._described:
            self.descriptions += 1
            self._described = entry.event_id
