"""How long a vendor asks us to wait, in all the forms in which they say it."""

from datetime import UTC, datetime

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain.failures import Kind
from custom_components.eyewitness.providers.wire.replies import (
    duration,
    kind_of_status,
    retry_after,
)
from tests.simulator import Simulator, Vendor

from .conftest import Build
from .kit import failure

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@freeze_time(NOW)
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20),
        ({"retry-after": " 20 "}, 20),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "750"}, 0.75),
        ({"retry-after-ms": "750", "retry-after": "9"}, 0.75),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 13:00:30 +0100"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Sunday, 22-Nov-26 12:00:30 GMT"}, 30),
        # Row 12: a date in the past is no wait, and no negative one.
        ({"retry-after": "Sun, 22 Nov 2026 11:59:30 GMT"}, 0),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        # Row 13: what makes no sense is None, and the chain takes its own time.
        ({"retry-after": "abc"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "NaN"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "Sun, 22 Nov 2026"}, None),
        ({"retry-after": "Sun, 99 Nov 2026 12:00:30 GMT"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 +99999999999999"}, None),
        ({"retry-after": "-5"}, 0),
        # The cap of an hour is the chain's.
        ({"retry-after": "1e9"}, 1e9),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds, seconds and dates are read; nonsense is none (rows 12, 13)."""
    assert retry_after(headers) == seconds


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=40)
    | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [+-]?\d*", fullmatch=True)
)
def test_any_retry_after(text: str) -> None:
    """Whatever a header says, the wait is a number of seconds that is not negative, or none."""
    wait = retry_after({"retry-after": text})
    assert wait is None or 0 <= wait < float("inf")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("22s", 22),
        ("22.5s", 22.5),
        ("0.000001s", 0.000001),
        (" 3 s ", 3),
        ("7", 7),
        ("-3s", None),
        ("1e9s", None),
        ("s", None),
        ("", None),
        ("22m", None),
        (22, None),
        (None, None),
        ({"seconds": 22}, None),
        pytest.param("9" * 400 + "s", None, id="endless"),
    ],
)
def test_durations(text: object, seconds: float | None) -> None:
    """Google's RetryInfo is a duration of protobuf."""
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("2", 2), ("-5", 0), ("abc", None), ("NaN", None), ("1e9", 1e9)]
)
async def test_over_the_wire(
    sim: Simulator, build: Build, vendor: Vendor, text: str, seconds: float | None
) -> None:
    """The header reaches the chain from every vendor, in an error of too many requests or not."""
    for status, kind in ((429, Kind.RATE_LIMIT), (503, Kind.SERVER)):
        sim.fail(vendor, "status", status=status, body="no", headers={"Retry-After": text})
        err = await failure(build(vendor, model="mine"))
        assert (err.kind, err.retry_after) == (kind, seconds)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Kind.REDIRECT),
        (400, Kind.BAD_REQUEST),
        (401, Kind.AUTH),
        (402, Kind.QUOTA),
        (403, Kind.FORBIDDEN),
        (404, Kind.MODEL_MISSING),
        (405, Kind.BAD_REQUEST),
        (408, Kind.SERVER),
        (409, Kind.SERVER),
        (413, Kind.TOO_LARGE),
        (422, Kind.BAD_REQUEST),
        (429, Kind.RATE_LIMIT),
        (451, Kind.BAD_REQUEST),
        (500, Kind.SERVER),
        (529, Kind.SERVER),
        (599, Kind.SERVER),
        (204, Kind.MALFORMED),
        (100, Kind.MALFORMED),
        (700, Kind.MALFORMED),
    ],
)
def test_kinds_of_statuses(status: int, kind: Kind) -> None:
    """A status means what the error table says when the vendor says nothing more precise."""
    assert kind_of_status(status) is kind
