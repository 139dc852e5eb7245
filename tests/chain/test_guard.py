"""Whatever the code of a provider raises, the next provider is asked."""

import asyncio
from dataclasses import replace
from typing import Any, override

import pytest

from custom_components.eyewitness.chain import guard
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Reply, Task

from .fakes import OK, PICTURE, FakeProvider, World, cancel, run, virtual

FOREIGN = [
    asyncio.CancelledError("secret"),
    GeneratorExit("secret"),
    BaseExceptionGroup("secret", [asyncio.CancelledError("secret"), OSError("secret")]),
    ExceptionGroup("secret", [OSError("secret")]),
    StopAsyncIteration("secret"),
]


class Raising(FakeProvider):
    """Raises what no provider should."""

    raises: BaseException

    @override
    async def generate(self, task: Task[Any]) -> Reply:
        """Raise it, after a moment."""
        await asyncio.sleep(1)
        raise self.raises


def raising(world: World, error: BaseException) -> None:
    """Put a provider that raises this first."""
    provider = Raising("openai", iter(()), world, "openai")
    provider.raises = error
    world.providers.insert(0, provider)


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("hedge_seconds", [0.0, 20.0])
@virtual
async def test_row_45_the_next_provider_answers(
    error: BaseException, hedge_seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    """A library's own cancellation does not pass for ours; its words are in no log."""
    world = World(grok=OK)
    world.chain.hedge_seconds = hedge_seconds
    raising(world, error)
    assert (await world.ask()).trail == "openai unknown, grok ok"
    assert f"openai raised {type(error).__name__}" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "error",
    [KeyboardInterrupt(), SystemExit(), BaseExceptionGroup("", [OSError(), KeyboardInterrupt()])],
    ids=lambda error: type(error).__name__,
)
def test_the_process_can_be_ended(error: BaseException) -> None:
    """Also from within a library."""

    async def story() -> None:
        world = World(grok=OK)
        raising(world, error)
        try:
            await world.ask()
        except BaseException as err:  # noqa: BLE001 - the loop itself would raise it
            assert err is error or error in getattr(err, "exceptions", ())  # noqa: PT017
            return
        pytest.fail("it was swallowed")

    run(story())


@pytest.mark.parametrize("error", [RuntimeError("closed"), ProviderError(Failure.NETWORK)])
@virtual
async def test_row_76_a_stop_that_a_library_swallows(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is one all the same: nobody else is asked."""
    world = World(grok=OK)

    async def swallow(_task: Task[Any]) -> Reply:
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            raise error from None
        raise AssertionError

    raising(world, error)
    monkeypatch.setattr(world.providers[0], "generate", swallow)
    task = asyncio.create_task(world.ask())
    await asyncio.sleep(1)
    await cancel(task)
    assert world.requests == []


@virtual
async def test_a_task_that_is_thrown_away() -> None:
    """A coroutine that is closed ends quietly."""

    async def never() -> None:
        await asyncio.Event().wait()

    request = guard.ask("openai", never(), 10)
    steps = request.__await__()
    loop = asyncio.get_running_loop()
    outer = loop.create_future()

    async def drive() -> None:
        next(steps)
        outer.set_result(None)

    await asyncio.create_task(drive())
    request.close()


@pytest.mark.parametrize(
    "error", [*FOREIGN, RuntimeError("secret")], ids=lambda e: type(e).__name__
)
@virtual
async def test_what_a_reader_a_price_or_a_picture_raises(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same holds for all that the chain calls."""

    def fail(*_: object) -> Any:
        raise error

    world = World(openai=OK)
    monkeypatch.setattr(world.providers[0], "cost", fail)
    result = await world.ask()
    assert (result.trail, result.attempts[0].cost) == ("openai ok", None)
    assert await guard.shrink((replace(PICTURE, shrink=fail),), 1.0) is None
    task = Task(name="", system="", user="", pictures=(), schema={}, max_tokens=1, read=fail)
    with pytest.raises(ProviderError) as caught:
        guard.read(task, Reply(text="", model=""))
    assert caught.value.failure is Failure.UNKNOWN


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit()])
def test_the_process_can_be_ended_from_anywhere(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reader and price are no exception."""

    def fail(*_: object) -> Any:
        raise error

    provider = World(openai=OK).providers[0]
    monkeypatch.setattr(provider, "cost", fail)
    task = Task(name="", system="", user="", pictures=(), schema={}, max_tokens=1, read=fail)
    for call in (
        lambda: guard.cost(provider, "gpt", None),
        lambda: guard.read(task, Reply(text="", model="")),
    ):
        with pytest.raises(type(error)):
            call()
