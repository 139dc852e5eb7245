"""Black areas drawn with mouse and finger, and the card about the usage, in a real browser."""

import io
from typing import Any

from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.e2e.visit import BROWSER, Visit
from tests.harness.axe import barriers
from tests.harness.client import HassClient
from tests.harness.loop import on_loop
from tests.harness.settings import PAGE
from tests.hostile_texts import URL

pytestmark = BROWSER

HOSTILE = f"<img src=x onerror=alert(1)> ![x]({URL}.png)"
WINDOW, LAMP = (27, 23, 47, 60), (70, 12, 90, 40)
"""Sides in percent."""
DOOR = (60, 50)
USAGE = "test-usage"

_NO_ADMINISTRATOR = """editor => {
    const {hass} = editor;
    editor.hass = {...hass, user: {...hass.user, is_admin: false}};
    editor.setConfig({...editor.config});
}"""

type Sides = tuple[int, int, int, int]


@on_loop
async def test_what_is_drawn_is_black_in_what_providers_get(owner: Visit) -> None:
    """From the camera's form to the editor, with the mouse, by touch, and with keys."""
    page = owner.page
    await page.goto(PAGE)
    await page.get_by_role("button", name="Add rules for a camera").click()
    await page.get_by_role("link", name="draw them on the camera's own picture").click()
    editor = page.locator("eyewitness-mask-card")
    surface, areas = editor.locator(".surface"), editor.locator(".area")
    await expect(surface.locator("img")).to_be_visible()
    assert await _sent(owner) == (False, False, False)

    await _draw_by_mouse(page, surface, WINDOW)
    await expect(areas).to_have_count(1)
    await editor.get_by_role("button", name="What providers will see").click()
    await expect(editor.get_by_alt_text("as providers will see it")).to_be_visible()
    assert await barriers(editor) == []
    await editor.get_by_role("button", name="Go on drawing").click()
    await _save(editor)
    assert await _sent(owner) == (True, False, False)

    await _draw_by_touch(page, surface, LAMP)
    await expect(areas).to_have_count(2)
    await _save(editor)
    assert await _sent(owner) == (True, True, False)

    await areas.first.press("Delete")
    await areas.first.press("ArrowDown")
    await areas.first.press("Shift+ArrowRight")
    await expect(areas).to_have_accessible_name(
        "Area 2. Left 70 percent, top 13 percent, right 91 percent, bottom 41 percent."
    )
    await editor.get_by_label("Name").fill(HOSTILE)
    await editor.get_by_label("Name").press("Enter")
    await expect(areas).to_contain_text(HOSTILE)
    assert await barriers(editor) == []
    await _save(editor)
    await page.reload()
    await expect(areas).to_contain_text(HOSTILE)
    await editor.evaluate(_NO_ADMINISTRATOR)
    await expect(editor).to_contain_text("Only an administrator")
    await expect(editor.get_by_role("button")).to_have_count(0)
    assert await _sent(owner) == (False, True, False)
    await _the_usage_card_shows_what_the_sensors_show(owner)


async def _the_usage_card_shows_what_the_sensors_show(owner: Visit) -> None:
    """And it shows the next event without a reload."""
    page, api = owner.page, owner.hass.api
    await api.ws("lovelace/dashboards/create", url_path=USAGE, title="Usage", mode="storage")
    card: dict[str, Any] = {"type": "custom:eyewitness-usage-card", "title": HOSTILE}
    await api.ws("lovelace/config/save", url_path=USAGE, config={"views": [{"cards": [card]}]})
    await page.goto(f"/{USAGE}")
    shown = page.locator("eyewitness-usage-card")
    await expect(shown.get_by_role("listitem")).to_have_count(4)
    await expect(shown).to_contain_text(HOSTILE)
    count = int(await _state(api, "sensor.eyewitness_descriptions_today"))
    today = shown.locator(".sum", has_text="Today")
    await expect(today).to_contain_text(f"Descriptions{count}")
    await owner.describe()
    await expect(today).to_contain_text(f"Descriptions{count + 1}", timeout=1500)
    cost = float(await _state(api, "sensor.eyewitness_cost_today"))
    await expect(today).to_contain_text(f"${cost:.4f}".rstrip("0"))
    assert await barriers(shown) == []


async def _state(api: HassClient, entity_id: str) -> str:
    state = await api.state(entity_id)
    assert state is not None
    return str(state["state"])


async def _sent(owner: Visit) -> tuple[bool, ...]:
    """Return whether window, lamp and door are black in what a provider gets now."""
    await owner.describe()
    (*_, request) = await owner.vendors.requests("openai", "describe")
    picture = Image.open(io.BytesIO(await owner.vendors.image(request["seq"])))

    def is_black(x: int, y: int) -> bool:
        return picture.getpixel((picture.width * x // 100, picture.height * y // 100)) == (0, 0, 0)

    return is_black(37, 40), is_black(80, 30), is_black(*DOOR)


async def _save(editor: Locator) -> None:
    await editor.get_by_role("button", name="Save").click()
    await expect(editor.get_by_role("status")).to_contain_text("Saved.")


async def _path(surface: Locator, sides: Sides) -> list[tuple[float, float]]:
    """Return places on the way from one corner to the one across."""
    box = await surface.bounding_box()
    assert box is not None
    left, top, right, bottom = sides
    return [
        (
            box["x"] + box["width"] * (left + (right - left) * part) / 100,
            box["y"] + box["height"] * (top + (bottom - top) * part) / 100,
        )
        for part in (0, 0.5, 1)
    ]


async def _draw_by_mouse(page: Page, surface: Locator, sides: Sides) -> None:
    start, *way = await _path(surface, sides)
    await page.mouse.move(*start)
    await page.mouse.down()
    for place in way:
        await page.mouse.move(*place)
    await page.mouse.up()


async def _draw_by_touch(page: Page, surface: Locator, sides: Sides) -> None:
    devtools = await page.context.new_cdp_session(page)
    kind = "touchStart"
    for x, y in await _path(surface, sides):
        points = [{"x": x, "y": y}]
        await devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        kind = "touchMove"
    await devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await devtools.detach()
