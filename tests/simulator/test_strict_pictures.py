"""Pictures that the vendors would refuse, the simulator refuses."""

import base64
from typing import Any

import pytest

from . import VENDORS, Simulator, Vendor
from .conftest import Send, error_words, send_spoilt
from .samples import changed, describe_sample, picture


def _image_field(vendor: Vendor, body: Any) -> tuple[Any, str]:
    """Return the object and the name of the field that holds the base64 text."""
    match vendor:
        case "gemini":
            return body["contents"][0]["parts"][1]["inlineData"], "data"
        case "anthropic":
            return body["messages"][0]["content"][0]["source"], "data"
        case _:
            return body["messages"][1]["content"][1]["image_url"], "url"


def _put_image(vendor: Vendor, body: Any, text: str) -> None:
    holder, name = _image_field(vendor, body)
    holder[name] = f"data:image/jpeg;base64,{text}" if name == "url" else text


_BROKEN = {
    "not base64": "!!!!",
    "empty": "",
    "not a picture": base64.b64encode(b"hello" * 50).decode(),
    "half a picture": base64.b64encode(picture()[: len(picture()) // 2]).decode(),
    "a format nobody takes": base64.b64encode(picture(kind="BMP")).decode(),
}


@pytest.mark.parametrize("problem", _BROKEN)
@pytest.mark.parametrize("vendor", VENDORS)
async def test_broken_pictures(send: Send, sim: Simulator, vendor: Vendor, problem: str) -> None:
    """A picture that cannot be read is refused."""
    status, _ = await send_spoilt(
        send, vendor, lambda body: _put_image(vendor, body, _BROKEN[problem])
    )
    assert status == 400
    assert len(sim.requests()[0].images) == 1


@pytest.mark.parametrize(
    ("vendor", "kind", "status"),
    [
        ("openai", "PNG", 200),
        ("openai", "GIF", 200),
        ("openai", "WEBP", 200),
        ("grok", "PNG", 200),
        ("grok", "GIF", 400),
        ("grok", "WEBP", 400),
        ("gemini", "PNG", 200),
        ("gemini", "GIF", 400),
        ("anthropic", "PNG", 400),  # it says image/jpeg in the request
    ],
)
async def test_picture_formats(send: Send, vendor: Vendor, kind: str, status: int) -> None:
    """Each vendor has its own list of formats."""
    text = base64.b64encode(picture(kind=kind)).decode()
    found, _ = await send_spoilt(send, vendor, lambda body: _put_image(vendor, body, text))
    assert found == status


async def test_large_pictures(send: Send) -> None:
    """Anthropic limits the base64 text and the pixels."""
    padded = picture() + b"\0" * 4_000_000
    text = base64.b64encode(padded).decode()
    status, body = await send_spoilt(
        send, "anthropic", lambda body: _put_image("anthropic", body, text)
    )
    assert (status, "image exceeds 5 MB maximum" in error_words(body)) == (400, True)
    wide = base64.b64encode(picture(8001, 10)).decode()
    status, body = await send_spoilt(
        send, "anthropic", lambda body: _put_image("anthropic", body, wide)
    )
    assert (status, "8000 pixels" in error_words(body)) == (400, True)
    status, _ = await send_spoilt(send, "openai", lambda body: _put_image("openai", body, text))
    assert status == 200


@pytest.mark.parametrize(
    ("model", "status"), [("gpt-3.5-turbo", 400), ("text-embedding-3-small", 404)]
)
async def test_models_without_eyes(send: Send, model: str, status: int) -> None:
    """A model that is in the list and cannot see refuses a picture."""
    sample = describe_sample("openai")
    sample.body = changed(sample.body, model=model, reasoning_effort=None)
    assert (await send(sample)).status == status
