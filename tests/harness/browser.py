"""Home Assistant's front end in headless Chromium, used as a person uses it."""

from collections.abc import AsyncGenerator
import contextlib
import os
import shutil
from typing import Any

from playwright.async_api import Locator, Page, async_playwright

from tests.harness.onboarding import PASSWORD, USERNAME

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_TIMEOUT_MS = 30_000


def chromium() -> str | None:
    """Return the browser to use: EYEWITNESS_CHROMIUM, or the system's own."""
    if named := os.environ.get("EYEWITNESS_CHROMIUM"):
        return named
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


@contextlib.asynccontextmanager
async def open_page(program: str, base_url: str, **context: Any) -> AsyncGenerator[Page]:
    """Start the browser and log in by typing name and password."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            opened = await browser.new_context(base_url=base_url, **context)
            page = await opened.new_page()
            page.set_default_timeout(_TIMEOUT_MS)
            await page.goto("/")
            await page.locator("input[name=username]").fill(USERNAME)
            await page.locator("input[type=password]").fill(PASSWORD)
            await page.get_by_role("button", name="Log in").click()
            await page.locator("home-assistant-main").wait_for()
            yield page
        finally:
            await browser.close()


def field(page: Page, label: str) -> Locator:
    """Return the text field with this label, in whatever dialog is open."""
    return page.locator("ha-selector-text", has_text=label).locator("input")


async def drag(page: Page, handle: Locator, target: Locator) -> None:
    """Drag one element to the place of another, slowly enough for the front end to follow."""
    await handle.hover()  # which waits until a dialog that opens has come to rest
    start, end = await _centre(handle), await _centre(target)
    await page.mouse.down()
    for part in range(1, 21):
        await page.mouse.move(
            start[0] + (end[0] - start[0]) * part / 20,
            start[1] + (end[1] + 6 - start[1]) * part / 20,
        )
        await page.wait_for_timeout(25)
    await page.wait_for_timeout(300)
    await page.mouse.up()
    await page.wait_for_timeout(300)


async def _centre(element: Locator) -> tuple[float, float]:
    box = await element.bounding_box()
    if box is None:
        raise LookupError("the element to drag is not visible")
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
