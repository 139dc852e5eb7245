"""Faults that are whole replies, seen from the wire."""

import time

from aiohttp import (
    ClientSession,
)
import pytest

from . import VENDORS, Simulator, Vendor
from .conftest import Send
from .faults import HTTP_KINDS, KINDS
from .samples import describe_sample, list_sample

_STATUSES: dict[str, tuple[int, int, int, int]] = {
    "rate_limit": (429, 429, 429, 429),
    "quota": (429, 429, 429, 400),
    "daily_quota": (429, 429, 429, 429),
    "overloaded": (503, 503, 503, 529),
    "server_error": (500, 500, 500, 500),
    "auth": (401, 400, 400, 401),
    "forbidden": (403, 403, 403, 403),
    "model_missing": (404, 404, 404, 404),
    "too_large": (413, 413, 400, 413),
    "image_too_large": (400, 400, 400, 400),
    "context_length": (400, 400, 400, 400),
    "unsupported": (400, 400, 400, 400),
    "html": (200, 200, 200, 200),
    "non_json": (200, 200, 200, 200),
    "redirect": (302, 302, 302, 302),
    "latency": (200, 200, 200, 200),
}


def _text(vendor: Vendor, body: dict[str, object]) -> object:
    """Return the model's text."""
    match vendor:
        case "gemini":
            candidates = body.get("candidates") or [{}]
            parts = candidates[0].get("content", {}).get("parts")  # type: ignore[index]
            return parts[-1]["text"] if parts else None
        case "anthropic":
            blocks = [b["text"] for b in body["content"] if b["type"] == "text"]  # type: ignore[attr-defined]
            return blocks[0] if blocks else None
        case _:
            choices = body["choices"]
            return choices[0]["message"]["content"] if choices else None  # type: ignore[index]


async def test_every_http_kind(send: Send, sim: Simulator) -> None:
    """The ready-made kinds have the vendor's status, once."""
    assert set(_STATUSES) == HTTP_KINDS - {"status"}
    for kind, statuses in _STATUSES.items():
        for vendor, status in zip(VENDORS, statuses, strict=True):
            sim.fail(vendor, kind)  # type: ignore[arg-type]
            assert (await send(describe_sample(vendor))).status == status, (kind, vendor)
            record = sim.requests(vendor)[-1]
            assert (record.fault, record.status, record.strict_status) == (kind, status, 200)
    for vendor in VENDORS:
        assert (await send(describe_sample(vendor))).status == 200
        assert sim.requests(vendor)[-1].fault is None


async def test_any_status(send: Send, sim: Simulator) -> None:
    """Any status, with own headers and an own body."""
    sim.fail("openai", "status", status=418, body={"a": 1}, headers={"X-Tea": "pot"})
    sim.fail("openai", "status", status=502, body="<html>")
    sim.fail("openai", "status", status=504)
    response = await send(describe_sample("openai"))
    assert (response.status, response.headers["X-Tea"]) == (418, "pot")
    assert await response.json() == {"a": 1}
    response = await send(describe_sample("openai"))
    assert (response.status, await response.text()) == (502, "<html>")
    response = await send(describe_sample("openai"))
    assert (await response.json())["error"]["type"] == "server_error"


async def test_retry_after_is_verbatim(send: Send, sim: Simulator) -> None:
    """Also a wrong Retry-After is sent as it stands."""
    for value in ("abc", "-5", "Wed, 21 Oct 2015 07:28:00 GMT"):
        sim.fail("grok", "rate_limit", retry_after=value)
        response = await send(describe_sample("grok"))
        assert response.headers["Retry-After"] == value
    sim.fail("grok", "rate_limit", headers={"retry-after-ms": "1500"})
    response = await send(describe_sample("grok"))
    assert "Retry-After" not in response.headers
    assert response.headers["retry-after-ms"] == "1500"


