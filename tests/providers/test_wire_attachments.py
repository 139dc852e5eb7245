"""Pictures go around the SDKs, and no request leaves with anything else in a picture's place."""

import asyncio
from base64 import b64encode
import binascii
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace
import gc
import json
import secrets
import sys
from typing import Any

import httpx
import httpx2
import pytest

from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.chain.task import Picture
from custom_components.eyewitness.providers.wire.attachments import attached, insert
from tests.kit import picture

from .kit import TASK, SimVendor, error_of

RED, BLUE = (Picture.encode(picture(colour=name), 1280, 720) for name in ("red", "blue"))
libraries = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


def body_of(request: Any) -> bytes:
    """Return what goes over the wire."""
    return b"".join(request.stream)


@libraries
async def test_each_picture_takes_the_place_of_its_token(library: Any) -> None:
    """However many there are; what logs and errors see of the request stays small."""
    with attached((RED, BLUE)) as tokens:
        content = {"blue": tokens[1], "red": tokens[0]}
        request = library.Request("POST", "https://v.example", json=content)
        await insert(request)
    sent = body_of(request)
    assert json.loads(sent) == {"blue": BLUE.base64.decode(), "red": RED.base64.decode()}
    assert request.headers["content-length"] == str(len(sent))
    assert len(request.content) < 200


@libraries
@pytest.mark.parametrize(
    "made_of",
    [
        lambda _: None,
        lambda token: {"picture": token, "prompt": token},
        lambda token: {"picture": b64encode(token.encode()).decode()},
        lambda token: {"picture": token.upper()},
    ],
    ids=["not there", "twice", "encoded otherwise", "changed"],
)
async def test_a_token_that_is_not_there_once(
    library: Any, made_of: Callable[[str], object], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever an SDK makes of it, nothing is sent."""
    with attached((RED, BLUE)) as tokens:
        content = {"first": tokens[0], "second": made_of(tokens[1])}
        request = library.Request("POST", "https://v.example", json=content)
        err = await error_of(insert(request))
    assert (err.failure, err.sent) == (Failure.UNKNOWN, False)
    assert "The library for v.example does not send pictures" in caplog.text


@libraries
async def test_a_body_that_nobody_attached_to(library: Any) -> None:
    """It may hold a token; a request without a body holds none."""
    request = library.Request("POST", "https://v.example", json={"prompt": "x"})
    assert (await error_of(insert(request))).failure is Failure.UNKNOWN
    await insert(library.Request("GET", "https://v.example"))


@libraries
async def test_a_task_without_a_picture(library: Any) -> None:
    """Its request goes out as it is."""
    with attached(()) as tokens:
        request = library.Request("POST", "https://v.example", json={"prompt": "x"})
        await insert(request)
    assert (tokens, body_of(request)) == ([], request.content)


async def test_an_sdk_that_sends_otherwise(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor never hears of it, the next provider is asked."""
    monkeypatch.setattr(secrets, "token_hex", lambda _: 'it"is"escaped+in/json===')
    provider = vendor.provider(model="mine")
    err = await error_of(provider.generate(TASK))
    assert (err.failure, err.sent) == (Failure.UNKNOWN, False)
    assert vendor.requests() == []


async def test_two_pictures_in_one_request(vendor: SimVendor) -> None:
    """They arrive in their order, byte for byte."""
    await vendor.provider().generate(replace(TASK, pictures=(RED, BLUE)))
    (record,) = vendor.requests("describe")
    assert [vendor.sim.image(record.seq, number) for number in (0, 1)] == [RED.jpeg, BLUE.jpeg]


async def test_many_requests_of_one_provider_at_once(vendor: SimVendor) -> None:
    """Each has the picture of its own event."""
    provider = vendor.provider()
    await provider.prepare()
    vendor.fail("latency", latency=0.2, repeat=True)
    shown = {f"event {number}": picture(64 + number, 64) for number in range(12)}
    tasks = [
        replace(TASK, user=name, pictures=(Picture.encode(jpeg, 64, 64),))
        for name, jpeg in shown.items()
    ]
    await asyncio.gather(*map(provider.generate, tasks))
    arrived = {
        next(name for name in shown if f'"{name}"' in json.dumps(record.body)): (
            vendor.sim.image(record.seq)
        )
        for record in vendor.requests("describe")
    }
    assert arrived == shown


@pytest.mark.parametrize("fails", [False, True])
async def test_nothing_is_left_of_a_picture(vendor: SimVendor, fails: bool) -> None:
    """Whether it was answered or not."""
    vendor.offer("mine")
    provider = vendor.provider(model="mine")
    before = _held()
    if fails:
        vendor.fail("server_error")
        await error_of(provider.generate(TASK))
    else:
        await provider.generate(TASK)
    assert _held() == before


def test_what_outlasts_a_request_holds_no_picture() -> None:
    """A timer or a connection keeps the context in which it was made."""
    before = _held()
    with attached(TASK.pictures):
        kept = copy_context()
    assert kept
    assert _held() == before


def _held() -> tuple[int, int]:
    """Return how many hold the picture's base64, and how many bodies there are that have it."""
    gc.collect()
    base64 = TASK.pictures[0].base64
    streams = [thing for thing in gc.get_objects() if type(thing).__name__ == "ByteStream"]
    return sys.getrefcount(base64), sum(base64 in each._stream for each in streams)


async def test_no_sdk_touches_the_picture(
    vendor: SimVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither base64 nor JSON is made of it while the loop waits."""
    made: list[int] = []
    json_of, base64_of = json.JSONEncoder.encode, binascii.b2a_base64

    def to_json(self: json.JSONEncoder, value: object) -> str:
        made.append(len(text := json_of(self, value)))
        return text

    def to_base64(data: bytes, **options: Any) -> bytes:
        made.append(len(data))
        return base64_of(data, **options)

    monkeypatch.setattr(json.JSONEncoder, "encode", to_json)
    monkeypatch.setattr(binascii, "b2a_base64", to_base64)
    vendor.offer("mine")
    await vendor.provider(model="mine").generate(TASK)
    assert made
    assert max(made) < len(TASK.pictures[0].jpeg) / 2
