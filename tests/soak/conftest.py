"""Fixtures of the long runs."""

from collections.abc import Generator
import logging

import pytest
import pytest_socket

from tests.soak.vendors import Vendors


@pytest.fixture(scope="session")
def _vendors(tmp_path_factory: pytest.TempPathFactory) -> Generator[Vendors]:
    pytest_socket.enable_socket()
    vendors = Vendors(tmp_path_factory.mktemp("vendors"))
    try:
        yield vendors
    finally:
        pytest_socket.enable_socket()
        vendors.close()


@pytest.fixture
def vendors(_vendors: Vendors) -> Vendors:
    """Return the vendors' process; sockets to 127.0.0.1 are open from here on."""
    pytest_socket.enable_socket()
    return _vendors


@pytest.fixture(autouse=True)
def _quiet_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not keep thousands of lines in memory that nobody reads."""
    for name in ("sqlalchemy.engine", "httpx", "httpx2", "homeassistant"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.WARNING)
