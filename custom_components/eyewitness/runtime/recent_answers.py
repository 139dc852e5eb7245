"""The last answer to each request, for cameras that need no new one yet."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from math import inf


@dataclass(slots=True)
class RecentAnswers[T]:
    """Answers by what was asked, kept for the seconds in which a camera rests."""

    _answers: dict[Hashable, tuple[float, T]] = field(default_factory=dict)

    def get(self, key: Hashable, now: float, seconds: float) -> T | None:
        """Return the last answer to the same request if it is younger than so many seconds."""
        answered, answer = self._answers.get(key, (-inf, None))
        return answer if now - answered < seconds else None

    def put(self, key: Hashable, now: float, seconds: float, answer: T) -> None:
        """Keep an answer for so many seconds, and forget the older ones."""
        if seconds:
            fresh = {k: kept for k, kept in self._answers.items() if now - kept[0] < seconds}
            self._answers = {**fresh, key: (now, answer)}
