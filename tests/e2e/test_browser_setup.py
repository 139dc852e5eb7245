"""Acceptance C3: providers added, changed, mended and removed by clicking, in a real browser."""

from playwright.async_api import Page, expect
import pytest

from tests.e2e.log import check
from tests.e2e.visit import BROWSER, Visit
from tests.harness.browser import field
from tests.harness.client import HassError
from tests.harness.flows import start_subentry
from tests.harness.loop import on_loop
from tests.harness.settings import (
    CHECK_MS,
    PAGE,
    add_black_area,
    finish_setup,
    open_camera_rules,
    open_models,
    open_models_of,
    open_new_provider,
    open_own_server,
    open_section,
    open_setup,
    pick,
    press,
    row,
    run_test,
)
from tests.simulator import KEYS

pytestmark = BROWSER


async def _add_first(visit: Visit) -> None:
    """Add Eyewitness with OpenAI only."""
    page = visit.page
    await open_setup(page)
    await field(page, "OpenAI API key").fill(KEYS["openai"])
    addresses = await open_section(page, "Other addresses")
    await addresses.locator("input").first.fill(visit.vendors.urls.openai)
    await finish_setup(page)


@on_loop
async def test_c3_a_server_of_ones_own_is_enough(newcomer: Visit) -> None:
    """No company is needed; an error is shown above its part of the form, which stays open."""
    page, vendors = newcomer.page, newcomer.vendors
    server = await open_own_server(page, vendors.urls.openai)
    await press(page, "Submit")
    alert = page.locator("ha-alert").last
    await expect(alert).to_contain_text("This address is in your own network", timeout=CHECK_MS)
    await server.locator("ha-selector-boolean ha-switch").click()
    await press(page, "Submit")
    await expect(alert).to_contain_text("The server refused this key", timeout=CHECK_MS)
    above, part = await alert.bounding_box(), await server.bounding_box()
    assert above is not None
    assert part is not None
    assert 0 <= part["y"] - above["y"] - above["height"] < 40
    key = server.locator("ha-selector-text", has_text="API key").locator("input")
    await key.fill(KEYS["openai"])
    await finish_setup(page)
    assert list(await newcomer.titles()) == ["OpenAI-compatible server"]
    assert (await newcomer.describe())["provider"] == "openai_compatible"


async def _change_model(page: Page, title: str, model: str) -> None:
    await open_models_of(page, title)
    await pick(page, model)
    await press(page, "Submit")
    await page.get_by_text("Save", exact=True).click()
    await expect(page.get_by_text("The changes are stored")).to_be_visible()


@on_loop
async def test_c3_providers_are_added_tested_and_changed(newcomer: Visit) -> None:
    """The first in the set-up dialog, the second on the page, with a model from the list."""
    page, vendors = newcomer.page, newcomer.vendors
    await _add_first(newcomer)
    assert list(await newcomer.titles()) == ["OpenAI"]

    await open_new_provider(page, "Anthropic Claude", "not-the-key", vendors.urls.anthropic)
    await press(page, "Submit")
    await expect(page.get_by_text("Anthropic refused this Claude key")).to_be_visible(
        timeout=CHECK_MS
    )
    assert list(await newcomer.titles()) == ["OpenAI"]
    await field(page, "API key").fill(KEYS["anthropic"])
    await open_models(page)
    await pick(page, "claude-sonnet-5-5")
    result = await run_test(page)
    await expect(result).to_contain_text("claude-sonnet-5-5 answered after", timeout=CHECK_MS)
    picture = result.locator("img")
    assert await picture.evaluate("image => image.naturalWidth") == 384
    (tested,) = await vendors.requests("anthropic")
    assert tested["model"] == "claude-sonnet-5-5"
    assert list(await newcomer.titles()) == ["OpenAI"]
    await result.get_by_text("Save", exact=True).click()
    await page.get_by_role("button", name="Finish").click()
    assert list(await newcomer.titles()) == ["OpenAI", "Anthropic Claude"]
    answer = await newcomer.describe(providers=["anthropic"])
    assert answer["model"] == "claude-sonnet-5-5"

    await _change_model(page, "Anthropic Claude", "claude-haiku-4-5")
    answer = await newcomer.describe(providers=["anthropic"])
    assert answer["model"] == "claude-haiku-4-5"
    assert (await newcomer.describe())["provider"] == "openai"


@on_loop
async def test_c3_a_refused_key_is_asked_for_by_name(owner: Visit) -> None:
    """Two witnesses against a key start one dialog; meanwhile the others go on."""
    page, vendors = owner.page, owner.vendors
    await vendors.set_key("openai", "the-new-key")
    assert (await owner.describe())["provider"] == "grok"
    await page.goto(PAGE)
    card = page.locator(".attention, ha-card", has_text="Attention required").last
    await expect(card).to_contain_text("OpenAI")
    await page.get_by_role("button", name="Reconfigure").click()
    await expect(page.get_by_text("New key for OpenAI")).to_be_visible()
    assert (await owner.describe())["provider"] == "grok"

    await field(page, "API key").fill(KEYS["openai"])
    await press(page, "Submit")
    await expect(page.get_by_text("OpenAI refused this key")).to_be_visible(timeout=CHECK_MS)
    await field(page, "API key").fill("the-new-key")
    await press(page, "Submit")
    await expect(page.get_by_text("The new keys are stored")).to_be_visible(timeout=CHECK_MS)
    await press(page, "Close")
    await expect(page.get_by_text("Attention required")).to_have_count(0)
    assert (await owner.describe())["provider"] == "openai"


