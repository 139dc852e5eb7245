"""The first hour: from the key to what one's own camera sees, in a real browser."""

from playwright.async_api import expect

from tests.e2e.visit import BROWSER, Visit
from tests.harness.browser import field
from tests.harness.eyewitness import DESCRIBED
from tests.harness.loop import on_loop
from tests.harness.settings import CHECK_MS, PAGE, open_section, open_setup, press
from tests.simulator import KEYS

pytestmark = BROWSER


@on_loop
async def test_two_clicks_lead_from_the_key_to_a_description(newcomer: Visit) -> None:
    """The dialog goes on by itself, shows the picture, and its links lead to the camera's page."""
    page, vendors = newcomer.page, newcomer.vendors
    await open_setup(page)
    await field(page, "OpenAI API key").fill(KEYS["openai"])
    addresses = await open_section(page, "Other addresses")
    await addresses.locator("input").first.fill(vendors.urls.openai)
    await press(page, "Submit")
    await page.get_by_role("button", name="Look now").click(timeout=CHECK_MS)

    menu = page.locator("step-flow-menu")
    await expect(menu).to_contain_text("cardboard parcel", timeout=CHECK_MS)
    picture = menu.locator("img")
    assert await picture.evaluate("image => image.naturalWidth") == 1280
    await menu.get_by_text("What comes next?").click()
    await page.get_by_role("link", name="the page of Front door").click()
    await expect(page.get_by_text("Service info")).to_be_visible()

    async with newcomer.hass.api.events(DESCRIBED) as described:
        await page.get_by_role("button", name="Press").click()
        await described.wait(timeout_s=CHECK_MS / 1000)
    assert len(await vendors.requests("openai")) == 2

    await vendors.fail("openai", "quota", repeat=True)
    await page.goto(PAGE)
    await page.get_by_role("button", name="Look through a camera").click()
    await press(page, "Look now")
    await expect(menu).to_contain_text("There is no description of Front door", timeout=CHECK_MS)
    await expect(menu).to_contain_text("Try again")
