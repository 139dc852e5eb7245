"""The card of events as a person uses it, from the picker on, and by keyboard alone."""

import re
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page, Request, Route, expect
import pytest

from tests.e2e.visit import BROWSER, Visit
from tests.harness.axe import barriers
from tests.harness.client import HassClient, HassError
from tests.harness.loop import on_loop
from tests.hostile_texts import HOST, HOSTILE
from tests.simulator import VENDORS

pytestmark = BROWSER

PATH = "test-card"
AT_ONCE_MS = 1_000
_SHOW = """([texts, address]) => {
    const {hass} = document.querySelector('home-assistant');
    const events = texts.map((text, number) => ({
        event_id: `${number}${text}`, camera: text, camera_name: text, status: 'described',
        timestamp: '2026-11-26T12:00:00+00:00', title: text, description: text, reason: text,
        objects: [text], confidence: 50, importance: 'high', provider: text, provider_name: text,
        model: text, cost: 0.1, total_time_ms: 5, thumbnail: address, picture: address,
        attempts: [{provider: text, model: text, outcome: text, response_time_ms: 5, cost: 0}],
    }));
    const answers = {
        'eyewitness/events/list': {events, next: null},
        'eyewitness/events/get': events[0],
        'eyewitness/events/cameras': {cameras: texts.map(text => ({entity_id: text, name: text}))},
    };
    const connection = {
        sendMessagePromise: async message =>
            answers[message.type] ?? hass.connection.sendMessagePromise(message),
        subscribeMessage: async () => async () => {},
        addEventListener() {}, removeEventListener() {},
    };
    const card = document.createElement('eyewitness-card');
    card.setConfig({title: texts[0]});
    card.hass = {...hass, connection};
    document.body.append(card);
}"""
_ELEMENTS = """element => [...element.shadowRoot.querySelectorAll(
    'script, img, iframe, object, embed, svg, a, style, link, video, audio, form'
)].map(each => each.outerHTML)"""
"""What a text must not become."""
_LOAD = """async ([address]) => {
    const {EventsStore} = await import(address);
    const event = id => ({event_id: id, camera: 'a', timestamp: `2026-11-26T12:00:0${id}Z`});
    const asked = [];
    let answer;
    const store = new EventsStore(message => {
        asked.push(message);
        return new Promise(resolve => {
            answer = (ids, next) => resolve({events: ids.map(event), next});
        });
    }, () => {});
    const loading = store.reload();
    store.added(event('4'));
    store.removed(['3']);
    answer(['3', '2'], '2');
    await loading;
    const older = store.older();
    answer(['1'], null);
    await older;
    return [store.events.map(each => each.event_id), asked[1].before];
}"""
_COME_AND_GO = """async card => {
    const {commands} = card.hass.connection;
    const before = commands.size;
    const place = card.parentNode;
    for (let times = 0; times < 3; times++) {
        card.remove();
        await new Promise(resolve => setTimeout(resolve, 20));
        place.append(card);
    }
    for (let tries = 0; tries < 50 && (!tries || commands.size > before); tries++) {
        await new Promise(resolve => setTimeout(resolve, 200));
    }
    return commands.size - before;
}"""


@on_loop
async def test_events_come_to_the_card_as_they_happen(owner: Visit) -> None:
    """Add it, describe from it, see what comes, filter, and open one without a mouse."""
    page, api = owner.page, owner.hass.api
    foreign: list[str] = []
    dialogs: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(owner.hass.url).netloc:
            foreign.append(request.url)

    await page.emulate_media(
        reduced_motion="reduce"
    )  # the colours of what fades in are not looked at
    await _add_by_the_picker(page, api)
    page.on("request", note)
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    card = page.locator("eyewitness-card")
    rows = card.locator("li.event")

    await expect(card).to_contain_text("Nothing has been described yet")
    await expect(card.get_by_role("searchbox")).to_have_count(0)  # there is nothing to search
    assert await barriers(card) == []
    await card.get_by_role("button", name="Describe now").press("Enter")
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_contain_text("A courier")
    await expect(rows.first.locator("img")).to_have_js_property("complete", value=True)

    told = "New event at Front door: Courier with a parcel"
    await expect(card.get_by_role("status")).to_have_text(told)
    await owner.describe()
    await expect(rows).to_have_count(2, timeout=AT_ONCE_MS)
    for vendor in VENDORS:
        await owner.vendors.fail(vendor, "quota", repeat=True)
    with pytest.raises(HassError):
        await owner.describe()
    await expect(rows.first).to_contain_text("Not described", timeout=AT_ONCE_MS)
    assert await barriers(card) == []

    await _filters(owner, card, rows)
    await _is_used_by_keyboard(page, card, rows)
    assert await card.evaluate(_COME_AND_GO) == 0
    store = await page.evaluate(
        "performance.getEntriesByType('resource').find(({name}) => name.endsWith('-store.js')).name"
    )
    assert await page.evaluate(_LOAD, [store]) == [["4", "2", "1"], "2"]
    await _hostile_texts_are_words(page)
    await _waits_for_the_front_end(page)
    assert foreign == []
    assert dialogs == []
    await page.emulate_media(reduced_motion="null")


