"""Make the README's screenshots: `python -m tests.harness.screenshots [NAME ...]`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import contextlib
from functools import partial
import io
import itertools
import json
from pathlib import Path
import sys
import tempfile

from PIL import Image
from playwright.async_api import Page, ViewportSize

from tests.harness.browser import chromium, field, open_page
from tests.harness.client import HassClient
from tests.harness.config import PROJECT
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
    pick,
    run_test,
)
from tests.harness.simulator import SimulatorProcess
from tests.readme import block
from tests.simulator import KEYS, VENDORS

IMAGES = PROJECT / "docs" / "images"
MAX_BYTES = 250_000
WIDE: Mapping[str, ViewportSize] = {"": {"width": 1200, "height": 860}}
DEVICES: Mapping[str, ViewportSize] = {**WIDE, "-phone": {"width": 400, "height": 860}}
TALL: Mapping[str, ViewportSize] = {
    "": {"width": 1200, "height": 880},
    "-phone": {"width": 400, "height": 1490},
}
"""Such that the whole dashboard about the usage is on it."""
_QUIET = json.dumps(
    {
        "title": "Front path empty at dusk",
        "description": "Nobody is at the front door. The porch lamp is on.",
        "objects": [],
        "confidence": 88,
        "importance": "low",
    }
)
"""What was seen before the courier came."""

_USAGE = "eyewitness-usage"

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


async def _tested(page: Page) -> None:
    await open_models_of(page, "Anthropic Claude")
    await pick(page, "claude-sonnet-5-5")
    await (await run_test(page)).wait_for()


async def _repair(page: Page) -> None:
    await page.goto("/config/repairs")
    await page.get_by_text("The model of xAI Grok is gone").click()
    await page.get_by_text("Choose a model for xAI Grok").wait_for()


async def _camera(page: Page) -> None:
    await open_camera_rules(page, "Front door")
    await add_black_area(page, "Neighbour's window", (5, 10, 30, 45))
    await page.locator("ha-formfield, ha-checkbox").filter(has_text="OpenAI").first.click()
    await page.get_by_text("What may be shown of a camera").scroll_into_view_if_needed()


async def _usage(page: Page) -> None:
    await page.goto(f"/{_USAGE}")
    await page.locator("hui-statistics-graph-card canvas").nth(1).wait_for()


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
            take = partial(_take, program, hass, progress, wanted)
            await take("setup", _keys)
            async with progress.step("Describing some events"):
                entry_id = await add_eyewitness(hass.api, urls=vendors.urls)
                await _events(hass.api, vendors)
            await make_dashboard(hass.api)
            await take("dashboard", _dashboard)
            await take("notification", _notification, WIDE)
            await take("order", _order)
            await take("model", _model)
            await vendors.fail("anthropic", "latency", latency=1.4, repeat=True)
            await take("tested", _tested)
            await take("camera", _camera)
            async with progress.step("Letting a month go by"):
                await hass.add_camera("Driveway")
                await describe(hass.api, "camera.driveway")
                await fill_month(hass, entry_id)
                await _add_usage_dashboard(hass.api)
            await take("usage", _usage, TALL)
            async with progress.step("Taking a model away"):
                await _lose_model(hass.api, vendors, entry_id)
            await take("repair", _repair)


async def _events(api: HassClient, vendors: SimulatorProcess) -> None:
    """Ask every provider once, then let something move at the door."""
    for number, vendor in enumerate(VENDORS):
        await vendors.fail(vendor, "answer", text=_QUIET, latency=0.7 + 0.35 * number)
        await describe(api, CAMERA, providers=[vendor])
    await vendors.fail("openai", "latency", latency=1.2)
    async with api.events(DESCRIBED) as described:
        await api.call("input_boolean.turn_on", {"entity_id": MOTION})
        await described.wait(timeout_s=60)


async def _add_usage_dashboard(api: HassClient) -> None:
    """Add the dashboard that the README offers to copy."""
    await api.ws("lovelace/dashboards/create", url_path=_USAGE, title="Usage", mode="storage")
    await api.ws("lovelace/config/save", url_path=_USAGE, config=block("title: Eyewitness"))


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
    devices: Mapping[str, ViewportSize] = DEVICES,
) -> None:
    if wanted and name not in wanted:
        return
    for scheme, (device, size) in itertools.product(("light", "dark"), devices.items()):
        file = IMAGES / f"{name}{device}-{scheme}.png"
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
