"""How long a vendor asks us to wait, and what a status or a broken connection means."""

import ssl
from typing import Any

from freezegun import freeze_time
import httpx
import httpx2
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.providers import rejections
from custom_components.eyewitness.providers.wire.replies import (
    connection_error,
    duration,
    failure_of_status,
    is_usable_id,
    listed_models,
    model_name,
    rate_limit_reset,
    retry_after,
)

from .kit import TASK, SimVendor, error_of


@freeze_time("2026-11-22T12:00:00Z")
@pytest.mark.parametrize(
    ("seconds", "texts"),
    [
        (20, ["20", " 20 ", "20.0"]),
        (1.5, ["1.5"]),
        (30, ["Sun, 22 Nov 2026 12:00:30 GMT", "Sun, 22 Nov 2026 13:00:30 +0100"]),
        (30, ["Sun, 22 Nov 2026 12:00:30 -0000", "Sunday, 22-Nov-26 12:00:30 GMT"]),
        # Row 12: a date in the past is no wait, and no negative one.
        (0, ["0", "-5", "Sun, 22 Nov 2026 11:59:30 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]),
        # Row 13: what makes no sense is None, and the chain takes its own time.
        (None, ["abc", "", "NaN", "inf", "-inf", "1e999", "Sun, 22 Nov 2026"]),
        (None, ["Sun, 99 Nov 2026 12:00:30 GMT", "Sun, 22 Nov 2026 12:00:30 +99999999999999"]),
        # The cap of an hour is the chain's.
        (1e9, ["1e9"]),
    ],
)
def test_retry_after(seconds: float | None, texts: list[str]) -> None:
    """Seconds and dates are read; nonsense is none (rows 12, 13)."""
    for text in texts:
        assert retry_after({"retry-after": text}) == seconds, text


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after-ms": "750"}, 0.75),
        ({"retry-after-ms": "750", "retry-after": "9"}, 0.75),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
    ],
)
def test_retry_after_in_milliseconds(headers: dict[str, str], seconds: float | None) -> None:
    """They are more precise, so they come first."""
    assert retry_after(headers) == seconds


@freeze_time("2026-11-22T12:00:00Z")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-RateLimit-Reset": "1795350600000"}, 1800),  # OpenRouter, in ms
        ({"x-ratelimit-reset": "1795350600"}, 1800),
        ({"x-ratelimit-reset": 1795350600000}, 1800),
        *(({"x-ratelimit-reset": odd}, None) for odd in ("1795348799000", "60", "soon", None)),
        ({"x-ratelimit-reset": ["1795350600"]}, None),
        ({}, None),
    ],
)
def test_when_a_rate_limit_ends(headers: dict[str, Any], seconds: float | None) -> None:
    """It is a time since 1970; what has passed says nothing."""
    assert rate_limit_reset(headers) == seconds


LONG = "model token image " * 50_000
"""Almost a megabyte in which every pattern finds a beginning."""


