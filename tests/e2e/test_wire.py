"""What each vendor really received."""

import io
from typing import Any

from PIL import Image
import pytest

from tests.e2e.world import E2E, World
from tests.harness.flows import reload
from tests.harness.loop import on_loop
from tests.simulator import VENDORS

pytestmark = E2E

NORMAL = {(675, 1200), (540, 960)}
"""Half of 1080 by 1920, or five eighths where Home Assistant has libjpeg-turbo."""


async def _sent(home: World, vendor: str) -> dict[str, Any]:
    """Let one vendor look at the picture that lies on its side; return the request."""
    await home.describe(entity_id=home.sideways, providers=[vendor])
    (request,) = await home.vendors.requests(vendor)
    return request


@pytest.mark.parametrize("vendor", VENDORS)
@on_loop
async def test_a_vendor_gets_a_clean_picture_and_its_key(home: World, vendor: str) -> None:
    """The picture is upright, small and without EXIF; the key stands only in its header."""
    request = await _sent(home, vendor)
    data = await home.vendors.image(request["seq"])
    picture = Image.open(io.BytesIO(data))
    picture.load()
    assert picture.format == "JPEG"
    assert picture.size in NORMAL
    assert not picture.getexif()
    assert b"Exif" not in data
    assert b"Doorcam" not in data
    upper, lower = [picture.crop((270, y, 271, y + 1)).tobytes() for y in (80, 880)]
    assert upper[0] > 150 > upper[2]
    assert lower[2] > 150 > lower[0]
    listed = await home.vendors.requests(vendor, "models")
    for seen in (request, *listed):
        assert (seen["key"], seen["key_elsewhere"], seen["status"]) == ("ok", False, 200)


@on_loop
async def test_ac2_ac3_the_grok_request(home: World) -> None:
    """The OpenAI-compatible shape, with the picture as a base64 data URL in the messages."""
    request = await _sent(home, "grok")
    assert request["path"] == "/grok/v1/chat/completions"
    assert request["headers"]["Authorization"] == "Bearer <key:ok>"
    body = request["body"]
    assert body["model"] == "grok-4.3"
    assert body["response_format"]["type"] == "json_schema"
    system, user = body["messages"]
    assert system["role"] == "system"
    assert isinstance(system["content"], str)
    assert user["role"] == "user"
    (text, image) = user["content"]
    assert text["type"] == "text"
    assert "Driveway" in text["text"]
    assert image["type"] == "image_url"
    # The simulator puts a summary in the place of each `data:image/…;base64,…` it could decode.
    assert image["image_url"]["url"]["format"] == "jpeg"
    assert image["image_url"]["url"]["height"] in {height for _, height in NORMAL}


@on_loop
async def test_ac2_the_seeds_grok_model_is_taken_where_it_is_still_offered(home: World) -> None:
    """An account that still lists grok-2-vision-1212 is asked for it."""
    await home.vendors.offer("grok", "grok-2-vision-1212")
    await reload(home.hass.api, home.entry_id)  # models are chosen when the entry is loaded
    assert (await _sent(home, "grok"))["model"] == "grok-2-vision-1212"


@on_loop
async def test_context_prompt_and_language_reach_the_model(home: World) -> None:
    """What the automation says about the event stands beside the picture."""
    await home.describe(
        event_context="motion at the front door", prompt="Say which company.", language="German"
    )
    (request,) = await home.vendors.requests("openai")
    text = request["body"]["messages"][-1]["content"][0]["text"]
    for part in ("Front door", "motion at the front door", "Say which company.", "German"):
        assert part in text
