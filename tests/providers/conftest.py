"""Fixtures of the providers' tests."""

from collections.abc import AsyncGenerator
from typing import Any, Protocol

import pytest

from custom_components.eyewitness.providers.base import VendorProvider
from tests.simulator import Simulator, Vendor

from .kit import make

VENDORS: tuple[Vendor, ...] = ("openai", "grok", "gemini", "anthropic")


class Build(Protocol):
    """Build a provider that is closed after the test."""

    def __call__(self, vendor: Vendor, **spec: Any) -> VendorProvider:
        """Return it; the options are fields of ``Spec``."""
        ...


@pytest.fixture
async def build(sim: Simulator) -> AsyncGenerator[Build]:
    """Return a function that builds providers."""
    made: list[VendorProvider] = []

    def one(vendor: Vendor, **spec: Any) -> VendorProvider:
        made.append(make(sim, vendor, **spec))
        return made[-1]

    yield one
    for each in made:
        await each.close()


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    """Return each of the vendors in turn."""
    found: Vendor = request.param
    return found