async def test_queue(send: Send, sim: Simulator) -> None:
    """Faults come in order, each as often as was said, and hide those behind them."""
    sim.fail("openai", "server_error", count=2)
    sim.fail("openai", "rate_limit")
    sim.fail("openai", "overloaded", repeat=True)
    sim.fail("openai", "forbidden")
    statuses = [(await send(describe_sample("openai"))).status for _ in range(6)]
    assert statuses == [500, 500, 429, 503, 503, 503]
    assert [fault.kind for fault in sim.faults("openai")] == ["overloaded", "forbidden"]
    assert (await send(describe_sample("grok"))).status == 200
    sim.clear_faults("openai")
    assert (await send(describe_sample("openai"))).status == 200


async def test_endpoints(send: Send, sim: Simulator) -> None:
    """A fault hits descriptions unless it was meant for the list."""
    sim.fail("anthropic", "auth", endpoint="models")
    sim.fail("anthropic", "server_error")
    assert (await send(list_sample("anthropic"))).status == 401
    assert (await send(list_sample("anthropic"))).status == 200
    assert (await send(describe_sample("anthropic"))).status == 500


@pytest.mark.parametrize("vendor", VENDORS)
async def test_model_words(send: Send, sim: Simulator, vendor: Vendor) -> None:
    """The model says what it was told to, in the vendor's reply."""
    hostile = "<script>\x1b[31m\u202e " + "x" * 200_000
    sim.fail(vendor, "answer", text=hostile)
    sim.fail(vendor, "empty")
    sim.fail(vendor, "null")
    sim.fail(vendor, "no_choices")
    sim.fail(vendor, "length", text="")
    sim.fail(vendor, "length")
    texts = []
    for _ in range(6):
        response = await send(describe_sample(vendor))
        assert response.status == 200
        texts.append(_text(vendor, await response.json()))
    assert texts[:2] == [hostile, ""]
    assert texts[2:4] == [None, None]
    assert texts[4] in ("", None)
    assert str(texts[5]).startswith('{"title": "Mostly dark blue", "description": "A 1280')
    assert not str(texts[5]).endswith("}")


async def test_model_words_wait_for_a_good_request(send: Send, sim: Simulator) -> None:
    """A request that is refused does not use up the words."""
    sim.fail("openai", "answer", text="hello")
    bad = describe_sample("openai")
    bad.body["surprise"] = 1
    assert (await send(bad)).status == 400
    response = await send(describe_sample("openai"))
    assert _text("openai", await response.json()) == "hello"


async def test_strict_status_under_a_fault(send: Send, sim: Simulator) -> None:
    """A fault does not hide that the request itself was wrong."""
    sim.fail("openai", "overloaded")
    bad = describe_sample("openai")
    bad.body["surprise"] = 1
    assert (await send(bad)).status == 503
    assert sim.requests()[0].strict_status == 400


async def test_latency(send: Send, sim: Simulator) -> None:
    """It waits, also together with another kind."""
    sim.fail("openai", "latency", latency=0.2)
    sim.fail("openai", "rate_limit", latency=0.2)
    for status in (200, 429):
        start = time.monotonic()
        assert (await send(describe_sample("openai"))).status == status
        assert time.monotonic() - start >= 0.2
        record = sim.requests()[-1]
        assert record.answered_monotonic
        assert record.answered_monotonic - record.received_monotonic >= 0.2


async def test_redirect(sim: Simulator, session: ClientSession) -> None:
    """A redirect names another address; who follows it is seen there."""
    sim.fail("openai", "redirect", location=f"{sim.urls.grok}/models", status=307)
    sample = describe_sample("openai")
    url = sample.url(sim.urls)
    async with session.post(
        url, headers=sample.headers, json=sample.body, allow_redirects=False
    ) as response:
        assert response.status == 307
        assert response.headers["Location"] == f"{sim.urls.grok}/models"
    assert sim.requests("grok") == []


async def test_no_kind_is_forgotten(sim: Simulator) -> None:
    """A wrong kind or field is a mistake of the test, said at once."""
    assert len(KINDS) == 30
    for options in ({"kind": "surprise"}, {"kind": "status"}, {"kind": "reset", "speed": 1}):
        with pytest.raises(ValueError, match=r"unknown fault|needs a status"):
            sim.fail("openai", **options)
    with pytest.raises(ValueError, match="unknown endpoint"):
        sim.fail("openai", "reset", endpoint="nowhere")
