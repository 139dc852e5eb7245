"""Fixtures of the chain's tests."""

import pytest

from .fakes import World


@pytest.fixture
def world() -> World:
    """Return a chain without providers, with a luck that leaves every delay as it is."""
    return World()
