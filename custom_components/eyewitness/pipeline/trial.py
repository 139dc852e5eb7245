"""Ask providers outside of any event: booked, bounded, and ended with the entry's run."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ulid import ulid_now

from ..chain import policy
from ..chain.attempt import Attempt, Verdict, known_cost
from ..chain.run_queue import QueueClosedError, QueueFullError, Run, RunQueue
from ..chain.task import Picture, Provider, Task
from ..chain.walk import Chain
from ..ledger.rows import NO_CAMERA, Purpose
from ..providers.base import VendorProvider
from ..runtime import Runtime
from . import failures
from .answer import Answer
from .publish import async_publish
from .record import EventRecord, Status

STAND_IN: Final = "stand-in"
"""The id of what is no provider: its requests are made to nobody, and booked nowhere."""
GRACE_SECONDS: Final = 15.0
"""For the picture and the books; what is asked ends by its own time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How one provider did with one picture."""

    attempts: tuple[Attempt, ...]
    """At least one."""
    picture: Picture
    """As it was sent."""
    answer: Answer | None
    """What was said, also by a model that has not looked; None when nothing was."""

    @property
    def success(self) -> bool:
        """Return whether it did well in the end."""
        return self.attempts[-1].success

    @property
    def outcome(self) -> str:
        """Return ``ok`` or the last failure."""
        return self.attempts[-1].outcome

    @property
    def model(self) -> str:
        """Return who was asked last."""
        return self.attempts[-1].model

    @property
    def response_time_ms(self) -> int:
        """Return how long the last attempt took."""
        return self.attempts[-1].response_time_ms

    @property
    def cost(self) -> float | None:
        """Return the USD of all attempts, None when they are not known or only guessed."""
        return known_cost(self.attempts)


def patience(runtime: Runtime, providers: Sequence[VendorProvider]) -> float:
    """Return the seconds that a trial of these providers may take.

    It is the user's patience, but a model that a server at home has to load first may need more.
    """
    seconds = runtime.settings.attempt_seconds
    is_local = any(provider.local for provider in providers)
    return max(seconds, policy.LOCAL_TRIAL_SECONDS) if is_local else seconds


async def async_bounded[T](
    queue: RunQueue[T], key: Hashable, work: Callable[[], Awaitable[T]], seconds: float
) -> T:
    """Return what some work returns that ends with the entry's run; raise our own errors."""

    async def start(_run: Run[T]) -> T:
        try:
            return await work()
        except HomeAssistantError:
            raise
        except Exception as err:  # noqa: BLE001 - the caller gets our words, the log the place
            raise failures.unexpected(err) from None

    try:
        result, _ = await queue.submit(key, start, seconds, group=key)
    except QueueFullError as err:
        raise failures.error("busy") from err
    except QueueClosedError as err:
        raise failures.error("interrupted") from err
    except TimeoutError as err:
        raise failures.error("too_slow") from err
    return result


async def async_ask(
    hass: HomeAssistant,
    runtime: Runtime,
    providers: Sequence[Provider],
    task: Task[Answer],
    *,
    seconds: float,
    camera: str = NO_CAMERA,
    chain: Chain | None = None,
) -> Verdict[Answer]:
    """Return how a chain did, one of its own unless told; its requests are booked.

    With its own no circuit opens here. A provider of the entry that answers is trusted again. One
    whose settings are not stored yet says nothing about the entry's.
    """
    known = {each.id for each in providers if each in runtime.built.values()}
    purpose = Purpose.TEST if known else Purpose.TRIAL
    event_id = ulid_now()
    sent: list[Attempt] = []

    def book(attempt: Attempt) -> None:
        if attempt.provider_id != STAND_IN:
            sent.append(attempt)
            runtime.accounts.async_book(event_id, camera, purpose, attempt)

    try:
        chain = chain or Chain(attempt_seconds=seconds)
        return await chain.run(task, providers, seconds=seconds, on_attempt=book)
    finally:
        for attempt in sent:
            if attempt.success and attempt.provider_id in known:
                runtime.reset(attempt.provider_id)
        record = EventRecord(
            event_id=event_id,
            camera=camera,
            status=Status.TESTED,
            purpose=purpose,
            attempts=tuple(sent),
        )
        async_publish(hass, runtime, record)
