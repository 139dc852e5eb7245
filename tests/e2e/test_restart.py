"""What is counted survives a restart and a power cut."""

from typing import Any

from tests.e2e.world import E2E, World
from tests.harness.ledger import usage_rows
from tests.harness.loop import on_loop

pytestmark = E2E


def _readings(states: dict[str, dict[str, Any]]) -> dict[str, tuple[str, object]]:
    return {
        entity_id: (state["state"], state["attributes"].get("description"))
        for entity_id, state in states.items()
    }


async def _use(home: World) -> dict[str, tuple[str, object]]:
    """Let one provider fail and another answer; return what the sensors say then."""
    await home.vendors.fail("openai")
    response = await home.describe()
    assert response["provider"] == "grok"
    readings = _readings(await home.sensors())
    assert int(readings["sensor.eyewitness_descriptions"][0]) >= 1
    assert int(readings["sensor.openai_failed_requests"][0]) >= 1
    assert float(readings["sensor.xai_grok_cost"][0]) > 0
    assert readings["sensor.eyewitness_answering_provider"][0] == "grok"
    assert readings["sensor.eyewitness_last_description"][1] == response["description"]
    return readings


@on_loop
async def test_the_sensors_are_unchanged_after_a_restart(home: World) -> None:
    """Every sensor of Eyewitness says the same before and after."""
    before = await _use(home)
    await home.hass.restart()
    assert _readings(await home.sensors()) == before


@on_loop
async def test_the_sensors_are_unchanged_after_a_power_cut(home: World) -> None:
    """The ledger had every row on disk before the action answered."""
    before = await _use(home)
    rows = usage_rows(home.hass.folder)
    await home.hass.kill()
    await home.hass.start()
    assert usage_rows(home.hass.folder) == rows
    assert _readings(await home.sensors()) == before
