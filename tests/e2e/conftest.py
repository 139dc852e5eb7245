"""One Home Assistant for all end-to-end tests of a worker."""

from collections.abc import AsyncGenerator, Generator
import contextlib
from pathlib import Path

import pytest
import pytest_socket

from tests.e2e.world import World, sideways_photo
from tests.harness.eyewitness import add_eyewitness
from tests.harness.hass import Hass
from tests.harness.loop import LOOP
from tests.harness.simulator import SimulatorProcess


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[World]:
    """Start the vendors and Home Assistant once, on a loop that outlives the tests."""
    pytest_socket.enable_socket()
    made = _world(tmp_path_factory.mktemp("e2e"))
    try:
        yield LOOP.run(made.__aenter__())
    finally:
        pytest_socket.enable_socket()
        LOOP.run(made.__aexit__(None, None, None))
        LOOP.stop()


@contextlib.asynccontextmanager
async def _world(folder: Path) -> AsyncGenerator[World]:
    async with (
        SimulatorProcess(folder) as vendors,
        Hass(folder / "config", debug=True) as hass,
    ):
        camera = await hass.add_camera("Front door")
        sideways = await hass.add_camera("Driveway", sideways_photo())
        entry_id = await add_eyewitness(hass.api, urls=vendors.urls)
        yield World(vendors, hass, camera, sideways, entry_id)


@pytest.fixture
def home(world: World) -> World:
    """Hand out the world as if nothing had happened in it."""
    pytest_socket.enable_socket()
    LOOP.run(world.fresh())
    return world
