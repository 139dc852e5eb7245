"""Look through a camera for a person who waits: what was said, and the picture that was sent."""

from dataclasses import dataclass

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..chain.attempt import known_cost
from ..chain.task import Picture
from ..runtime import EyewitnessConfigEntry, Response
from .describe import async_describe
from .publish import SIGNAL_PUBLISHED
from .record import EventRecord
from .request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One description, and the picture that it is about."""

    response: Response
    picture: Picture | None
    """None when an earlier answer was still good enough."""
    cost: float | None
    """USD, None when that is not known: a guess is for limits, and not to be shown."""


async def async_look(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    entity_id: str,
    context: Context,
    *,
    by_person: bool = False,
) -> Look:
    """Describe a camera as any event, by its rules and in the accounts.

    ``by_person`` says that somebody waits whom the context does not name.
    Raises ``HomeAssistantError`` when there is no description.
    """
    records: dict[str, EventRecord] = {}

    @callback
    def keep(record: EventRecord) -> None:
        if record.camera == entity_id:
            records[record.event_id] = record

    runtime = entry.runtime_data
    request = Request(
        entity_id=entity_id,
        language=hass.config.language,
        # Without that rule, who looks shares the answer of an automation as ever.
        anew=runtime.rules_for(hass, entity_id).same_scene,
        seconds=runtime.settings.total_seconds,
        by_person=by_person,
    )
    stop = async_dispatcher_connect(hass, SIGNAL_PUBLISHED, keep)
    try:
        response = await async_describe(hass, entry, request, context)
    finally:
        stop()
    record = records.get(response["event_id"])
    return Look(
        response=response,
        picture=record.picture if record else None,
        cost=known_cost(record.attempts) if record else response["cost"],
    )
