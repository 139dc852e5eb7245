"""What is counted survives a restart and a power cut."""

from typing import Any

import pytest

from tests.e2e.world import E2E, World
from tests.harness.ledger import usage_rows
from tests.harness.loop import on_loop

pytestmark = E2E


async def _readings(home: World) -> dict[str, tuple[str, Any]]:
    return {
        entity_id: (state["state"], state["attributes"].get("description"))
        for entity_id, state in (await home.sensors()).items()
    }


@pytest.mark.parametrize("end", ["restart", "power cut"])
@on_loop
async def test_the_sensors_and_the_ledger_are_unchanged_after(home: World, end: str) -> None:
    """The ledger had every row on disk before the action answered, and the sensors read it."""
    await home.vendors.fail("openai")
    response = await home.describe()
    assert response["provider"] == "grok"
    before, rows = await _readings(home), usage_rows(home.hass.folder)
    assert int(before["sensor.eyewitness_descriptions"][0]) >= 1
    assert int(before["sensor.openai_failed_requests"][0]) >= 1
    assert float(before["sensor.xai_grok_cost"][0]) > 0
    assert before["sensor.eyewitness_answering_provider"][0] == "grok"
    assert before["sensor.eyewitness_last_description"][1] == response["description"]
    await (home.hass.stop() if end == "restart" else home.hass.kill())
    await home.hass.start()
    assert usage_rows(home.hass.folder) == rows
    assert await _readings(home) == before
