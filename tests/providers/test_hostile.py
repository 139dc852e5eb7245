"""Whatever a server says, a provider answers or raises ``ProviderError``, and nothing else."""

from collections.abc import Iterator
from copy import deepcopy
import importlib
import json
from typing import Any

import httpx
import pytest

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.task import Reply
from custom_components.eyewitness.providers.base import VendorProvider
from tests.simulator import Simulator, Vendor
from tests.simulator.samples import describe_sample, list_sample

from .conftest import Build
from .kit import QUESTION, check_silent

NASTY: tuple[Any, ...] = (None, True, 0, -1, 1e308, "", "x", "\ud800", [], [None], {}, {"a": []})
MODELS = {"openai": "gpt-6-luna", "grok": "grok-4.3", "gemini": "gemini-3.5-flash-lite"}


def _spoiled(value: Any) -> Iterator[Any]:
    """Return the value with each of its parts replaced by each nasty thing, or left out."""
    yield from NASTY
    items: list[tuple[Any, Any]] = []
    match value:
        case dict():
            items = list(value.items())
        case list():
            items = list(enumerate(value))
    for key, item in items:
        less = deepcopy(value)
        del less[key]
        yield less
        for spoiled in _spoiled(item):
            copy = deepcopy(value)
            copy[key] = spoiled
            yield copy


class _Server:
    """Answer every request with the same thing, without a network."""

    status = 200
    body: Any = None

    def plug_in(self, made: VendorProvider) -> None:
        """Take the place of the network, below our own hooks."""
        client: Any = getattr(made, "_http", None) or made._client._client  # type: ignore[attr-defined]
        library = importlib.import_module(type(client).__mro__[-3].__module__.partition(".")[0])
        client._transport = library.MockTransport(
            lambda _: library.Response(self.status, content=json.dumps(self.body).encode())
        )


async def _ask(made: VendorProvider) -> Reply | ProviderError:
    try:
        return await made.describe(QUESTION)
    except ProviderError as err:
        check_silent(err)
        return err


async def _fetch(sim: Simulator, vendor: Vendor, endpoint: str = "describe") -> Any:
    """Return a vendor's reply as it stands on the wire."""
    sample = describe_sample(vendor) if endpoint == "describe" else list_sample(vendor)
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.request(
            sample.method, sample.url(sim.urls), headers=sample.headers, json=sample.body
        )
    return reply.json()


async def test_replies_of_any_shape(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A good reply with any one thing wrong in it gives a text or an error."""
    good = await _fetch(sim, vendor)
    server, made = _Server(), build(vendor, model=MODELS.get(vendor, "claude-haiku-5-5"))
    server.plug_in(made)
    seen = {Reply: 0, ProviderError: 0}
    for server.body in _spoiled(good):
        got = await _ask(made)
        seen[Reply if isinstance(got, Reply) else ProviderError] += 1
        if isinstance(got, Reply):
            assert isinstance(got.text, str)
            assert isinstance(got.model, str)
            assert got.model
        else:
            assert got.kind in {Kind.MALFORMED, Kind.REFUSED}
    assert min(seen.values()) > 5
    assert sum(seen.values()) > 150


@pytest.mark.parametrize("status", [400, 403, 429, 500])
async def test_errors_of_any_shape(
    sim: Simulator, build: Build, vendor: Vendor, status: int
) -> None:
    """An error with any one thing wrong in it keeps its status and never looks like a reply."""
    sim.fail(vendor, "rate_limit", retry_after="3")
    good = await _fetch(sim, vendor)
    server, made = _Server(), build(vendor, model="mine")
    server.plug_in(made)
    server.status = status
    for server.body in _spoiled(good):
        got = await _ask(made)
        assert isinstance(got, ProviderError)
        assert got.status == status
        assert got.kind is not Kind.MALFORMED


async def test_lists_of_any_shape(sim: Simulator, build: Build, vendor: Vendor) -> None:
    """A list of models with any one thing wrong in it gives a list or an error."""
    good = await _fetch(sim, vendor, "models")
    made, server, kinds = build(vendor), _Server(), set()
    server.plug_in(made)
    for server.body in _spoiled(good):
        try:
            names = await made.list_models()
        except ProviderError as err:
            check_silent(err)
            kinds.add(err.kind)
        else:
            assert all(isinstance(name, str) for name in names)
    assert kinds == {Kind.MALFORMED}
