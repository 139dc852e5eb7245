"""Try the chain out before it is needed: every provider, and the hand-over to the second one."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.ulid import ulid_now

from ..chain import guard, policy
from ..chain.attempt import Attempt, Verdict, total_cost
from ..chain.failures import OK, Failure, ProviderError
from ..chain.run_queue import QueueClosedError, QueueFullError, Run, RunQueue
from ..chain.task import Provider, Reply, Task, Usage
from ..chain.walk import Chain
from ..ledger.rows import Purpose
from ..pictures import drawing
from ..providers.base import VendorProvider
from ..runtime import EyewitnessConfigEntry, Response, Runtime
from . import failures
from .answer import Answer
from .prompt import camera_task
from .publish import async_publish
from .record import EventRecord, Status

CAMERA: Final = "eyewitness.test_chain"
"""What stands in the ledger where an event has its camera."""
_STAND_IN: Final = "stand-in"
_GRACE_SECONDS: Final = 15.0
"""For the picture and the books; what is asked ends by its own time."""


@dataclass(frozen=True, slots=True)
class _Failing:
    """A stand-in that fails like a provider whose server is down, without asking it."""

    kind: str
    model: str
    id: str = _STAND_IN

    async def generate(self, task: Task[Any]) -> Reply:
        raise ProviderError(Failure.SERVER)

    def cost(self, model: str, usage: Usage | None) -> float | None:
        return 0.0


async def async_test(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> Response:
    """Return how each provider did with a key check and one tiny picture, and the hand-over.

    There is one at a time: who asks meanwhile shares it. It is stopped when the entry is unloaded.
    Raises ``HomeAssistantError`` when it cannot be made.
    """
    runtime = entry.runtime_data
    providers = list(runtime.providers.values())
    most = sum(policy.CHECK_SECONDS + _patience(runtime, [each]) for each in providers)
    test = partial(_test, hass, runtime, providers)
    seconds = most + _patience(runtime, providers) + _GRACE_SECONDS
    return await _bound(runtime.tests, CAMERA, test, seconds)


async def async_try(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider
) -> Attempt:
    """Show one provider a tiny picture; return its last attempt, booked like any other.

    It need not be one of the entry's: a flow tries settings out before they are stored. It is
    stopped when the entry is unloaded. Raises ``HomeAssistantError`` when it cannot be made.
    """
    runtime = entry.runtime_data
    trial = partial(_try, hass, runtime, provider)
    seconds = _patience(runtime, [provider]) + _GRACE_SECONDS
    return await _bound(runtime.trials, object(), trial, seconds)


async def async_look(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider: VendorProvider
) -> None:
    """Show one provider a tiny picture as an event would: what it does counts for later events.

    It is stopped when the entry is unloaded. Raises ``HomeAssistantError`` when it cannot be made.
    """
    runtime = entry.runtime_data
    seconds = _patience(runtime, [provider])

    async def look() -> None:
        await _run_chain(hass, runtime, [provider], await _task(hass), seconds, chain=runtime.chain)

    await _bound(runtime.looks, provider.id, look, seconds + _GRACE_SECONDS)


def _patience(runtime: Runtime, providers: Sequence[VendorProvider]) -> float:
    """Return the seconds that a trial of these providers may take.

    It is the user's patience, but a model that a server at home has to load first may need more.
    """
    patience = runtime.settings.attempt_seconds
    is_local = any(provider.local for provider in providers)
    return max(patience, policy.LOCAL_TRIAL_SECONDS) if is_local else patience


async def _bound[T](
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


async def _test(
    hass: HomeAssistant, runtime: Runtime, providers: Sequence[VendorProvider]
) -> Response:
    """Ask everybody and book it; a chain of its own asks, so that no circuit opens here."""
    stored = runtime.settings.providers
    if not providers:
        raise failures.error("no_provider")
    task = await _task(hass)
    rows = [
        await _test_provider(hass, runtime, each, stored[each.id].title, task) for each in providers
    ]
    fallback = await _test_hand_over(hass, runtime, providers, task)
    return {
        "ok": all(row["outcome"] == OK for row in rows)
        and (fallback is None or fallback["answered"] is not None),
        "providers": rows,
        "fallback": fallback,
    }


async def _try(hass: HomeAssistant, runtime: Runtime, provider: VendorProvider) -> Attempt:
    seconds = _patience(runtime, [provider])
    verdict = await _run_chain(hass, runtime, [provider], await _task(hass), seconds)
    return verdict.attempts[-1]


async def _task(hass: HomeAssistant) -> Task[Answer]:
    picture = await hass.async_add_executor_job(drawing.tiny_picture)
    return camera_task(picture, camera_name="Self-test")


async def _test_provider(
    hass: HomeAssistant,
    runtime: Runtime,
    provider: VendorProvider,
    title: str,
    task: Task[Answer],
) -> dict[str, Any]:
    try:
        await guard.ask(provider.kind, provider.check(), policy.CHECK_SECONDS)
        key = OK
    except ProviderError as err:
        key = err.failure.value
    verdict = await _run_chain(hass, runtime, [provider], task, _patience(runtime, [provider]))
    last = verdict.attempts[-1]
    return {
        "provider": provider.kind,
        "name": title,
        "model": last.model,
        "key": key,
        "outcome": last.outcome,
        "status": last.status,
        "response_time_ms": last.response_time_ms,
        "cost": total_cost(verdict.attempts),
    }


async def _test_hand_over(
    hass: HomeAssistant,
    runtime: Runtime,
    providers: Sequence[VendorProvider],
    task: Task[Answer],
) -> dict[str, Any] | None:
    """Make the first provider fail and see who answers, and how soon it was asked."""
    first, *others = providers
    if not others:
        return None
    stand_in = _Failing(first.kind, first.model)
    seconds = _patience(runtime, others)
    verdict = await _run_chain(hass, runtime, [stand_in, *others], task, seconds)
    # Up to the first request to somebody else: after that the stand-in's turn may come again.
    failed = list(takewhile(lambda attempt: attempt.provider_id == _STAND_IN, verdict.attempts))
    after = verdict.attempts[len(failed) :]
    winner = verdict.winner
    return {
        "failed": first.kind,
        "answered": winner.provider if winner else None,
        "hand_over_ms": round((after[0].started - failed[-1].ended) * 1000) if after else None,
        "response_time_ms": winner.response_time_ms if winner else None,
    }


async def _run_chain(
    hass: HomeAssistant,
    runtime: Runtime,
    providers: Sequence[Provider],
    task: Task[Answer],
    seconds: float,
    *,
    chain: Chain | None = None,
) -> Verdict[Answer]:
    known = {provider.id for provider in providers if provider in runtime.built.values()}
    purpose = Purpose.TEST if known else Purpose.TRIAL
    event_id = ulid_now()
    sent: list[Attempt] = []

    def book(attempt: Attempt) -> None:
        if attempt.provider_id != _STAND_IN:
            sent.append(attempt)
            runtime.accounts.async_book(event_id, CAMERA, purpose, attempt)

    try:
        chain = chain or Chain(attempt_seconds=seconds)
        return await chain.run(task, providers, seconds=seconds, on_attempt=book)
    finally:
        for attempt in sent:
            if attempt.success and attempt.provider_id in known:
                runtime.reset(attempt.provider_id)
        record = EventRecord(
            event_id=event_id,
            camera=CAMERA,
            status=Status.TESTED,
            purpose=purpose,
            attempts=tuple(sent),
        )
        async_publish(hass, runtime, record)
