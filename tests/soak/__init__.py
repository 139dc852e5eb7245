"""Long runs over real sockets: a day, a thousand hand-overs, kills and bursts."""

import pytest

SMALL = pytest.mark.timeout(240)
"""For the short form of a long run, which is one of the usual tests."""
LARGE = [pytest.mark.soak, pytest.mark.timeout(1800)]
