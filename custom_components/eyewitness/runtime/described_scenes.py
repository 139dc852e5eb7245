"""The last described scene of each camera whose rules want the same one described once."""

from dataclasses import dataclass, field
from typing import Final

from ..pictures.scene import Scene

REUSED_SECONDS: Final = 1800.0
"""How long an answer may be given again. What the comparison has overlooked is then described all
the same, and the sun has moved on: its shadows differ by then, and what it lights does. Half an
hour bounds what a camera costs at which all is still to 48 descriptions a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedScene[T]:
    """What a camera showed when it was described, and what was said."""

    asked: object
    """Everything else that the answer depends on."""
    scene: Scene
    at: float
    """Loop time."""
    said: T


@dataclass(slots=True)
class DescribedScenes[T]:
    """By entity id; in memory only, so that everything is described anew after a start."""

    _last: dict[str, DescribedScene[T]] = field(default_factory=dict)

    def get(self, entity_id: str, asked: object, now: float) -> DescribedScene[T] | None:
        """Return the last one, if it was about the same question and is young enough."""
        last = self._last.get(entity_id)
        if last is None or last.asked != asked or now - last.at >= REUSED_SECONDS:
            return None
        return last

    def put(self, entity_id: str, described: DescribedScene[T]) -> None:
        """Remember what was described; an answer that is given again never comes here."""
        self._last[entity_id] = described

    def forget(self, entity_id: str) -> None:
        """Have a camera described anew."""
        self._last.pop(entity_id, None)

    def clear(self) -> None:
        """Have all cameras described anew, and keep no picture of any."""
        self._last.clear()
