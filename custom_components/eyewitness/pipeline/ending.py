"""See to it that an event ends in exactly one way, and that this is told once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..chain.attempt import Attempt
from ..chain.run_queue import Run, Stop
from ..ledger.rows import Purpose
from ..runtime import Response, Runtime
from ..runtime.kept_pictures import last_picture_entity
from ..runtime.outcome_texts import as_sentence
from . import failures
from .publish import async_publish
from .record import Event, EventRecord, Status

_STOPPED: Final = {
    Stop.FULL: (Status.DROPPED, "busy"),
    Stop.LATE: (Status.DROPPED, "too_slow"),
    Stop.CLOSED: (Status.INTERRUPTED, "interrupted"),
    Stop.LEFT: (Status.CANCELLED, "interrupted"),
}
"""How its event ends, and the error for whoever waits."""


@dataclass(slots=True)
class Ending:
    """How one event ends: the first that is said of it counts, and nothing after that."""

    hass: HomeAssistant
    runtime: Runtime
    context: Context
    event: Event
    attempts: list[Attempt] = field(default_factory=list)
    """What was sent for it so far."""
    told: bool = False

    def tell(
        self, status: Status, *, error: HomeAssistantError | None = None, **facts: Any
    ) -> EventRecord:
        """Publish the end, unless there was one before; return the record.

        ``error`` is what the callers are told instead of a description.
        """
        if status is Status.DESCRIBED:
            facts["image_entity"] = last_picture_entity(self.hass, self.runtime, self.event.camera)
        record = self.event.ended(
            self.hass.loop.time(),
            status,
            attempts=tuple(self.attempts),
            reason=as_sentence(self.hass, error) if error else "",
            **facts,
        )
        if not self.told:
            self.told = True
            async_publish(self.hass, self.runtime, record, self.context)
        return record

    def book(self, attempt: Attempt) -> None:
        """Enter a request into the accounts as soon as it has ended: it is billed."""
        self.attempts.append(attempt)
        self.runtime.accounts.async_book(self.event.id, self.event.camera, Purpose.EVENT, attempt)

    def stop(self, stop: Stop) -> None:
        """Tell that its run was stopped, or never began."""
        status, key = _STOPPED[stop]
        self.tell(status, error=failures.error(key))

    @contextmanager
    def sure(self, run: Run[Response] | None = None) -> Iterator[None]:
        """Tell an end also when what happens inside is stopped, fails or has a bug."""
        try:
            yield
        except asyncio.CancelledError:
            self.stop((run and run.stopped) or Stop.CLOSED)
            raise
        except HomeAssistantError as err:
            self.tell(Status.FAILED, error=err)
            raise
        except KeyboardInterrupt, SystemExit, GeneratorExit:
            raise  # the process ends, or nobody runs this any more
        except BaseException as err:  # noqa: BLE001 - the caller gets our words, the log the place
            error = failures.unexpected(err)
            self.tell(Status.FAILED, error=error)
            raise error from None
