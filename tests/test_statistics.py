"""Home Assistant's own statistics add up to what the ledger holds, whatever the clock does."""

from datetime import datetime, timedelta
from typing import Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.eyewitness.const import DOMAIN
from tests.kit import House
from tests.results import error_key
from tests.simulator import Simulator
from tests.wall import Wall

SUMS: Final = ("total_cost", "cost_today", "cost_this_month", "descriptions", "descriptions_today")
pytestmark = pytest.mark.usefixtures("camera")


@pytest.fixture(autouse=True)
def _allow_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Take the place of the one for all tests: the recorder wants to be there before the rest."""
    for name in ("recorder_mock", "enable_custom_integrations"):
        request.getfixturevalue(name)


class Recorded(Wall):
    """A wall whose house has a recorder."""

    async def compile(self) -> None:
        """Compile the statistics of the five minutes that have begun last, as far as they are."""
        now = dt_util.utcnow().replace(second=0, microsecond=0)
        await async_wait_recording_done(self.hass)
        do_adhoc_statistics(self.hass, start=now - timedelta(minutes=now.minute % 5))
        await async_wait_recording_done(self.hass)

    async def book_at(self, time: str, cost: float, fold: int = 0) -> None:
        """Describe something at a time, and compile what the sensors show then."""
        await self.says(time, fold)
        self.book(cost)
        self.house.runtime.accounts._changed()
        await self.hass.async_block_till_done()
        await self.compile()

    async def recorded(self) -> dict[str, float]:
        """Return by how much each sum has grown, in the recorder's view."""
        found = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period,
            *(self.hass, datetime.fromisoformat("2020-01-01T00:00:00+00:00"), None),
            *({f"sensor.eyewitness_{name}" for name in SUMS}, "5minute", None, {"sum"}),
        )
        return {
            entity_id.removeprefix("sensor.eyewitness_"): rows[-1]["sum"] or 0.0
            for entity_id, rows in found.items()
        }


@pytest.fixture
async def wall(hass: HomeAssistant, house: House, freezer: FrozenDateTimeFactory) -> Recorded:
    """Return a house in Berlin, in the evening before summer time ends."""
    wall = Recorded(house, freezer)
    await wall.begin("2026-10-24 20:00")
    await wall.compile()
    return wall


def all_of(cost: float, events: int) -> dict[str, float]:
    """Return what each sum has grown by."""
    costs = {name: cost for name in SUMS if "cost" in name}
    return dict.fromkeys(SUMS, events) | costs


async def test_midnight_summer_time_and_the_end_of_a_month(wall: Recorded) -> None:
    """Each event counts once; one is the first to see its day, one is in the hour that is twice."""
    await wall.book_at("2026-10-24 23:58", 4)
    await wall.book_at("2026-10-25 00:00", 1)
    await wall.book_at("2026-10-25 02:30", 2)
    await wall.book_at("2026-10-25 02:30", 2, fold=1)
    await wall.book_at("2026-10-31 23:59", 8)
    await wall.book_at("2026-11-01 00:02", 16)
    assert await wall.recorded() == all_of(33, 6)


async def test_a_night_without_home_assistant(wall: Recorded) -> None:
    """The first event afterwards costs more than all of the day before: no figure has fallen."""
    await wall.book_at("2026-10-24 22:00", 1)
    entry = wall.house.entry
    assert await wall.hass.config_entries.async_unload(entry.entry_id)
    await wall.says("2026-10-25 08:00")
    assert await wall.hass.config_entries.async_setup(entry.entry_id)
    await wall.book_at("2026-10-25 08:01", 8)
    assert await wall.recorded() == all_of(9, 2)


@pytest.mark.parametrize(
    ("zone", "later"),
    [("Europe/London", "11:10"), ("America/New_York", "07:10"), ("Asia/Tokyo", "20:10")],
)
async def test_another_time_zone_on_the_same_day(wall: Recorded, zone: str, later: str) -> None:
    """What was booked today already is not booked again, though midnight was at another time."""
    await wall.book_at("2026-10-24 22:00", 4)
    await wall.says("2026-10-25 12:00")
    await wall.book_at("2026-10-25 12:05", 1)
    await wall.hass.config.async_set_time_zone(zone)
    wall.house.runtime.accounts.async_look_at_calendar()
    await wall.book_at(f"2026-10-25 {later}", 2)
    assert await wall.recorded() == all_of(7, 3)


async def test_a_clock_that_is_set_back_over_midnight(wall: Recorded) -> None:
    """The recorder compiles no time twice, and finds the day again that it knows."""
    await wall.book_at("2026-10-24 23:56", 4)
    await wall.book_at("2026-10-25 00:01", 1)
    await wall.says("2026-10-24 23:59")
    wall.house.runtime.accounts.async_look_at_calendar()
    await wall.hass.async_block_till_done()
    await wall.compile()
    await wall.book_at("2026-10-25 00:07", 2)
    assert await wall.recorded() == all_of(7, 3)


@pytest.mark.freeze_time(tick=True)
async def test_the_recorders_own_api_returns_what_the_ledger_holds(
    hass: HomeAssistant, wall: Recorded, sim: Simulator, hass_ws_client: WebSocketGenerator
) -> None:
    """After events that were described, failed or tested: of the provider, the camera and all."""
    await wall.says("2026-10-24 20:06")
    await wall.house.describe()
    await hass.async_block_till_done()
    await wall.compile()  # the camera's own sensors begin here
    await wall.says("2026-10-24 20:12")
    before = await wall.house.usage()
    sim.fail("openai", "refusal")
    assert await error_key(wall.house.describe()) == "all_failed"
    for prompt in ("one", "two"):
        await wall.house.describe(prompt=prompt)
    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    await hass.async_block_till_done()
    await wall.compile()

    rows = (await wall.house.usage())[len(before) :]
    described = sum(row["success"] and row["purpose"] == "event" for row in rows)
    events = [row for row in rows if row["purpose"] == "event"]
    assert (described, len(events), len(rows) > len(events)) == (2, 3, True)
    cost = sum(row["cost_estimate"] for row in rows)
    wanted = {
        "openai_requests": len(rows),
        "openai_failed_requests": sum(not row["success"] for row in rows),
        "openai_input_tokens": sum(row["input_tokens"] for row in rows),
        "openai_output_tokens": sum(row["output_tokens"] for row in rows),
        "eyewitness_descriptions": described,
        "eyewitness_descriptions_today": described,
        "front_door_descriptions": described,
        "front_door_cost": sum(row["cost_estimate"] for row in events),
        **dict.fromkeys(("openai_cost", "eyewitness_total_cost"), cost),
        **dict.fromkeys(("eyewitness_cost_today", "eyewitness_cost_this_month"), cost),
    }
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "recorder/statistics_during_period",
            "start_time": (dt_util.utcnow() - timedelta(minutes=5)).isoformat(),
            "statistic_ids": [f"sensor.{name}" for name in (*wanted, "openai_success_rate")],
            "period": "5minute",
            "types": ["change", "max"],
        }
    )
    found = (await client.receive_json())["result"]
    changes = {name: found[f"sensor.{name}"][-1]["change"] for name in wanted}
    assert changes == pytest.approx(wanted, abs=2e-6)
    assert found["sensor.openai_success_rate"][-1]["max"] == 80  # four of five
