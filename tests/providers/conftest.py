"""Fixtures of the providers' tests."""

from collections.abc import AsyncGenerator

import pytest

from tests.simulator import VENDORS, Simulator

from .kit import OtherServer, SimVendor, serve


@pytest.fixture(params=VENDORS)
async def vendor(request: pytest.FixtureRequest, sim: Simulator) -> AsyncGenerator[SimVendor]:
    """Return each of the vendors in turn."""
    found = SimVendor(sim, request.param)
    yield found
    await found.close()


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[OtherServer]:
    """Run a server that is no vendor of the simulator."""
    async with serve() as running:
        yield running
