"""Whatever a server says, a provider answers or raises ``ProviderError``, and nothing else."""

from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
import importlib
import json
from typing import Any

import httpx
import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Reply
from custom_components.eyewitness.providers.base import VendorProvider
from tests.simulator.samples import MODELS, describe_sample, list_sample

from .kit import TASK, SimVendor, check_silent

NASTY: tuple[Any, ...] = (None, True, 0, -1, 1e308, "", "x", "\ud800", [], [None], {}, {"a": []})


def _spoiled(value: Any) -> Iterator[Any]:
    """Return the value with each of its parts replaced by each nasty thing, or left out."""
    yield from NASTY
    keys = value if isinstance(value, dict) else range(len(value) if isinstance(value, list) else 0)
    for key in keys:
        less = deepcopy(value)
        del less[key]
        yield less
        for spoiled in _spoiled(value[key]):
            copy = deepcopy(value)
            copy[key] = spoiled
            yield copy


async def _fetch(vendor: SimVendor, endpoint: str = "describe") -> Any:
    """Return a vendor's reply as it stands on the wire."""
    sample = (describe_sample if endpoint == "describe" else list_sample)(vendor.name)
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.request(
            sample.method, sample.url(vendor.sim.urls), headers=sample.headers, json=sample.body
        )
    return reply.json()


async def _outcomes[T](
    provider: VendorProvider, call: Callable[[], Awaitable[T]], good: Any, status: int = 200
) -> list[T | ProviderError]:
    """Return what comes of a call for each way to spoil a good reply."""
    client: Any = getattr(provider, "_http", None) or provider._client._client  # type: ignore[attr-defined]
    library = importlib.import_module(type(client).__mro__[-3].__module__.partition(".")[0])
    outcomes: list[T | ProviderError] = []
    for body in _spoiled(good):
        reply = library.Response(status, content=json.dumps(body).encode())
        # In the place of the network, below our own hooks.
        client._transport = library.MockTransport(lambda _, reply=reply: reply)
        try:
            outcomes.append(await call())
        except ProviderError as err:
            check_silent(err)
            outcomes.append(err)
    return outcomes


async def test_replies_of_any_shape(vendor: SimVendor) -> None:
    """A good reply with any one thing wrong in it gives a text or an error."""
    provider = vendor.provider(model=MODELS[vendor.name])
    outcomes = await _outcomes(provider, lambda: provider.generate(TASK), await _fetch(vendor))
    replies = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
    errors = [outcome for outcome in outcomes if isinstance(outcome, ProviderError)]
    for reply in replies:
        assert isinstance(reply.text, str)
        assert isinstance(reply.model, str)
        assert reply.model
    assert {err.failure for err in errors} <= {Failure.MALFORMED, Failure.REFUSED}
    assert min(len(replies), len(errors)) > 5
    assert len(outcomes) > 150


@pytest.mark.parametrize("status", [400, 403, 429, 500])
async def test_errors_of_any_shape(vendor: SimVendor, status: int) -> None:
    """An error with any one thing wrong in it keeps its status and never looks like a reply."""
    vendor.fail("rate_limit", retry_after="3")
    good = await _fetch(vendor)
    provider = vendor.provider(model="mine")
    for err in await _outcomes(provider, lambda: provider.generate(TASK), good, status):
        assert isinstance(err, ProviderError)
        assert err.status == status
        assert err.failure is not Failure.MALFORMED


async def test_lists_of_any_shape(vendor: SimVendor) -> None:
    """A list of models with any one thing wrong in it gives a list or an error."""
    provider = vendor.provider()
    good = await _fetch(vendor, "models")
    failures, flags = set(), set()
    for outcome in await _outcomes(provider, provider.list_models, good):
        if isinstance(outcome, ProviderError):
            failures.add(outcome.failure)
        else:
            assert all(isinstance(card.id, str) for card in outcome)
            for card in outcome:
                flags |= {type(flag) for flag in (card.sees, card.chats, card.thinks)}
    assert failures == {Failure.MALFORMED}
    assert flags <= {bool, type(None)}