@on_loop
async def test_c3_a_missing_model_is_mended_under_repairs(owner: Visit) -> None:
    """The report appears, its dialog offers what there is, and the provider answers again."""
    page, vendors, api = owner.page, owner.vendors, owner.hass.api
    await _change_model(page, "xAI Grok", "grok-4.20")
    await vendors.offer("grok", "grok-4.20", offered=False)
    with pytest.raises(HassError, match="Model gone"):
        await owner.describe(providers=["grok"])

    await page.goto("/config/repairs")
    await page.get_by_text("The model of xAI Grok is gone").click()
    dialog = page.get_by_text("xAI Grok does not offer grok-4.20 any more")
    await expect(dialog).to_be_visible(timeout=CHECK_MS)
    await pick(page, "grok-4.3")
    await press(page, "Use this model")
    await press(page, "Finish")
    await expect(page.get_by_text("The model of xAI Grok is gone")).to_have_count(0)
    issues = (await api.ws("repairs/list_issues"))["issues"]
    assert not [issue for issue in issues if issue["domain"] == "eyewitness"]
    answer = await owner.describe(providers=["grok"])
    assert (answer["provider"], answer["model"]) == ("grok", "grok-4.3")


@on_loop
async def test_c3_a_camera_gets_rules(owner: Visit) -> None:
    """A black area and one provider are chosen; nobody else ever sees this camera."""
    page, vendors = owner.page, owner.vendors
    await open_camera_rules(page, "Front door")
    await add_black_area(page, "Neighbour's window", (5, 10, 30, 45))
    await page.get_by_role("button", name="Add black shape").click()
    await page.locator("ha-selector-text input").last.fill("60,0 100,0 100,40")
    for name in ("OpenAI", "xAI Grok", "Anthropic Claude"):  # all are ticked
        await page.locator("ha-formfield, ha-checkbox").filter(has_text=name).first.click()
    await press(page, "Submit")
    await press(page, "Finish")
    await expect(row(page, "Front door")).to_contain_text("Camera rules")

    assert (await owner.describe())["provider"] == "gemini"
    await vendors.fail("gemini", repeat=True)
    with pytest.raises(HassError, match="Google Gemini: Server trouble"):
        await owner.describe(timeout=5)
    assert {seen["vendor"] for seen in await vendors.requests()} == {"gemini"}


@on_loop
async def test_e2_rules_of_a_camera_that_is_gone_are_mended_under_repairs(owner: Visit) -> None:
    """They get another camera, and the report goes."""
    page, api = owner.page, owner.hass.api
    flow = await start_subentry(api, await owner.entry_id(), "camera")
    await flow.answer({"entity_id": "camera.gate", "keep_pictures": True})
    await page.goto("/config/repairs")
    await page.get_by_text("The camera camera.gate is gone").click()
    await page.get_by_text("Choose the camera", exact=True).click()
    await expect(page.get_by_text("Which camera has taken the place")).to_be_visible()
    await page.locator("ha-selector-entity").click()
    await page.get_by_text("Front door", exact=True).last.click()
    await press(page, "Use this camera")
    await press(page, "Finish")
    await expect(page.get_by_text("The camera camera.gate is gone")).to_have_count(0)
    assert "Front door" in await owner.titles()


@on_loop
async def test_c3_a_provider_is_removed(owner: Visit) -> None:
    """Its device and its entities go with it; the others stay and answer."""
    page, api = owner.page, owner.hass.api
    gone = (await owner.titles())["OpenAI"]
    await page.goto(PAGE)
    await row(page, "OpenAI").locator("ha-dropdown ha-icon-button").first.click()
    await page.get_by_text("Delete", exact=True).locator("visible=true").first.click()
    await page.get_by_text("Delete OpenAI?").wait_for()
    await press(page, "Delete")
    await expect(row(page, "OpenAI")).to_have_count(0)

    assert list(await owner.titles()) == ["xAI Grok", "Google Gemini", "Anthropic Claude"]
    for kind in ("device", "entity"):
        kept = await api.ws(f"config/{kind}_registry/list")
        assert gone not in str(kept)
    assert (await owner.describe())["provider"] == "grok"


@on_loop
async def test_the_log_of_all_this_holds_no_trouble_of_ours(owner: Visit) -> None:
    """No blocking call and no error; two warnings of ours, about a refused key and a gone model."""
    await owner.describe()
    expected = (
        r"WARNING .*\[custom_components\.eyewitness\] "
        r"(?:OpenAI refuses its key|xAI Grok does not offer its model)"
    )
    check(owner.hass.log(), expected)
