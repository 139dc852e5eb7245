"""Begin the history of an older file with what was kept so far: the last words about each camera.

They have no pictures, but who updates finds something in it.
"""

from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Connection, Row, inspect, select, text

from . import event_rows
from .events import EventRow
from .schema import events


def list_last(connection: Connection, zone: tzinfo) -> None:
    """List the last description of each camera, and the last event if it was not described.

    ``zone`` is that of the house, for a time that does not say its own.
    """
    events.create(connection, checkfirst=True)
    if connection.scalar(select(events.c.id).limit(1)) is not None:
        return  # put together again from a dump
    found = {}
    for table, query in (("last_descriptions", _DESCRIBED), ("last_failure", _FAILED)):
        if inspect(connection).has_table(table):
            for row in connection.execute(text(query)):
                found[row.event_id] = _listed(connection, row, zone)
    if rows := [row for row in found.values() if row is not None]:
        event_rows.add(connection, rows)


def _listed(connection: Connection, last: Row[Any], zone: tzinfo) -> EventRow | None:
    try:
        time = datetime.fromisoformat(last.timestamp)
    except TypeError, ValueError:
        return None  # no reason to give up a file that could be used so far
    attempts = connection.execute(text(_ATTEMPTS), {"event_id": last.event_id}).mappings().all()
    costs = [each["cost"] for each in attempts if each["cost"] is not None]
    answered = connection.execute(text(_ANSWERED), {"event_id": last.event_id}).scalar()
    return EventRow(
        event_id=last.event_id,
        camera=last.camera,
        camera_name=last.camera.partition(".")[2].replace("_", " ").capitalize(),
        timestamp=time.replace(tzinfo=time.tzinfo or UTC).astimezone(zone).isoformat(),
        status=last.status,
        title=last.title,
        description=last.description,
        provider=last.provider,
        provider_id=answered,
        model=last.model,
        reason=last.reason,
        cost=sum(costs) if costs or not attempts else None,
        total_time_ms=sum(each["response_time_ms"] for each in attempts),
        attempts=tuple({**each, "status": None} for each in attempts),
    )


# In the layout of version 6 and with its words, whatever later versions make of them.
_DESCRIBED: Final = """
SELECT event_id, camera, timestamp, 'described' AS status, title, description, provider, model,
    '' AS reason
FROM last_descriptions
"""
_FAILED: Final = """
SELECT event_id, camera, timestamp, status, '' AS title, '' AS description, NULL AS provider,
    NULL AS model, reason
FROM last_failure
"""
_ATTEMPTS: Final = """
SELECT provider, model, outcome, response_time_ms, input_tokens, output_tokens,
    cost_estimate AS cost
FROM ai_usage WHERE event_id = :event_id AND purpose = 'event' ORDER BY attempt
"""
_ANSWERED: Final = """
SELECT provider_id FROM ai_usage WHERE event_id = :event_id AND purpose = 'event' AND success
"""
