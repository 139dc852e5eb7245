"""The entries that wait for the disk."""

from collections import deque
from collections.abc import Sequence
from threading import Lock
from typing import Final

from .rows import Entry

WAITING_MAX: Final = 10_000
"""About 4 MB (measured); the oldest go first."""


class Line:
    """A line that any thread may use: entries come in at its end and leave it when written."""

    def __init__(self) -> None:
        """Begin without entries."""
        self._entries: deque[Entry] = deque(maxlen=WAITING_MAX)
        self._lock = Lock()  # never held while somebody waits for the disk

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entry: Entry) -> None:
        """Add an entry at the end."""
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[Entry]:
        """Return what waits, oldest first."""
        with self._lock:
            return list(self._entries)

    def remove(self, written: Sequence[Entry]) -> None:
        """Take out entries of ``entries``; the oldest may have left already."""
        known = {id(entry) for entry in written}
        with self._lock:
            while self._entries and id(self._entries[0]) in known:
                self._entries.popleft()
