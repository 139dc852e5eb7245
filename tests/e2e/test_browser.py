"""The dialogs and the demo's dashboard in a real browser."""

import json

from playwright.async_api import Locator, Page, expect
import pytest

from tests.e2e.visit import BROWSER, Visit
from tests.harness.browser import drag, field
from tests.harness.client import HassError
from tests.harness.demo.dashboard import MOTION, URL_PATH, make_dashboard
from tests.harness.eyewitness import DOMAIN, NAMES
from tests.harness.flows import entries, start_options
from tests.harness.loop import on_loop
from tests.harness.settings import CHECK_MS, PAGE, finish_setup, open_section, open_setup
from tests.readme import dashboard
from tests.simulator import KEYS, VENDORS

pytestmark = BROWSER

LABELS = {vendor: f"{NAMES[vendor]} API key" for vendor in VENDORS}
DEFAULT = list(NAMES.values())


@on_loop
async def test_the_integration_is_added_by_typing_keys(newcomer: Visit) -> None:
    """A wrong key is refused with its provider's text, nothing else is lost, then it works."""
    page, urls = newcomer.page, newcomer.vendors.urls
    await open_setup(page)
    typed = KEYS | {"grok": "not-the-key"}
    for vendor, label in LABELS.items():
        await field(page, label).press_sequentially(typed[vendor])
    addresses = (await open_section(page, "Other addresses")).locator("input")
    await expect(addresses).to_have_count(4)
    for number, vendor in enumerate(VENDORS):
        await addresses.nth(number).fill(urls.base(vendor))
    await page.get_by_role("button", name="Submit").click()

    await expect(page.get_by_text("xAI refused this Grok key")).to_be_visible(timeout=CHECK_MS)
    assert await entries(newcomer.hass.api, DOMAIN) == []
    for vendor, label in LABELS.items():
        await expect(field(page, label)).to_have_value(typed[vendor])
        await expect(field(page, label)).to_have_attribute("type", "password")
    for text in ("OpenAI refused", "Google refused", "Anthropic refused"):
        await expect(page.get_by_text(text)).to_have_count(0)

    await field(page, LABELS["grok"]).fill(KEYS["grok"])
    await finish_setup(page)
    assert list(await newcomer.titles()) == DEFAULT
    assert (await newcomer.describe())["provider"] == "openai"


@on_loop
async def test_the_fallback_order_is_sorted_by_dragging(owner: Visit) -> None:
    """The first provider is dragged to the end of the list, and stays there."""
    page, api = owner.page, owner.hass.api
    await page.goto(PAGE)
    await page.get_by_role("button", name="Configure").first.click()
    rows = _rows(page)
    await expect(rows).to_have_count(4)
    assert await _titles(rows) == DEFAULT
    await drag(page, _handle(rows.nth(0)), _handle(rows.nth(3)))
    wanted = [*DEFAULT[1:], DEFAULT[0]]
    assert await _titles(rows) == wanted
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Options successfully saved")).to_be_visible()

    flow = await start_options(api, await owner.entry_id())
    shown = flow.suggested["provider_order"]
    await flow.abandon()
    assert (await owner.describe())["provider"] == "grok"
    by_title = await owner.titles()
    assert shown == [by_title[title] for title in wanted]
    await page.wait_for_timeout(2000)  # the entry is written a second after the change
    stored = json.loads(owner.hass.path(".storage", "core.config_entries").read_text("utf-8"))
    (kept,) = [item for item in stored["data"]["entries"] if item["domain"] == DOMAIN]
    assert kept["options"]["provider_order"] == [by_title[title] for title in wanted]


@on_loop
async def test_the_demos_dashboard_shows_what_was_seen(owner: Visit) -> None:
    """Motion makes the automation describe: the text is on the dashboard and in the bell.

    When nobody can describe any more, it does not stay beside the newer picture.
    """
    page, api = owner.page, owner.hass.api
    await make_dashboard(api)
    await page.goto(f"/{URL_PATH}")
    counter = await api.state("sensor.eyewitness_descriptions_today")
    assert counter is not None
    await api.call("input_boolean.turn_on", {"entity_id": MOTION})
    events = page.locator("eyewitness-card")
    await expect(events).to_contain_text("a cardboard parcel", timeout=CHECK_MS)
    picture = events.locator("li.event img").first
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") > 0
    today = page.locator("eyewitness-usage-card .sum", has_text="Today")
    await expect(today).to_contain_text(f"Descriptions{int(counter['state']) + 1}")
    for text in ("Entity not found", "Configuration error", "Entity not available"):
        await expect(page.get_by_text(text)).to_have_count(0)
    await page.get_by_text("Notifications").click()
    await expect(page.locator("notification-drawer")).to_contain_text("a cardboard parcel")
    await _the_readmes_cards_show_something(owner)
    await _a_failure_is_shown_as_such(owner)


async def _the_readmes_cards_show_something(owner: Visit) -> None:
    """On the first day, too: each card has what it is for."""
    cards = {"views": [{"title": "Home", "cards": [dashboard()]}]}
    await owner.hass.api.ws("lovelace/config/save", url_path=URL_PATH, config=cards)
    page = owner.page
    await page.goto(f"/{URL_PATH}")
    await _is_described(page)
    graph = page.locator("hui-history-graph-card")
    await expect(graph.locator("canvas").first).to_be_visible()
    for text in ("Entity not found", "Configuration error", "No statistics", "No state history"):
        await expect(page.get_by_text(text)).to_have_count(0)


async def _a_failure_is_shown_as_such(owner: Visit) -> None:
    """Let everybody fail: the old text does not stay beside the newer picture."""
    page = owner.page
    for vendor in VENDORS:
        await owner.vendors.fail(vendor, "quota", repeat=True)
    with pytest.raises(HassError):
        await owner.describe()
    card = page.locator("hui-markdown-card")
    await expect(card).to_contain_text("Not described")
    await expect(card).not_to_contain_text("a cardboard parcel")
    await expect(page.locator("hui-entities-card")).to_contain_text("Nobody")


async def _is_described(page: Page) -> None:
    """Wait for the sentence, longer than for other things: a page that is new loads first."""
    card = page.locator("hui-markdown-card")
    await expect(card).to_contain_text("a cardboard parcel", timeout=CHECK_MS)


def _rows(page: Page) -> Locator:
    return page.locator("ha-selector-select ha-input-chip")


async def _titles(rows: Locator) -> list[str]:
    titles: list[str] = await rows.evaluate_all("rows => rows.map(row => row.title)")
    return titles


def _handle(row: Locator) -> Locator:
    return row.locator("button.primary")
