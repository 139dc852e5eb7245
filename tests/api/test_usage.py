"""What the usage card is told: the sensors' figures, whenever they change, to those who may."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.kit import House
from tests.pipeline.test_budget import DEAR, spend
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("camera")
GET, SUBSCRIBE = "eyewitness/usage/get", "eyewitness/usage/subscribe"


async def get(hass_ws_client: WebSocketGenerator, **message: Any) -> dict[str, Any]:
    """Return the answer to one command."""
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": GET, **message})
    answer: dict[str, Any] = await client.receive_json()
    return answer


async def test_the_figures_are_the_sensors(
    hass: HomeAssistant, house: House, sim: Simulator, hass_ws_client: WebSocketGenerator
) -> None:
    """Each sum, status and rate; and the rest ends when the provider is asked again."""
    await house.set_up(house.subentry("openai", title="<b>Mine</b>"), "grok")
    sim.fail("openai", "quota", repeat=True)
    for _ in range(2):
        await house.describe()
    await hass.async_block_till_done()

    def shown(name: str) -> float:
        state = hass.states.get(f"sensor.{name}")
        assert state is not None
        return float(state.state)

    found = (await get(hass_ws_client))["result"]
    today = found["today"]
    assert today["cost"] == shown("eyewitness_cost_today") > 0
    assert found["month"]["cost"] == shown("eyewitness_cost_this_month")
    assert today["descriptions"] == shown("eyewitness_descriptions_today") == 2
    assert found["complete"]
    openai, grok = found["providers"]
    assert (openai["id"], openai["name"]) == (house.provider("openai").subentry_id, "<b>Mine</b>")
    assert (openai["status"], openai["success_rate"]) == ("quota", 0.0)
    left = dt_util.parse_datetime(openai["until"], raise_on_error=True) - dt_util.utcnow()
    expected = house.runtime.seconds_to_next_try(openai["id"])
    assert expected > 0
    assert left.total_seconds() == pytest.approx(expected, abs=5)
    assert (grok["status"], grok["success_rate"], grok["until"]) == ("ok", 100.0, None)
    assert grok["model"] == "grok-4.3"
    assert grok["month"]["cost"] == shown("xai_grok_cost")
    assert grok["today"]["requests"] == shown("xai_grok_requests") == 2
    assert today["requests"] == sum(each["today"]["requests"] for each in found["providers"])


async def test_budgets_and_who_needs_help(house: House, hass_ws_client: WebSocketGenerator) -> None:
    """What is spent of each limit is what the budget counts; a lost key is said."""
    own = {"calls_per_day": 3}
    await house.set_up(
        house.subentry("openai", **DEAR, budget=own),
        house.subentry("grok", ciphertext="lost"),
        options={"budget": {"cost_per_month": 2.0}},
    )
    spend(house, "openai", calls=2, cost=0.5)
    found = (await get(hass_ws_client))["result"]
    openai, grok = (house.provider(kind).subentry_id for kind in ("openai", "grok"))
    assert found["budgets"] == [
        {
            "scope": "all",
            "name": None,
            "period": "month",
            "unit": "usd",
            "limit": 2.0,
            "spent": 0.5,
        },
        {
            "scope": openai,
            "name": "OpenAI",
            "period": "day",
            "unit": "requests",
            "limit": 3,
            "spent": 2,
        },
    ]
    assert {each["id"]: each["left_out"] for each in found["providers"]} == {
        openai: None,
        grok: "key_undecryptable",
    }


async def test_changes_come_once_a_second_and_outlive_a_reload(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    """A burst is one message; a reload brings the next."""
    await house.set_up("openai")
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": SUBSCRIBE})
    assert (await client.receive_json())["success"]
    first = (await client.receive_json())["event"]
    assert first["today"]["descriptions"] == 0

    for _ in range(3):
        await house.describe()
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1.1), fire_all=True)
    second = (await client.receive_json())["event"]
    assert second["today"]["descriptions"] == 3

    await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2.2), fire_all=True)
    third = (await client.receive_json())["event"]
    assert third["today"]["descriptions"] == 3
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


@pytest.mark.parametrize("command", [GET, SUBSCRIBE])
async def test_only_who_may_see_all_cameras(
    house: House,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    command: str,
) -> None:
    """A user with rights on some cameras learns nothing; one who loses rights, no more."""
    await house.set_up("openai")
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": command})
    assert (await client.receive_json())["success"]
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"entity_ids": {"camera.front_door": True}}})
    await client.send_json_auto_id({"type": command})
    answer = await client.receive_json()
    while answer["type"] != "result":
        answer = await client.receive_json()
    assert answer["error"]["code"] == "unauthorized"


async def test_who_lost_the_right_hears_no_more(
    hass: HomeAssistant,
    house: House,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """The right is looked at for each message."""
    await house.set_up("openai")
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": SUBSCRIBE})
    for _ in range(2):
        await client.receive_json()
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": False})
    await house.describe()
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1.1), fire_all=True)
    await hass.async_block_till_done()
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_before_it_runs(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator
) -> None:
    """The card waits and asks again."""
    await house.set_up("openai")
    await hass.config_entries.async_unload(house.entry.entry_id)
    assert (await get(hass_ws_client))["error"]["code"] == "not_loaded"
    assert (await get(hass_ws_client, type=SUBSCRIBE))["error"]["code"] == "not_loaded"
