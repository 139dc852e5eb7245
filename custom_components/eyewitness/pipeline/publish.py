"""Tell of a finished event: the ledger first, then the bus, then the observers.

The only module that fires on the bus. Home Assistant isolates listeners and observers: one that
raises costs neither the answer nor its row.
"""

from typing import Any

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN, EVENT_BUDGET, EVENT_DESCRIBED, EVENT_FAILED
from ..runtime import Runtime
from .record import EventRecord, Status

SIGNAL_PUBLISHED: SignalType[EventRecord] = SignalType(f"{DOMAIN}_published")
"""Sent with the record of every event, when its sums are up to date."""


@callback
def async_publish(
    hass: HomeAssistant, runtime: Runtime, record: EventRecord, context: Context | None = None
) -> None:
    """Tell everybody; the requests were booked as they ended.

    Nothing is awaited here, so that no cancellation can come between the ledger and the rest. A
    cancelled event and a test are counted, but the bus hears of neither.
    """
    if (said := record.said_before) is not None:
        runtime.accounts.async_reuse(
            record.camera,
            provider=said.winner.provider,
            provider_id=said.winner.provider_id,
            model=said.winner.model,
            cost=said.winner.cost,
        )
    if (end := record.description or record.last_failure) is not None:
        runtime.accounts.async_end(end)
    if record.is_told:
        if record.status is Status.DESCRIBED:
            hass.bus.async_fire(EVENT_DESCRIBED, record.response(), context=context)
        else:
            hass.bus.async_fire(EVENT_FAILED, record.failure(), context=context)
        picture = record.picture.jpeg if record.picture else None
        runtime.history.async_add(record.listed, picture)
    async_dispatcher_send(hass, SIGNAL_PUBLISHED, record)


@callback
def async_publish_budget(hass: HomeAssistant, fields: dict[str, Any]) -> None:
    """Tell automations that most or all of a limit is used."""
    hass.bus.async_fire(EVENT_BUDGET, fields)
