"""Read how a call ended, and what an entity shows."""

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import Any

from homeassistant.core import Event, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.eyewitness.const import DOMAIN

type Events = list[Event[dict[str, Any]]]


@dataclass
class Fired:
    """The events of ours that were fired."""

    described: Events
    failed: Events

    @property
    def statuses(self) -> list[str]:
        """Return how each failed event ended."""
        return [event.data["status"] for event in self.failed]

    def counts(self) -> tuple[int, int]:
        """Return how many there are of either kind."""
        return len(self.described), len(self.failed)


async def error_of(call: Awaitable[object], domain: str = DOMAIN) -> HomeAssistantError:
    """Return the error that a call ends with; its text is one of a domain's translations."""
    with pytest.raises(HomeAssistantError) as raised:
        await call
    assert raised.value.translation_domain == domain
    return raised.value


async def error_key(call: Awaitable[object]) -> str | None:
    """Return the key of the text of our error that a call ends with."""
    return (await error_of(call)).translation_key


def most_at_once(spans: Iterable[tuple[float, float | None]]) -> int:
    """Return how many spans of time overlap at most; None is for one that has not ended."""
    edges = [
        edge for start, end in spans for edge in ((start, 1), (inf if end is None else end, -1))
    ]
    return max(accumulate(step for _, step in sorted(edges)), default=0)


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that has one."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state
