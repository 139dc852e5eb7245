"""Tell of an event: who hears of it, in which order, and what a broken listener costs."""

from typing import Any

from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest

from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.task import Usage
from custom_components.eyewitness.const import EVENT_DESCRIBED
from custom_components.eyewitness.ledger.rows import Purpose
from custom_components.eyewitness.pipeline.answer import Answer
from custom_components.eyewitness.pipeline.publish import SIGNAL_PUBLISHED, async_publish
from custom_components.eyewitness.pipeline.record import EventRecord, Status
from tests.kit import CAMERA, FakeCamera, House, pick
from tests.results import Fired

ATTEMPT = Attempt(
    provider_id="an id",
    provider="openai",
    model="m",
    number=1,
    failure=None,
    started=1.8e9,
    usage=Usage(7, 5),
)
PICTURED = {Status.FAILED, Status.REFUSED, Status.OFFLINE}
FAILURES = sorted(set(Status) - {Status.DESCRIBED, Status.TESTED, Status.CANCELLED})


def record(status: Status, purpose: Purpose = Purpose.EVENT) -> EventRecord:
    """Return the record of an event with one request."""
    answer = Answer(title="A man", description="A man.") if status is Status.DESCRIBED else None
    return EventRecord(
        event_id="1",
        camera=CAMERA,
        status=status,
        purpose=purpose,
        attempts=(ATTEMPT,),
        answer=answer,
    )


def observe(hass: HomeAssistant) -> list[EventRecord]:
    """Collect what an observer gets from now on."""
    found: list[EventRecord] = []

    @callback
    def keep(record: EventRecord) -> None:
        found.append(record)

    async_dispatcher_connect(hass, SIGNAL_PUBLISHED, keep)
    return found


@pytest.mark.no_fail_on_log_exception
async def test_row_83_a_listener_and_an_observer_that_raise(
    hass: HomeAssistant, house: House, camera: FakeCamera, fired: Fired
) -> None:
    """Somebody else's bug costs neither the answer nor its row, and the others hear of it."""
    await house.set_up("openai")
    raised: list[object] = []

    @callback
    def broken(what: object) -> None:
        raised.append(what)
        raise RuntimeError

    hass.bus.async_listen(EVENT_DESCRIBED, broken)
    async_dispatcher_connect(hass, SIGNAL_PUBLISHED, broken)
    others = observe(hass)
    response = await house.describe()
    assert response["provider"] == "openai"
    assert pick(await house.usage(), "event_id", "outcome") == [(response["event_id"], "ok")]
    assert len(raised) == 2
    assert [each.event_id for each in others] == [response["event_id"]]
    assert [event.data["event_id"] for event in fired.described] == [response["event_id"]]


async def test_the_accounts_are_there_when_the_event_is_fired(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """An automation that starts with the event reads the new sums, and no stop can lose a row."""
    await house.set_up("openai")
    accounts = house.runtime.accounts
    found: list[Any] = []

    @callback
    def look(event: Event) -> None:
        found.append((accounts.descriptions, accounts.last))

    hass.bus.async_listen(EVENT_DESCRIBED, look)
    response = await house.describe()
    ((descriptions, last),) = found
    assert (descriptions, last.event_id) == (1, response["event_id"])
    assert pick(await house.usage(), "event_id", "outcome") == [(response["event_id"], "ok")]


@pytest.mark.parametrize(
    ("status", "purpose", "hears"),
    [
        (Status.DESCRIBED, Purpose.EVENT, (1, 0)),
        *((status, Purpose.EVENT, (0, 1)) for status in FAILURES),
        (Status.CANCELLED, Purpose.EVENT, (0, 0)),
        (Status.TESTED, Purpose.TEST, (0, 0)),
        (Status.TESTED, Purpose.TRIAL, (0, 0)),
    ],
)
async def test_who_hears_of_it(
    hass: HomeAssistant,
    house: House,
    fired: Fired,
    status: Status,
    purpose: Purpose,
    hears: tuple[int, int],
) -> None:
    """The bus hears of a camera's event, unless every caller was stopped; observers of them all."""
    await house.set_up("openai")
    observed = observe(hass)
    ended, context = record(status, purpose), Context()
    async_publish(hass, house.runtime, ended, context)
    assert house.runtime.accounts.last == ended.description
    assert observed == [ended]
    assert fired.counts() == hears
    assert all(event.context is context for event in (*fired.described, *fired.failed))
    assert fired.statuses == [status.value] * hears[1]
    assert all(("snapshot" in event.data) is (status in PICTURED) for event in fired.failed)
