"""One Home Assistant for all end-to-end tests of a worker, and one with a browser."""

from collections.abc import AsyncGenerator, Generator
import contextlib
import os
from pathlib import Path
import warnings

import pytest
import pytest_socket

from tests.e2e import mocked as mocks
from tests.e2e.mocked import Mocked
from tests.e2e.visit import Visit, begin
from tests.e2e.world import World, sideways_photo
from tests.harness.browser import chromium
from tests.harness.eyewitness import add_eyewitness
from tests.harness.hass import Hass
from tests.harness.loop import LOOP
from tests.harness.simulator import SimulatorProcess


@pytest.fixture(scope="session")
def _loop() -> Generator[None]:
    """End the loop after everything that runs on it."""
    yield
    LOOP.stop()


@contextlib.contextmanager
def _held[T](made: contextlib.AbstractAsyncContextManager[T]) -> Generator[T]:
    """Hold something open on the loop that outlives the tests."""
    pytest_socket.enable_socket()
    try:
        yield LOOP.run(made.__aenter__())
    finally:
        pytest_socket.enable_socket()
        LOOP.run(made.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def world(_loop: None, tmp_path_factory: pytest.TempPathFactory) -> Generator[World]:
    """Start the vendors and Home Assistant once."""
    with _held(_world(tmp_path_factory.mktemp("e2e"))) as world:
        yield world


@contextlib.asynccontextmanager
async def _world(folder: Path) -> AsyncGenerator[World]:
    async with SimulatorProcess(folder) as vendors, Hass(folder / "config", debug=True) as hass:
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


@pytest.fixture(scope="session")
def _mocked(_loop: None, tmp_path_factory: pytest.TempPathFactory) -> Generator[Mocked]:
    """Start LLMock and a Home Assistant of its own once."""
    with _held(mocks.begin(tmp_path_factory.mktemp("llmock"))) as mocked:
        yield mocked


@pytest.fixture
def mocked(_mocked: Mocked) -> Mocked:
    """Hand out the Home Assistant with LLMock's vendors as if nothing had happened in it."""
    pytest_socket.enable_socket()
    LOOP.run(_mocked.fresh())
    return _mocked


@pytest.fixture(scope="session")
def visit(_loop: None, tmp_path_factory: pytest.TempPathFactory) -> Generator[Visit]:
    """Start Home Assistant and a browser, and log in."""
    program = chromium()
    if program is None:
        message = "no Chromium here: the tests in a real browser did not run"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    with _held(begin(program, tmp_path_factory.mktemp("browser"))) as visit:
        yield visit


@pytest.fixture
def newcomer(visit: Visit) -> Visit:
    """Hand out a Home Assistant that does not have Eyewitness."""
    pytest_socket.enable_socket()
    LOOP.run(visit.leave())
    return visit


@pytest.fixture
def owner(newcomer: Visit) -> Visit:
    """Hand out a Home Assistant that has Eyewitness with all four vendors."""
    LOOP.run(add_eyewitness(newcomer.hass.api, urls=newcomer.vendors.urls))
    return newcomer
