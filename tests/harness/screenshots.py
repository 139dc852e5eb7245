"""Make the README's screenshots: `python -m tests.harness.screenshots`.

The vendors are simulated, so what they say about the demo's photo is scripted here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import io
import json
from pathlib import Path
import sys
import tempfile
from typing import Literal

from PIL import Image
from playwright.async_api import Page, ViewportSize

from tests.harness.browser import chromium, field, open_page
from tests.harness.client import HassClient
from tests.harness.config import PROJECT
from tests.harness.demo.dashboard import AUTOMATIONS, CAMERA, MOTION, URL_PATH, make_dashboard
from tests.harness.demo.progress import Progress
from tests.harness.eyewitness import DESCRIBED, add_eyewitness, describe
from tests.harness.hass import Hass
from tests.harness.simulator import KEYS, VENDORS, SimulatorProcess

IMAGES = PROJECT / "docs" / "images"
MAX_BYTES = 250_000
WIDE: Mapping[str, ViewportSize] = {"": {"width": 1200, "height": 860}}
DEVICES: Mapping[str, ViewportSize] = {**WIDE, "-phone": {"width": 400, "height": 860}}
ANSWERS = (
    {
        "title": "Front path empty at dusk",
        "description": "Nobody is at the front door. The porch lamp is on.",
        "objects": [],
        "confidence": 88,
        "importance": "low",
    },
    {
        "title": "Courier with a parcel",
        "description": "A courier in a navy and orange jacket and a cap walks up to the green front"
        " door with a cardboard parcel in both hands.",
        "objects": ["person", "package"],
        "confidence": 94,
        "importance": "normal",
    },
)

type Shot = Callable[[Page], Awaitable[None]]


async def _dashboard(page: Page) -> None:
    await page.goto(f"/{URL_PATH}")
    await page.locator("hui-markdown-card").get_by_text("cardboard parcel").wait_for()
    await page.locator("hui-picture-entity-card img").wait_for()


async def _notification(page: Page) -> None:
    await _dashboard(page)
    await page.get_by_text("Notifications").click()
    await page.locator("notification-drawer").get_by_text("cardboard parcel").wait_for()


async def _order(page: Page) -> None:
    await page.goto("/config/integrations/integration/eyewitness")
    await page.get_by_role("button", name="Configure").first.click()
    await page.get_by_text("Fallback order").wait_for()


async def _keys(page: Page) -> None:
    await page.goto("/config/integrations/dashboard/add?domain=eyewitness")
    await page.get_by_role("button", name="OK").click()
    await field(page, "OpenAI API key").fill(KEYS["openai"])
    await field(page, "xAI Grok API key").fill(KEYS["grok"])


async def make() -> None:
    """Start everything and take all pictures."""
    program = chromium()
    if program is None:
        sys.exit("No Chromium was found. Install it, or name it in EYEWITNESS_CHROMIUM.")
    progress = Progress()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="eyewitness-screenshots-") as name:
        folder = Path(name)
        async with progress.step("Starting Home Assistant and the simulated vendors"):
            vendors = await SimulatorProcess(folder).__aenter__()
            hass = Hass(folder / "config", automations=AUTOMATIONS)
        try:
            async with hass:
                await hass.add_camera("Front door")
                await _take(program, hass, progress, "setup", _keys)
                async with progress.step("Describing some events"):
                    await add_eyewitness(hass.api, urls=vendors.urls)
                    await _events(hass.api, vendors)
                await make_dashboard(hass.api)
                await _take(program, hass, progress, "dashboard", _dashboard)
                await _take(program, hass, progress, "notification", _notification, WIDE)
                await _take(program, hass, progress, "order", _order)
        finally:
            await vendors.stop()


async def _events(api: HassClient, vendors: SimulatorProcess) -> None:
    """Ask every provider once, then let something move at the door."""
    quiet, courier = (json.dumps(answer) for answer in ANSWERS)
    for number, vendor in enumerate(VENDORS):
        await vendors.fail(vendor, "answer", text=quiet, latency=0.7 + 0.35 * number)
        await describe(api, CAMERA, providers=[vendor])
    await vendors.fail("openai", "answer", text=courier, latency=1.2)
    async with api.events(DESCRIBED) as described:
        await api.call("input_boolean.turn_on", {"entity_id": MOTION})
        await described.wait(timeout_s=60)


async def _take(
    program: str,
    hass: Hass,
    progress: Progress,
    name: str,
    shot: Shot,
    devices: Mapping[str, ViewportSize] = DEVICES,
) -> None:
    if hass.login is None:
        sys.exit("Home Assistant was not onboarded.")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        for device, size in devices.items():
            file = IMAGES / f"{name}{device}-{scheme}.png"
            async with (
                progress.step(f"Taking {file.name}"),
                open_page(
                    program, hass.url, hass.login, viewport=size, color_scheme=scheme
                ) as page,
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
    asyncio.run(make())
