"""The pages and dialogs of the settings, clicked as a person clicks them."""

import re

from playwright.async_api import Locator, Page

from tests.harness.browser import field

PAGE = "/config/integrations/integration/eyewitness"
CHECK_MS = 60_000
"""The first check of a key loads the vendors' libraries, which takes long on a busy machine."""


def row(page: Page, title: str) -> Locator:
    """Return a provider or a camera on the page of the integration."""
    return page.locator("ha-config-sub-entry-row", has_text=title)


async def press(page: Page, name: str) -> None:
    """Press a button of the dialog that was opened last."""
    await page.get_by_role("button", name=name, exact=True).last.click()


async def pick(page: Page, option: str) -> None:
    """Choose something from the drop-down list of the dialog."""
    await page.locator("ha-selector-select").click()
    begins = re.compile(rf"^\s*{re.escape(option)}")
    options = page.locator("ha-dropdown-item, ha-combo-box-item", has_text=begins)
    await options.locator("visible=true").first.click()


async def open_new_provider(page: Page, name: str, key: str, url: str) -> None:
    """Open the dialog that adds a provider and fill it in."""
    await page.goto(PAGE)
    await page.get_by_role("button", name="Add provider").click()
    await page.locator("step-flow-menu").get_by_text(name, exact=True).click()
    await field(page, "API key").fill(key)
    await field(page, "Other address").fill(url)


async def open_section(page: Page, name: str) -> Locator:
    """Open a collapsed part of a form and return it."""
    await page.get_by_text(name, exact=True).click()
    return page.locator("ha-form-expandable", has_text=name)


async def open_setup(page: Page) -> None:
    """Open the dialog that adds Eyewitness."""
    await page.goto("/config/integrations/dashboard/add?domain=eyewitness")
    await page.get_by_role("button", name="OK").click()


async def finish_setup(page: Page) -> None:
    """Send the dialog that adds Eyewitness and close the one that it goes on with."""
    await press(page, "Submit")
    await page.get_by_text("Look through a camera now").wait_for(timeout=CHECK_MS)
    await press(page, "Close")


async def open_own_server(page: Page, url: str) -> Locator:
    """Open the dialog that adds Eyewitness and fill in the address of a server of one's own."""
    await open_setup(page)
    server = await open_section(page, "A server of your own")
    await server.locator("ha-selector-text", has_text="Address").locator("input").fill(url)
    return server


async def open_models(page: Page) -> None:
    """Send the key; wait for the models."""
    await press(page, "Submit")
    await page.get_by_text("Choose a model").wait_for(timeout=CHECK_MS)


async def open_models_of(page: Page, title: str) -> None:
    """Open the dialog that changes a provider, up to the models."""
    await page.goto(PAGE)
    await row(page, title).get_by_role("button", name="Change provider").click()
    await page.get_by_text(f"Change {title}").wait_for()
    await open_models(page)


async def run_test(page: Page) -> Locator:
    """Send the model, test it; return what the dialog says about that."""
    await press(page, "Submit")
    await page.locator("step-flow-menu").get_by_text("Test first", exact=True).click()
    return page.locator("step-flow-menu", has_text="answered after")


async def add_black_area(page: Page, name: str, sides: tuple[int, int, int, int]) -> None:
    """Add a black area to the open form of a camera: left, top, right, bottom."""
    await page.get_by_role("button", name="Add", exact=True).first.click()
    await page.locator("ha-selector-text", has_text="Name").locator("input").last.fill(name)
    for label, percent in zip(("Left", "Top", "Right", "Bottom"), sides, strict=True):
        number = page.locator("ha-selector-number", has_text=label).locator("input").last
        await number.fill(str(percent))
    await press(page, "Add")
    await page.get_by_text(name, exact=True).wait_for()


async def open_camera_rules(page: Page, camera: str) -> None:
    """Open the dialog with the rules for a camera and choose the camera."""
    await page.goto(PAGE)
    await page.get_by_role("button", name="Add rules for a camera").click()
    await page.wait_for_timeout(500)  # the list opens where the dialog is, which still moves
    await page.locator("ha-selector-entity").first.click()
    await page.get_by_text(camera, exact=True).last.click()
