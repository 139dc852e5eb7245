"""What a set-up entry consists of, and everything that belongs to the entry.

The platforms look at ``Runtime`` and at nothing else.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..chain.attempt import Attempt
from ..chain.run_queue import Gate
from ..chain.walk import Chain
from ..ledger import LastDescription, Ledger, Totals, UsageRow
from ..pictures.rules import CameraRules
from ..providers.base import VendorProvider
from .accounts import usage_row
from .cooldown_store import Memory
from .settings import Shape

type Response = dict[str, Any]
"""What the action returns: the fields of the design's table."""

type EyewitnessConfigEntry = ConfigEntry[Runtime]


@dataclass(slots=True, kw_only=True)
class Runtime:
    """Hold the providers in order, what they cost so far and what was seen last."""

    providers: dict[str, VendorProvider]
    """By subentry id, in the user's order; one whose key cannot be read is not among them."""
    chain: Chain
    ledger: Ledger
    totals: dict[str, Totals]
    """By subentry id, of every provider that was ever asked."""
    last: LastDescription | None
    shape: Shape
    """What all this was built from."""
    cameras: tuple[CameraRules, ...]
    viewers: dict[str, str]
    """The kind of provider that saw a camera last, by entity id."""
    gate: Gate[Response]
    memory: Memory
    master_key_source: str
    """In words for everybody, never the key or a path."""
    master_keys: int
    """How many there are; all but the newest only decrypt."""
    cooldown_seconds: float = 0.0
    """How long a camera's last answer is good enough."""
    refused: set[str] = field(default_factory=set)
    """Subentries whose key the vendor has refused twice."""
    _recent: dict[Hashable, tuple[float, Response]] = field(default_factory=dict)
    _listeners: list[CALLBACK_TYPE] = field(default_factory=list)

    def rules_for(self, hass: HomeAssistant, entity_id: str) -> CameraRules:
        """Return what the user wants for a camera; for most of them that is nothing special.

        A camera that took over another one's name has that one's rules unless it has its own.
        """
        found = [rules for rules in self.cameras if rules.covers(hass, entity_id)]
        own = (rules for rules in found if rules.now(hass) == entity_id)
        return next(own, found[0] if found else CameraRules())

    def recent(self, wish: Hashable, now: float) -> Response | None:
        """Return the last answer to the same wish, as long as the camera's cooldown lasts."""
        taken, response = self._recent.get(wish, (-inf, {}))
        return response if now - taken < self.cooldown_seconds else None

    def remember(self, wish: Hashable, now: float, response: Response) -> None:
        """Keep an answer for as long as the cooldown lasts."""
        if self.cooldown_seconds:
            fresh = {
                key: kept
                for key, kept in self._recent.items()
                if now - kept[0] < self.cooldown_seconds
            }
            self._recent = {**fresh, wish: (now, response)}

    def pardon(self, provider_id: str) -> None:
        """Trust a provider again that has just proved itself in a test."""
        self.refused.discard(provider_id)
        self.chain.standing(provider_id).pardon()
        self.memory.async_save()

    @callback
    def async_book(
        self,
        hass: HomeAssistant,
        event_id: str,
        camera: str,
        attempts: Iterable[Attempt],
        last: LastDescription | None,
    ) -> asyncio.Future[None]:
        """Add an event's requests to the sums and to the ledger.

        The write runs to its end whether or not somebody awaits the future.
        """
        rows = [usage_row(attempt, event_id=event_id, camera=camera) for attempt in attempts]
        self.viewers |= {row.camera: row.provider for row in rows}
        self.async_take_in(rows, last)
        self.ledger.take(rows, last)
        return hass.async_add_executor_job(self.ledger.write)

    @callback
    def async_subscribe(self, listener: CALLBACK_TYPE) -> Callable[[], None]:
        """Call back after every event; return what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def async_take_in(self, rows: Iterable[UsageRow], last: LastDescription | None) -> None:
        """Add an event to the sums and tell the entities."""
        for row in rows:
            self.totals[row.provider_id] = self.totals.get(row.provider_id, Totals()).plus(row)
        if last is not None:
            self.last = last
        for listener in list(self._listeners):
            listener()
