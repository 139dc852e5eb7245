"""Adding, changing and removing providers, as the front end does it."""

from tests.e2e.world import E2E, World
from tests.harness.eyewitness import provider_form
from tests.harness.flows import delete_subentry, start_subentry, subentries
from tests.harness.loop import on_loop
from tests.simulator import KEYS

pytestmark = E2E


@on_loop
async def test_a_provider_is_added_changed_and_removed(home: World) -> None:
    """A second Grok account comes and goes; the others stay."""
    api, urls = home.hass.api, home.vendors.urls
    await home.vendors.set_key("grok", "second-grok-key")
    before = await subentries(api, home.entry_id)
    flow = await start_subentry(api, home.entry_id, "provider")
    await flow.choose("grok")
    step = await flow.answer(provider_form(urls, "grok", "second-grok-key"))
    assert flow.step_id == "model", step
    (listed,) = step["data_schema"]
    offered = [option["value"] for option in listed["selector"]["select"]["options"]]
    assert offered[0] == "auto"
    assert "grok-4.20" in offered
    step = await flow.answer({"model": "auto"})
    assert (step["type"], step["menu_options"]) == ("menu", ["save", "test", "camera", "model"])
    await home.vendors.fail("grok", "forbidden")
    step = await flow.choose("test")
    assert flow.step_id == "test_failed", step
    assert step["description_placeholders"]["reason"] == "Access denied"
    step = await flow.choose("test")
    assert flow.step_id == "tested", step
    assert float(step["description_placeholders"]["seconds"]) < 30
    step = await flow.choose("save")
    assert step["type"] == "create_entry", step
    after = await subentries(api, home.entry_id)
    (added,) = [item["subentry_id"] for item in after if item not in before]
    try:
        flow = await start_subentry(api, home.entry_id, "provider", added)
        assert flow.step_id == "reconfigure"
        assert "second-grok-key" not in str(flow.step)
        await flow.answer(provider_form(urls, "grok"))
        assert flow.suggested["model"] == "auto"
        await flow.answer({"model": "grok-4.20"})
        step = await flow.choose("save")
        assert step["reason"] == "reconfigure_successful", step
        response = await home.describe(providers=[added])  # which waits for the reload
        assert (response["provider"], response["model"]) == ("grok", "grok-4.20")
    finally:
        await delete_subentry(api, home.entry_id, added)
    assert await subentries(api, home.entry_id) == before


@on_loop
async def test_the_same_key_twice_is_refused(home: World) -> None:
    """A provider that is there already is not added again."""
    flow = await start_subentry(home.hass.api, home.entry_id, "provider")
    await flow.choose("openai")
    step = await flow.answer(provider_form(home.vendors.urls, "openai", KEYS["openai"]))
    assert (step["type"], step["reason"]) == ("abort", "already_configured")
