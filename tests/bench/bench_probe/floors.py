"""What the action cannot do without, each alone, and how the peer does all of it."""

import base64
from io import BytesIO
from typing import Any, Final

from homeassistant.components.camera import async_get_image
from homeassistant.components.camera.img_util import TurboJPEGSingleton
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.json import json_bytes
from PIL import Image
from turbojpeg import TJPF_RGB

_QUALITY: Final = 75
_LONGEST: Final = 1344
_EIGHTHS: Final = (8, 7, 6, 5, 4, 3, 2, 1)
_PEER_WIDTH: Final = 1280
_HEADERS: Final = {"Content-Type": "application/json", "Authorization": "Bearer bench"}


async def fetch(hass: HomeAssistant, camera: str) -> bytes:
    """Return the camera's picture."""
    return (await async_get_image(hass, camera)).content


def encode(content: bytes) -> bytes:
    """Return a smaller JPEG, decoded at a scale that JPEG itself has."""
    out = BytesIO()
    _decoded(content).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _decoded(content: bytes) -> Image.Image:
    turbo = TurboJPEGSingleton.instance()
    image = Image.open(BytesIO(content))
    longer = max(image.size)
    if turbo:
        factor = next(n for n in _EIGHTHS if longer * n / 8 <= _LONGEST)
        pixels = turbo.decode(content, TJPF_RGB, (factor, 8))
        size = (pixels.shape[1], pixels.shape[0])
        return Image.frombuffer("RGB", size, pixels, "raw", "RGB", 0, 1)
    part = next(n for n in (1, 2, 4, 8) if longer / n <= _LONGEST)
    image.draft("RGB", (image.width // part, image.height // part))
    return image


async def post(hass: HomeAssistant, url: str, body: bytes) -> None:
    """Send one request whose body is ready, and read the answer."""
    async with async_get_clientsession(hass).post(url, data=body, headers=_HEADERS) as response:
        response.raise_for_status()
        await response.json()


def body_with(jpeg: bytes) -> bytes:
    """Return a request in Chat Completions' words with one picture."""
    address = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    picture = {"type": "image_url", "image_url": {"url": address}}
    words = {"type": "text", "text": "Say in two sentences what this camera sees. " * 12}
    message: dict[str, Any] = {"role": "user", "content": [words, picture]}
    return json_bytes({"model": "gpt-4o-mini", "max_tokens": 300, "messages": [message]})


async def peer(hass: HomeAssistant, camera: str, url: str) -> None:
    """Do what LLM Vision 1.7.0 does with a picture, on the loop as it does.

    Only its own work: it also fetches the picture by HTTP from Home Assistant itself, and writes
    its timeline.
    """
    image: Image.Image = Image.open(BytesIO(await fetch(hass, camera)))
    if image.width > _PEER_WIDTH:
        height = int(_PEER_WIDTH * image.height / image.width)
        image = image.resize((_PEER_WIDTH, height), Image.Resampling.BICUBIC)
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    await post(hass, url, body_with(out.getvalue()))
