"""Adding, changing, sorting and removing providers, as the front end does it."""

from typing import Any

import pytest

from tests.e2e.world import E2E, World
from tests.harness.client import HassError
from tests.harness.flows import start_options, start_subentry, subentries
from tests.harness.loop import on_loop
from tests.harness.simulator import KEYS
from tests.simulator import Vendor

pytestmark = E2E


DEFAULT = ["OpenAI", "xAI Grok", "Google Gemini", "Anthropic Claude"]


async def _sort(home: World, order: list[str]) -> list[str]:
    """Sort the providers by name; return the order in which they were shown before."""
    flow = await start_options(home.hass.api, home.entry_id)
    shown = flow.suggested["provider_order"]
    by_name = {item["name"]: item for item in shown}
    step = await flow.answer({"provider_order": [by_name[name] for name in order]})
    assert step["type"] == "create_entry", step
    await home.reload()
    return [item["name"] for item in shown]


def _typed(home: World, kind: Vendor, key: str) -> dict[str, Any]:
    """Return what a person types into the dialog that adds a provider."""
    advanced = {"base_url": home.vendors.urls.base(kind), "local": False}
    return {"kind": kind, "api_key": key, "advanced": advanced}


@on_loop
async def test_ac8_the_order_can_be_sorted_and_is_used(home: World) -> None:
    """The list shows the default order; the sorted one is stored and asked in that order."""
    wanted = ["Anthropic Claude", "Google Gemini", "OpenAI", "xAI Grok"]
    assert await _sort(home, wanted) == DEFAULT
    try:
        await home.vendors.fail("anthropic", repeat=True)
        response = await home.describe()
        assert [item["provider"] for item in response["attempts"]] == ["anthropic", "gemini"]
    finally:
        assert await _sort(home, DEFAULT) == wanted


@on_loop
async def test_a_provider_is_added_changed_and_removed(home: World) -> None:
    """A second OpenAI account comes and goes; the others stay."""
    await home.vendors.set_key("grok", "second-grok-key")
    before = await subentries(home.hass.api, home.entry_id)
    flow = await start_subentry(home.hass.api, home.entry_id, "provider")
    step = await flow.answer(_typed(home, "grok", "second-grok-key"))
    assert flow.step_id == "model", step
    (listed,) = step["data_schema"]
    offered = [option["value"] for option in listed["selector"]["select"]["options"]]
    assert offered[0] == "auto"
    assert "grok-4.20" in offered
    step = await flow.answer({"model": "auto"})
    assert (step["type"], step["menu_options"]) == ("menu", ["save", "test", "model"])
    await home.vendors.fail("grok", "forbidden")
    step = await flow.choose("test")
    assert flow.step_id == "test_failed", step
    assert step["description_placeholders"]["reason"] == "Access denied"
    step = await flow.choose("test")
    assert flow.step_id == "tested", step
    assert float(step["description_placeholders"]["seconds"]) < 30
    step = await flow.choose("save")
    assert step["type"] == "create_entry", step
    after = await subentries(home.hass.api, home.entry_id)
    (added,) = [item for item in after if item not in before]
    try:
        flow = await start_subentry(home.hass.api, home.entry_id, "provider", added["subentry_id"])
        assert flow.step_id == "reconfigure"
        assert "second-grok-key" not in str(flow.step)
        await flow.answer({"advanced": {"base_url": home.vendors.urls.grok, "local": False}})
        assert flow.suggested["model"] == "auto"
        await flow.answer({"model": "grok-4.20"})
        step = await flow.choose("save")
        assert step["reason"] == "reconfigure_successful", step
        await home.reload()
        response = await home.describe(providers=[added["subentry_id"]])
        assert (response["provider"], response["model"]) == ("grok", "grok-4.20")
    finally:
        await home.hass.api.ws(
            "config_entries/subentries/delete",
            entry_id=home.entry_id,
            subentry_id=added["subentry_id"],
        )
    assert await subentries(home.hass.api, home.entry_id) == before


@on_loop
async def test_the_same_key_twice_is_refused(home: World) -> None:
    """A provider that is there already is not added again."""
    flow = await start_subentry(home.hass.api, home.entry_id, "provider")
    step = await flow.answer(_typed(home, "openai", KEYS["openai"]))
    assert (step["type"], step["reason"]) == ("abort", "already_configured")


@on_loop
async def test_an_unknown_provider_is_the_callers_mistake(home: World) -> None:
    """The action names the provider that it does not know."""
    with pytest.raises(HassError) as caught:
        await home.describe(providers=["skynet"])
    assert caught.value.translation_key == "provider_not_found"
    assert "skynet" in caught.value.message