async def test_a_long_error_is_cut_before_it_is_searched(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reason is found at its beginning; the rest would cost a second on the event loop."""
    searched: list[str] = []
    says_too_large = rejections.says_too_large

    def note(message: str) -> bool:
        searched.append(message)
        return says_too_large(message)

    monkeypatch.setattr(rejections, "says_too_large", note)
    error = {"message": f"image too large {LONG}", "type": "odd", "code": 400, "status": "ODD"}
    vendor.fail("status", status=400, body={"error": error})
    err = await vendor.error(model="mine")
    assert err.failure is Failure.TOO_LARGE
    (message,) = searched
    assert len(message) < 20_000


def test_a_long_list_of_models_is_cut() -> None:
    """No server has as many; and what cannot be shown as it is, is no id."""
    listed = listed_models({"data": [{"id": f"org/model-{number}"} for number in range(50_000)]})
    assert len(listed) == 2000
    odd = ["", None, "a\u200bb", "x" * 301, "https://evil.example", "a](b)", f"sk-{'a1' * 9}"]
    fine = [
        "gpt-4o",
        "hf.co/me/model:Q4_K_M",
        "C:\\models\\llava 1.6.gguf",
        "a@20241022",
        "x" * 300,
    ]
    assert [name for name in (*odd, *fine) if is_usable_id(name)] == fine


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        *((name, name) for name in ("gpt-4o-2024-08-06", "models/a:b@1", "Qwen/Qwen2.5-VL")),
        *((name, "asked") for name in ("https://evil.example/x.png", "www.evil.example", "a b", 5)),
        *((name, "asked") for name in (f"xai-{'a1' * 9}", "a" * 101, "help@evil.example", "")),
    ],
)
def test_the_name_of_a_model(named: object, shown: str) -> None:
    """What a reply calls its model is shown on pages as well."""
    assert model_name(named, "asked") == shown


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
        *(("22s", 22), ("22.5s", 22.5), ("0.000001s", 0.000001), (" 3 s ", 3), ("7", 7)),
        *((text, None) for text in ("-3s", "1e9s", "s", "", "22m", 22, None, {"seconds": 22})),
        pytest.param("9" * 400 + "s", None, id="endless"),
    ],
)
def test_durations(text: object, seconds: float | None) -> None:
    """Google's RetryInfo is a duration of protobuf."""
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("header", "text", "seconds"),
    [
        ("Retry-After", "2", 2),
        ("Retry-After", "-5", 0),
        ("Retry-After", "abc", None),
        ("Retry-After", "NaN", None),
        ("Retry-After", "1e9", 1e9),
        ("Retry-After-Ms", "750", 0.75),
    ],
)
async def test_over_the_wire(
    vendor: SimVendor, header: str, text: str, seconds: float | None
) -> None:
    """The header reaches the chain from every vendor, in an error of too many requests or not."""
    provider = vendor.provider(model="mine")
    for status, failure in ((429, Failure.RATE_LIMIT), (503, Failure.SERVER)):
        vendor.fail("status", status=status, body="no", headers={header: text})
        err = await error_of(provider.generate(TASK))
        assert (err.failure, err.retry_after) == (failure, seconds)


@pytest.mark.parametrize(
    ("failure", "statuses"),
    [
        (Failure.REDIRECT, {301, 308}),
        (Failure.BAD_REQUEST, {400, 405, 422, 451}),
        (Failure.AUTH, {401}),
        (Failure.QUOTA, {402}),
        (Failure.FORBIDDEN, {403}),
        (Failure.MODEL_MISSING, {404}),
        (Failure.SERVER, {408, 409, 500, 529, 599}),
        (Failure.TOO_LARGE, {413}),
        (Failure.RATE_LIMIT, {429}),
        (Failure.MALFORMED, {100, 204, 700}),
    ],
)
def test_statuses(failure: Failure, statuses: set[int]) -> None:
    """What a status means when the vendor says nothing more precise."""
    assert {failure_of_status(status) for status in statuses} == {failure}


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize(
    ("name", "failure", "sent"),
    [
        ("ConnectError", Failure.NETWORK, False),
        ("ConnectTimeout", Failure.NETWORK, False),
        ("PoolTimeout", Failure.NETWORK, False),
        ("ReadTimeout", Failure.TIMEOUT, True),
        ("ReadError", Failure.NETWORK, True),
    ],
)
def test_broken_connections(library: object, name: str, failure: Failure, sent: bool) -> None:
    """Whether anything was sent decides whether it may be tried again at once; both libraries."""
    error: Exception = getattr(library, name)("no")
    found = connection_error(error)
    assert (found.failure, found.sent) == (failure, sent)
    error.__context__ = OSError()
    error.__context__.__cause__ = ssl.SSLCertVerificationError()
    assert connection_error(error).failure is Failure.TLS
    assert connection_error(None).failure is Failure.NETWORK  # an SDK may name no cause
