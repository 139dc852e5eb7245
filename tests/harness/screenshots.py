"""Make the README's screenshots: `python -m tests.harness.screenshots [NAME ...]`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
import contextlib
from functools import partial
import io
import json
from pathlib import Path
import sys
import tempfile
from typing import Literal

from PIL import Image
from playwright.async_api import Page, ViewportSize

from custom_components.eyewitness.const import MASKS_PATH
from tests.harness.browser import chromium, field, open_page
from tests.harness.client import HassClient, HassError
from tests.harness.config import PHOTO, PROJECT
from tests.harness.demo.dashboard import AUTOMATIONS, CAMERA, MOTION, URL_PATH, make_dashboard
from tests.harness.demo.progress import Progress
from tests.harness.eyewitness import DESCRIBED, add_eyewitness, describe, provider_form
from tests.harness.flows import start_subentry, titles
from tests.harness.hass import Hass
from tests.harness.month import fill_month
from tests.harness.settings import (
    PAGE,
    add_black_area,
    open_camera_rules,
    open_models_of,
    open_setup,
)
from tests.harness.simulator import SimulatorProcess
from tests.simulator import KEYS

IMAGES = PROJECT / "docs" / "images"
MAX_BYTES = 150_000
WIDE: ViewportSize = {"width": 1200, "height": 860}
NARROW: ViewportSize = {"width": 390, "height": 844}
LOW: ViewportSize = {"width": 1200, "height": 730}
MOTION_SENSOR = "binary_sensor.front_door_motion"
_PHONE = {
    **dict.fromkeys(("app_id", "app_version", "model", "os_name", "os_version"), "1"),
    "app_name": "Home Assistant",
    "manufacturer": "Google",
    "supports_encryption": False,
    "device_id": "phone",
    "device_name": "Pixel 9",
    "app_data": {"push_url": "http://127.0.0.1:9/", "push_token": "phone"},
}
_QUIET = {
    "title": "Garden quiet at dusk",
    "description": "Nobody is in the garden. A lamp is on behind the window.",
    "objects": [],
    "importance": "low",
}
_WAITS = {
    "title": "Courier walks to the door",
    "description": "A courier in a cap and a red and blue jacket walks up to the green front door.",
    "objects": ["person"],
    "importance": "normal",
}
"""What was seen before the courier stood there with the parcel."""

type Shot = Callable[[Page], Awaitable[None]]


async def _events_card(page: Page) -> None:
    await page.goto(f"/{URL_PATH}")
    await page.locator("eyewitness-card li.event img").first.wait_for()
    await page.locator("eyewitness-usage-card").get_by_text("Providers this month").wait_for()


async def _details(page: Page) -> None:
    await _events_card(page)
    await page.locator("eyewitness-card button.open").first.click()
    await page.locator("eyewitness-details img.large").wait_for()


async def _german(page: Page) -> None:
    await page.goto(f"/{URL_PATH}")
    await page.evaluate(_SPEAK, "de")
    await page.reload()
    await (
        page.locator("eyewitness-card").get_by_text("Alle Kameras").first.wait_for(state="attached")
    )
    await page.wait_for_timeout(1000)


_SPEAK = """language => window.hassConnection.then(({conn}) => conn.sendMessagePromise({
    type: 'frontend/set_user_data', key: 'language', value: {
        language, number_format: 'language', time_format: 'language', date_format: 'language',
        time_zone: 'local', first_weekday: 'language',
    },
}))"""


async def _picker(page: Page) -> None:
    await page.goto(f"/{URL_PATH}?edit=1")
    await page.get_by_role("button", name="Add card").first.click()
    await page.get_by_text("By card").click()
    await page.locator("hui-card-picker input").first.fill("eyewitness")
    await page.locator("hui-card-picker eyewitness-card li.event").first.wait_for()


async def _blueprint(page: Page) -> None:
    await page.goto("/config/blueprint/dashboard")
    await page.get_by_text("a message when something moves").first.click()
    await page.get_by_text("What notices it").wait_for()


async def _masks(page: Page) -> None:
    await page.goto(f"/{MASKS_PATH}?camera={CAMERA}")
    surface = page.locator("eyewitness-mask-card .surface")
    await surface.locator("img").wait_for()
    box = await surface.bounding_box()
    if box is None:
        raise LookupError("the picture is not visible")
    for move, (x, y) in zip(("down", "up"), ((0.27, 0.23), (0.47, 0.6)), strict=True):
        await page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y, steps=5)
        await getattr(page.mouse, move)()


async def _media(page: Page) -> None:
    await page.goto("/media-browser/browser")
    browser = page.locator("ha-media-player-browse")
    for words in ("Eyewitness", "Front door", "2026"):
        await browser.locator(".child", has_text=words).first.click()
    await browser.locator(".child", has_text="Courier").first.wait_for()


async def _order(page: Page) -> None:
    await page.goto(PAGE)
    await page.get_by_role("button", name="Configure").first.click()
    await page.get_by_text("Order and limits").wait_for()


async def _keys(page: Page) -> None:
    await open_setup(page)
    await field(page, "OpenAI API key").fill(KEYS["openai"])
    await field(page, "xAI Grok API key").fill(KEYS["grok"])


async def _model(page: Page) -> None:
    await open_models_of(page, "Anthropic Claude")
    await page.locator("ha-selector-select").click()


async def _repair(page: Page) -> None:
    await page.goto("/config/repairs")
    await page.get_by_text("The model of xAI Grok is gone").click()
    await page.get_by_text("Choose a model for xAI Grok").wait_for()


async def _camera(page: Page) -> None:
    await open_camera_rules(page, "Front door")
    await add_black_area(page, "Neighbour's window", (5, 10, 30, 45))
    await page.locator("ha-formfield, ha-checkbox").filter(has_text="OpenAI").first.click()
    await page.get_by_text("What may be shown of a camera").scroll_into_view_if_needed()


async def make(wanted: Sequence[str] = ()) -> None:
    """Start everything and take all pictures, or those that are named."""
    program = chromium()
    if program is None:
        sys.exit("No Chromium was found. Install it, or name it in EYEWITNESS_CHROMIUM.")
    progress = Progress()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="eyewitness-screenshots-") as name:
        folder = Path(name)
        async with contextlib.AsyncExitStack() as stack:
            async with progress.step("Starting Home Assistant and the simulated vendors"):
                vendors = await stack.enter_async_context(SimulatorProcess(folder))
                hass = Hass(folder / "config", automations=AUTOMATIONS)
                await stack.enter_async_context(hass)
                await hass.add_camera("Front door")
                await hass.add_camera("Garden", _garden())
            take = partial(_take, program, hass, progress, wanted)
            await take("setup-light", _keys)
            async with progress.step("Letting a month go by"):
                entry_id = await add_eyewitness(hass.api, urls=vendors.urls)
                await fill_month(hass, entry_id)
            async with progress.step("Describing some events"):
                await _events(hass.api, vendors)
            await make_dashboard(hass.api)
            await take("events-light", _events_card, LOW)
            await take("events-dark", _events_card, LOW)
            await take("events-phone-dark", _events_card, NARROW)
            await take("details-light", _details)
            await take("picker-light", _picker)
            await take("masks-light", _masks)
            await take("media-light", _media, LOW)
            await hass.api.post("/api/mobile_app/registrations", _PHONE)
            await hass.api.post(f"/api/states/{MOTION_SENSOR}", {"state": "off"})
            await take("blueprint-light", _blueprint)
            await take("order-light", _order)
            await take("model-light", _model)
            await take("camera-light", _camera)
            async with progress.step("Taking a model away"):
                await _lose_model(hass.api, vendors, entry_id)
            await take("repair-light", _repair)
            async with progress.step("Moving to Germany"):
                await hass.api.ws("config/core/update", language="de")
                await _german_events(hass.api, vendors)
            await take("events-german-light", _german, LOW)


def _garden() -> bytes:
    """Return what a camera beside the house shows."""
    out = io.BytesIO()
    photo = Image.open(PHOTO)
    photo.crop((0, 130, 560, 445)).resize((1280, 720)).save(out, "JPEG", quality=85)
    return out.getvalue()


async def _events(api: HassClient, vendors: SimulatorProcess) -> None:
    """See nobody, see somebody whom no provider can describe, and then the courier."""
    await vendors.fail("gemini", "answer", text=json.dumps(_QUIET), latency=0.9)
    await describe(api, "camera.garden", providers=["gemini"])
    await vendors.fail("anthropic", "answer", text=json.dumps(_WAITS), latency=1.4)
    await describe(api, CAMERA, providers=["anthropic"])
    await vendors.fail("grok", "rate_limit", retry_after=600)
    with contextlib.suppress(HassError):
        await describe(api, CAMERA, providers=["grok"], prompt="Who is it?")
    await vendors.fail("openai", "latency", latency=1.2)
    async with api.events(DESCRIBED) as described:
        await api.call("input_boolean.turn_on", {"entity_id": MOTION})
        await described.wait(timeout_s=60)


async def _german_events(api: HassClient, vendors: SimulatorProcess) -> None:
    """Say the same as above in German."""
    for camera, said in (
        ("camera.garden", ("Garten ruhig in der Dämmerung", "Niemand ist im Garten.")),
        (CAMERA, ("Bote geht zur Tür", "Ein Bote mit Mütze geht auf die grüne Haustür zu.")),
        (
            "camera.garden",
            ("Licht hinter dem Fenster", "Im Garten ist niemand, im Haus ist Licht."),
        ),
        (CAMERA, ("Bote mit Paket", "Ein Bote in blau-roter Jacke trägt ein Paket zur Haustür.")),
    ):
        text = json.dumps({"title": said[0], "description": said[1], "objects": []})
        await vendors.fail("gemini", "answer", text=text)
        await describe(api, camera, providers=["gemini"], prompt=said[0])


async def _lose_model(api: HassClient, vendors: SimulatorProcess, entry_id: str) -> None:
    """Let xAI retire the model that was chosen, so that the next event reports it."""
    grok = (await titles(api, entry_id))["xAI Grok"]
    flow = await start_subentry(api, entry_id, "provider", grok)
    await flow.answer(provider_form(vendors.urls, "grok"))
    await flow.answer({"model": "grok-4.20"})
    await flow.choose("save")
    await vendors.offer("grok", "grok-4.20", offered=False)
    await describe(api, CAMERA, providers=["grok", "gemini"])


async def _take(
    program: str,
    hass: Hass,
    progress: Progress,
    wanted: Sequence[str],
    name: str,
    shot: Shot,
    size: ViewportSize = WIDE,
) -> None:
    if wanted and name not in wanted:
        return
    file = IMAGES / f"{name}.png"
    scheme: Literal["dark", "light"] = "dark" if name.endswith("dark") else "light"
    async with (
        progress.step(f"Taking {file.name}"),
        open_page(program, hass.url, viewport=size, color_scheme=scheme) as page,
    ):
        await shot(page)
        await page.mouse.move(0, 0)
        await page.wait_for_timeout(1500)
        save(await page.screenshot(), file)


def save(png: bytes, file: Path) -> None:
    """Save a screenshot with as many colours as fit into the size limit."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 192, 128, 96, 64):
        out = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MAX_BYTES:
            break
    file.write_bytes(out.getvalue())


if __name__ == "__main__":
    asyncio.run(make(sys.argv[1:]))