async def _add_by_the_picker(page: Page, api: HassClient) -> None:
    """Take it out of Home Assistant's own list, and give it another title in the editor."""
    await api.ws("lovelace/dashboards/create", url_path=PATH, title="Cards", mode="storage")
    empty = {"views": [{"type": "sections", "sections": [{"type": "grid", "cards": []}]}]}
    await api.ws("lovelace/config/save", url_path=PATH, config=empty)
    await page.goto(f"/{PATH}?edit=1")
    await page.get_by_role("button", name="Add card").first.click()
    await page.get_by_text("By card").click()
    await page.locator("hui-card-picker input").first.fill("eyewitness events")
    offered = page.locator("hui-card-picker .card", has_text="Eyewitness events")
    await offered.locator(".overlay").first.click()
    editor = page.locator("hui-dialog-edit-card")
    await editor.locator("ha-selector-text", has_text="Title").locator("input").fill("At our door")
    await expect(
        editor.locator("eyewitness-card").get_by_role("heading", name="At our door")
    ).to_be_visible()
    await editor.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Done").click()
    await expect(
        page.locator("eyewitness-card").get_by_role("heading", name="At our door")
    ).to_be_visible()


async def _filters(owner: Visit, card: Locator, rows: Locator) -> None:
    """Choose, search, and see that what comes meanwhile obeys."""
    person, chip = (card.locator(".chip", has_text=kind) for kind in ("Person", "Not described"))
    await person.click()
    await expect(rows).to_have_count(2)
    with pytest.raises(HassError):
        await owner.describe()
    await owner.page.wait_for_timeout(100)
    await expect(rows).to_have_count(2)
    await person.click()
    await chip.click()
    await expect(rows).to_have_count(2)
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(rows).to_have_count(4)
    search = card.get_by_role("searchbox", name="Search events")
    await search.fill("parcel")
    await expect(rows).to_have_count(2)
    await search.fill("elephant")
    await expect(card).to_contain_text("No event matches")
    await card.get_by_role("button", name="Show all events").click()
    await expect(rows).to_have_count(4)


async def _is_used_by_keyboard(page: Page, card: Locator, rows: Locator) -> None:
    """Tab to the list, go down, open, turn over, close, and be where one was."""
    await card.get_by_role("searchbox").focus()
    focused = rows.locator("button.open:focus")
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await focused.count():
            break
    await expect(rows.first.locator("button.open")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    details = page.locator("eyewitness-details dialog")
    await expect(details.get_by_role("heading", level=2)).to_have_text("Courier with a parcel")
    await expect(details).to_contain_text("Who was asked")
    await expect(details.locator("img.large")).to_have_js_property("complete", value=True)
    assert await barriers(details) == []
    await page.keyboard.press("ArrowLeft")
    await expect(details.get_by_role("heading", level=2)).to_have_text("Not described")
    await expect(details.locator("tbody tr")).to_have_count(len(VENDORS))
    await expect(details).to_contain_text("No requests left")
    assert await barriers(details) == []
    for _ in range(6):  # the focus stays in it
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.localName") in {
            "eyewitness-details",
            "body",
        }
    await page.keyboard.press("Escape")
    await expect(details).to_have_count(0)
    await expect(rows.nth(1).locator("button.open")).to_be_focused()


async def _hostile_texts_are_words(page: Page) -> None:
    """They are cleaned before; here they come as a model may dictate them, past every cleaning."""
    texts = [f"<img src=x onerror=alert(1)><script>alert(2)</script> {text}" for text in HOSTILE]
    await page.evaluate(_SHOW, [texts, f"https://{HOST}/x.jpg"])
    card = page.locator("body > eyewitness-card")
    rows = card.locator("li.event")
    await expect(rows).to_have_count(len(texts))
    await expect(rows.first).to_contain_text("<img src=x onerror=alert(1)>")
    assert await card.evaluate(_ELEMENTS) == []
    await card.evaluate("card => card.style.direction = 'rtl'")
    await rows.first.locator("button.open").press("Enter")
    details = page.locator("eyewitness-details")
    await expect(details).to_have_attribute("dir", "rtl")
    await expect(details.locator("tbody")).to_contain_text("<script>alert(2)</script>")
    assert await details.evaluate(_ELEMENTS) == []
    await page.keyboard.press("Escape")


async def _waits_for_the_front_end(page: Page) -> None:
    """Let the app come after the cards: it replaces the registry of elements."""

    async def late(route: Route) -> None:
        await page.wait_for_timeout(1_000)
        await route.continue_()

    app = re.compile(r"/frontend_latest/app\.")
    await page.route(app, late)
    await page.reload()
    await expect(page.locator("eyewitness-card h2")).to_have_text("At our door")
    await page.unroute(app)
