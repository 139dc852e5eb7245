"""The dialog that adds Eyewitness, and the removal."""

from tests.e2e.world import E2E, World
from tests.harness.eyewitness import DOMAIN, NAMES, form
from tests.harness.flows import delete_entry, entries, start_config, titles
from tests.harness.loop import on_loop
from tests.simulator import KEYS, VENDORS

pytestmark = E2E


@on_loop
async def test_removed_and_added_again_with_a_wrong_key_on_the_way(home: World) -> None:
    """One key is needed, a wrong one names its provider, the other fields stay; then it works."""
    api, urls = home.hass.api, home.vendors.urls
    await delete_entry(api, home.entry_id)
    assert await entries(api, DOMAIN) == []
    assert await home.sensors() == {}

    flow = await start_config(api, DOMAIN)
    assert flow.step_id == "user"
    step = await flow.answer({"endpoints": {}})
    assert step["errors"] == {"base": "no_key"}
    step = await flow.answer(form(KEYS | {"gemini": "not-the-key"}, urls))
    assert step["type"] == "form"
    assert step["errors"] == {"gemini_api_key": "gemini_invalid_auth", "base": "see_below"}
    kept = flow.suggested
    for vendor in VENDORS:
        assert kept[f"{vendor}_base_url"] == urls.base(vendor)
        if vendor != "gemini":
            assert kept[f"{vendor}_api_key"] == KEYS[vendor]
    # Every key was asked about, and asking is free: nobody was asked to describe.
    listed = await home.vendors.requests(endpoint="models")
    assert {item["vendor"] for item in listed} == set(VENDORS)
    assert not await home.vendors.requests(endpoint="describe")

    step = await flow.answer(form(KEYS, urls))
    assert step["type"] == "create_entry"
    home.entry_id = step["result"]["entry_id"]
    assert list(await titles(api, home.entry_id)) == list(NAMES.values())
    assert (await home.describe())["provider"] == "openai"

    flow = await start_config(api, DOMAIN)  # one entry is enough for all providers
    assert (flow.step["type"], flow.step["reason"]) == ("abort", "single_instance_allowed")
