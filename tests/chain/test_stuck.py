"""Plant the faults that keep a chain from ever answering again, and see a test find each of them.

Acceptance point B7: each test is green for the chain as it is, and goes red as soon as one method
is replaced by the one that many projects have in its place.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from custom_components.eyewitness.chain import guard
from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.health import Health
from custom_components.eyewitness.chain.task import Provider, Reply, Task

from .fakes import FakeProvider
from .test_hedge import test_row_47_a_cancelled_loser_is_no_failure as row_47
from .test_matrix_cancel import test_row_76_stopped_during_an_attempt as row_76
from .test_matrix_circuit import (
    test_row_39_a_cancelled_probe_frees_its_place as row_39,
    test_row_40_a_good_probe_closes_the_circuit as row_40,
)

generate = guard.generate


@contextmanager
def leaking_lease(health: Health, seconds: float) -> Iterator[None]:
    """Give a probe's place back only when all went well."""
    if health.needs_probe:
        health._lease_until = health._clock.now() + 1e6
    yield
    health._lease_until = -1.0


async def counting_generate(provider: FakeProvider, task: Task[Any], seconds: float) -> Reply:
    """Count a cancelled call as a failure."""
    try:
        return await generate(provider, task, seconds)
    except asyncio.CancelledError:
        health = provider.world.health(provider.id)
        health.record_failure(Failure.TIMEOUT, None, first_in_event=True)
        raise


async def swallowing_generate(provider: Provider, task: Task[Any], seconds: float) -> Reply:
    """Go on after a cancellation as if the call had timed out, as a bare ``except`` does."""
    try:
        return await generate(provider, task, seconds)
    except asyncio.CancelledError:
        raise ProviderError(Failure.TIMEOUT) from None


@pytest.mark.parametrize(
    ("target", "name", "fault", "test"),
    [
        # A circuit that no good answer closes, or whose time never comes.
        (Health, "record_response", lambda _: None, row_40),
        (Health, "circuit_open", property(lambda health: health.needs_probe), row_40),
        (Health, "lease_probe", leaking_lease, row_39),
        (guard, "generate", counting_generate, row_47),
        (guard, "generate", counting_generate, partial(row_76, 5.0)),
        (guard, "generate", swallowing_generate, partial(row_76, 5.0)),
    ],
)
def test_b7_a_planted_fault_is_found(
    target: object,
    name: str,
    fault: object,
    test: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Red with it, green without it."""
    with monkeypatch.context() as patch:
        patch.setattr(target, name, fault)
        with pytest.raises(AssertionError):
            test()
    test()
