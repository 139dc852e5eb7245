"""Hold what a set-up entry consists of; the platforms look at this and at nothing else."""

import asyncio
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .cameras import CameraRules
from .chain.gate import Gate
from .chain.models import Attempt
from .chain.runner import Chain
from .const import CONF_KIND, CONF_PROVIDER_ORDER, KINDS, SUBENTRY_PROVIDER
from .ledger import LastDescription, Ledger, Totals, UsageRow
from .memory import Memory
from .providers.base import VendorProvider

type Response = dict[str, Any]
"""What the action returns: the fields of the design's table."""

type Shape = tuple[dict[str, Any], dict[str, tuple[str, dict[str, Any]]]]
"""An entry's options, and the titles and data of its subentries by id."""

type EyewitnessConfigEntry = ConfigEntry[Runtime]


def provider_order(entry: ConfigEntry) -> list[str]:
    """Return the subentry ids in the user's order.

    A provider that the user has not placed yet goes where the default order puts its vendor:
    before the first placed one that comes later by default.
    """
    kinds = {
        subentry.subentry_id: str(subentry.data[CONF_KIND])
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER)
    }
    order = [key for key in entry.options.get(CONF_PROVIDER_ORDER, []) if key in kinds]
    for key in sorted(kinds.keys() - set(order), key=lambda key: (KINDS.index(kinds[key]), key)):
        rank = KINDS.index(kinds[key])
        place = next(
            (i for i, other in enumerate(order) if KINDS.index(kinds[other]) > rank), len(order)
        )
        order.insert(place, key)
    return order


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


def usage_row(attempt: Attempt, *, event_id: str, camera: str) -> UsageRow:
    """Return the ledger's row for an attempt."""
    usage = attempt.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    return UsageRow(
        event_id=event_id,
        timestamp=dt_util.utc_from_timestamp(attempt.started).isoformat(),
        provider=attempt.provider,
        provider_id=attempt.provider_id,
        model=attempt.model,
        camera=camera,
        attempt=attempt.number,
        success=attempt.success,
        outcome=attempt.outcome,
        error=attempt.error,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        tokens_used=sum(tokens),
        response_time_ms=attempt.response_time_ms,
        cost_estimate=attempt.cost,
        is_estimated=attempt.cost is None,
        image_count=1,
        image_bytes=attempt.image_bytes,
    )
