"""What the log keeps, and what it does not."""

import asyncio
from dataclasses import asdict
import hashlib
import json
import time

from aiohttp import ClientSession
from PIL import Image
import pytest

from . import KEYS, VENDORS, Simulator, Vendor
from .conftest import Send
from .samples import auth_headers, base64_text, describe_sample, list_sample, picture


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_record(send: Send, sim: Simulator, vendor: Vendor) -> None:
    """Everything about a request is there, but no key and no picture."""
    before = time.monotonic()
    sample = describe_sample(vendor)
    await send(sample)
    (record,) = sim.requests()
    assert (record.seq, record.vendor, record.endpoint) == (1, vendor, "describe")
    assert (record.method, record.status, record.key) == ("POST", 200, "ok")
    assert record.path.endswith(sample.path)
    assert record.model
    assert not record.key_elsewhere
    assert record.answered_monotonic
    assert before <= record.received_monotonic <= record.answered_monotonic <= time.monotonic()
    text = json.dumps(asdict(record))
    assert KEYS[vendor] not in text
    assert "<key:ok>" in text
    assert base64_text(picture())[:80] not in text
    assert "Motion at the front door." in text
    summary = {
        "sha256": hashlib.sha256(picture()).hexdigest(),
        "bytes": len(picture()),
        "width": 1280,
        "height": 720,
        "format": "jpeg",
        "exif": False,
        "orientation": None,
    }
    assert record.images == [summary]
    assert json.dumps(summary) in json.dumps(record.body)
    assert sim.image(1) == picture()


async def test_pictures_are_noted_as_they_are(send: Send, sim: Simulator) -> None:
    """One that was not cleaned shows; of one that cannot be read the bytes are kept."""
    exif = Image.Exif()
    exif[0x0112] = 6
    await send(describe_sample("openai", picture(exif=exif)))
    await send(describe_sample("openai", b"no picture"))
    turned, broken = [record.images[0] for record in sim.requests()]
    assert (turned["exif"], turned["orientation"]) == (True, 6)
    assert (broken["error"], broken["bytes"]) == ("undecodable", 10)
    assert sim.image(2) == b"no picture"


@pytest.mark.parametrize("place", ["query", "header", "text", "name"])
@pytest.mark.parametrize("key", ["sim-grok-key", "some-wrong-key"])
async def test_key_elsewhere(send: Send, sim: Simulator, place: str, key: str) -> None:
    """A key outside its header is noted, valid or not, and still not kept."""
    sample = describe_sample("grok")
    sample.headers = auth_headers("grok", key)
    match place:
        case "query":
            sample.path += f"?debug=x%20{key}"
        case "header":
            sample.headers["X-Debug"] = key
        case "text":
            sample.body["messages"][0]["content"] = f"the key is {key}"
        case _:
            sample.body["metadata"] = {key: "1"}
    await send(sample)
    (record,) = sim.requests()
    assert record.key_elsewhere
    assert key not in json.dumps(asdict(record))


async def test_filters_and_order(send: Send, sim: Simulator) -> None:
    """Requests are in the order in which they came; clearing does not start the numbers again."""
    for vendor in ("grok", "openai", "grok"):
        await send(describe_sample(vendor))
    await send(list_sample("grok"))
    assert [r.seq for r in sim.requests()] == [1, 2, 3, 4]
    assert [r.vendor for r in sim.requests()] == ["grok", "openai", "grok", "grok"]
    assert [r.seq for r in sim.requests("grok", "describe")] == [1, 3]
    assert [r.seq for r in sim.requests(endpoint="models")] == [4]
    sim.clear_requests()
    assert sim.requests() == []
    with pytest.raises(KeyError):
        sim.image(1)
    await send(list_sample("grok"))
    assert [r.seq for r in sim.requests()] == [5]


async def test_running_requests_are_there(sim: Simulator, send: Send) -> None:
    """A request is in the log from its first moment."""
    sim.fail("openai", "latency", latency=0.3)
    running = asyncio.ensure_future(send(describe_sample("openai")))
    (record,) = await sim.wait_for_requests(1)
    assert record.answered_monotonic is None
    await running
    assert record.answered_monotonic


async def test_wait_for_requests(sim: Simulator) -> None:
    """Waiting ends with an error when nothing comes."""
    with pytest.raises(TimeoutError):
        await sim.wait_for_requests(1, seconds=0.05)
    assert await sim.wait_for_requests(0) == []


async def test_only_the_last_pictures_are_kept(send: Send, sim: Simulator) -> None:
    """A long run does not fill the memory."""
    small = picture(8, 8)
    for _ in range(66):
        await send(describe_sample("openai", small))
    assert sim.image(66) == small
    with pytest.raises(KeyError):
        sim.image(2)


async def test_body_that_is_no_json(sim: Simulator, session: ClientSession) -> None:
    """A body that is no JSON is kept as text, shortened, without keys."""
    async with session.post(
        f"{sim.urls.openai}/chat/completions",
        headers=auth_headers("openai") | {"Content-Type": "application/json"},
        data=b"\xff sim-openai-key {" + b"x" * 20_000,
    ) as response:
        assert response.status == 400
    (record,) = sim.requests()
    assert record.key_elsewhere
    assert record.body.startswith("\ufffd <key:elsewhere> {xxx")
    assert len(record.body) < 10_100


async def test_model_of_a_request(send: Send, sim: Simulator) -> None:
    """The asked model is noted even when it is not there."""
    await send(describe_sample("openai").with_model("gpt-99"))
    await send(describe_sample("gemini").with_model("gemini-99"))
    assert [record.model for record in sim.requests()] == ["gpt-99", "gemini-99"]
