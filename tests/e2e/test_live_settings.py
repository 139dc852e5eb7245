"""A real Home Assistant takes up changed settings while calls are under way."""

import asyncio
import io
from typing import Any

from PIL import Image, ImageStat

from tests.e2e.world import E2E, World
from tests.harness.eyewitness import NAMES
from tests.harness.flows import delete_subentry, start_options, start_subentry, subentries, titles
from tests.harness.loop import on_loop

pytestmark = E2E


def _was_reloaded(changes: list[dict[str, Any]]) -> set[str]:
    """Return the entities that were unavailable for a moment, as they are in every reload."""
    return {
        change["data"]["entity_id"]
        for change in changes
        if (change["data"]["new_state"] or {}).get("state") == "unavailable"
    }


@on_loop
async def test_a_camera_gets_rules_while_twenty_calls_are_under_way(home: World) -> None:
    """All are answered, nothing blinks, and the next picture follows the rules."""
    await home.vendors.fail("openai", "latency", latency=0.5, repeat=True)
    async with home.hass.api.events("state_changed") as changes:
        calls = [
            asyncio.create_task(home.describe(entity_id=(home.camera, home.sideways)[number % 2]))
            for number in range(20)
        ]
        await asyncio.sleep(0.2)
        flow = await start_subentry(home.hass.api, home.entry_id, "camera")
        step = await flow.answer(
            {
                "entity_id": home.camera,
                "masks": [{"name": "All", "left": 0, "top": 0, "right": 100, "bottom": 100}],
                "keep_pictures": True,
            }
        )
        assert step["type"] == "create_entry", step
        responses = await asyncio.gather(*calls)
        assert {response["provider"] for response in responses} == {"openai"}
        await asyncio.sleep(1.5)  # a reload would have come by now
        assert _was_reloaded(changes.events) == set()
    try:
        await home.describe()
        (*_, request) = await home.vendors.requests("openai", "describe")
        picture = Image.open(io.BytesIO(await home.vendors.image(request["seq"])))
        assert max(high for _, high in ImageStat.Stat(picture).extrema) == 0
    finally:
        for item in await subentries(home.hass.api, home.entry_id):
            if item["subentry_type"] == "camera":
                await delete_subentry(home.hass.api, home.entry_id, item["subentry_id"])


async def _sort(home: World, *order: str) -> None:
    """Sort the providers by name."""
    flow = await start_options(home.hass.api, home.entry_id)
    ids = await titles(home.hass.api, home.entry_id)
    step = await flow.answer({"provider_order": [ids[name] for name in order]})
    assert step["type"] == "create_entry", step


async def _shown(home: World) -> list[str]:
    """Return the providers' names as the dialog sorts them."""
    flow = await start_options(home.hass.api, home.entry_id)
    await flow.abandon()
    names = {key: name for name, key in (await titles(home.hass.api, home.entry_id)).items()}
    return [names[key] for key in flow.suggested["provider_order"]]


@on_loop
async def test_ac8_the_order_can_be_sorted_and_is_used_by_the_next_event(home: World) -> None:
    """The list shows the default order; the sorted one is stored and used, without a reload."""
    default = list(NAMES.values())
    wanted = ["Anthropic Claude", "Google Gemini", "OpenAI", "xAI Grok"]
    assert await _shown(home) == default
    async with home.hass.api.events("state_changed") as changes:
        await _sort(home, *wanted)
        try:
            assert await _shown(home) == wanted
            await home.vendors.fail("anthropic", repeat=True)
            response = await home.describe()
            assert [item["provider"] for item in response["attempts"]] == ["anthropic", "gemini"]
        finally:
            await _sort(home, *default)
        assert (await home.describe())["provider"] == "openai"
        await asyncio.sleep(1.5)
        assert _was_reloaded(changes.events) == set()
