"""The dialog that adds Eyewitness, and the removal."""

from tests.e2e.world import E2E, World
from tests.harness.eyewitness import default_keys, form
from tests.harness.flows import entries, start_config, subentries
from tests.harness.loop import on_loop
from tests.harness.simulator import KEYS, VENDORS

pytestmark = E2E


@on_loop
async def test_removed_and_added_again_with_a_wrong_key_on_the_way(home: World) -> None:
    """A wrong key names its provider, the other fields stay; the second try works."""
    api = home.hass.api
    await api.request("DELETE", f"/api/config/config_entries/entry/{home.entry_id}")
    assert await entries(api, "eyewitness") == []
    assert await home.sensors() == {}

    flow = await start_config(api, "eyewitness")
    assert flow.step_id == "user"
    urls = home.vendors.urls
    typed = form(default_keys() | {"gemini": "not-the-key"}, urls)
    step = await flow.answer(typed)
    assert step["type"] == "form"
    assert step["errors"] == {"gemini_api_key": "gemini_invalid_auth"}
    kept = flow.suggested
    for vendor in VENDORS:
        assert kept[f"{vendor}_base_url"] == urls.base(vendor)
        if vendor != "gemini":
            assert kept[f"{vendor}_api_key"] == KEYS[vendor]
    # Every key was asked about, and asking is free: nobody was asked to describe.
    assert {item["vendor"] for item in await home.vendors.requests(endpoint="models")} == {
        "openai",
        "grok",
        "gemini",
        "anthropic",
    }
    assert not await home.vendors.requests(endpoint="describe")

    step = await flow.answer(form(default_keys(), urls))
    assert step["type"] == "create_entry"
    home.entry_id = step["result"]["entry_id"]
    titles = [item["title"] for item in await subentries(api, home.entry_id)]
    assert titles == ["OpenAI", "xAI Grok", "Google Gemini", "Anthropic Claude"]
    assert (await home.describe())["provider"] == "openai"


@on_loop
async def test_no_key_at_all_is_refused(home: World) -> None:
    """An empty dialog says that one key is needed."""
    api = home.hass.api
    await api.request("DELETE", f"/api/config/config_entries/entry/{home.entry_id}")
    flow = await start_config(api, "eyewitness")
    try:
        step = await flow.answer({"endpoints": {}})
        assert step["errors"] == {"base": "no_key"}
    finally:
        step = await flow.answer(form(default_keys(), home.vendors.urls))
        home.entry_id = step["result"]["entry_id"]
