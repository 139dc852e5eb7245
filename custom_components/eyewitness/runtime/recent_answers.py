"""The last answer to each request, for cameras that need no new one yet."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from math import inf
from typing import Final

KEPT: Final = 200
"""Answers at most. Every other prompt or language is a request of its own, and an automation may
write the time into its prompt."""


@dataclass(slots=True)
class RecentAnswers[T]:
    """Answers by what was asked, kept for the seconds in which a camera rests."""

    _answers: dict[Hashable, tuple[float, T]] = field(default_factory=dict)

    def get(self, key: Hashable, now: float, seconds: float) -> T | None:
        """Return the last answer to the same request if it is younger than so many seconds."""
        answered, answer = self._answers.get(key, (-inf, None))
        return answer if now - answered < seconds else None

    def put(self, key: Hashable, now: float, seconds: float, answer: T) -> None:
        """Keep an answer for so many seconds, and forget those that are older or one too many."""
        if not seconds:
            return
        self._answers.pop(key, None)  # so that the oldest answer stays the first one
        fresh = [each for each in self._answers.items() if now - each[1][0] < seconds]
        self._answers = dict([*fresh, (key, (now, answer))][-KEPT:])
