"""Cross the marks of a budget: an event and a report for each, once in its day or month."""

from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.const import CONF_BUDGET, DOMAIN, EVENT_BUDGET
from custom_components.eyewitness.ledger.rows import Purpose
from custom_components.eyewitness.pipeline.budget import EventBudget
from custom_components.eyewitness.pipeline.publish import async_publish
from custom_components.eyewitness.pipeline.record import EventRecord, Status
from tests.kit import CAMERA, House
from tests.results import Events
from tests.runtime.kit import reload

pytestmark = pytest.mark.usefixtures("camera")

OWN = {"calls_per_day": 20}


class Month:
    """A house with a budget in Berlin, and what was told of it."""

    def __init__(self, house: House, freezer: FrozenDateTimeFactory) -> None:
        """Take the house, and what holds the time."""
        self.house, self.hass, self._freezer = house, house.hass, freezer
        self._fired: Events = async_capture_events(house.hass, EVENT_BUDGET)

    async def says(self, time: str, fold: int = 0) -> None:
        """Set the clock to a local time, and let what was due happen."""
        local = datetime.fromisoformat(time).replace(tzinfo=dt_util.get_default_time_zone())
        self._freezer.move_to(local.replace(fold=fold).astimezone(UTC))
        async_fire_time_changed(self.hass)
        await self.settle()

    async def settle(self) -> None:
        """Let the reports be written."""
        await self.hass.async_block_till_done()

    async def begin(self, time: str, *, own: dict[str, Any] | None = None, **budget: Any) -> None:
        """Set the house up with limits for all, and for OpenAI."""
        await self.hass.config.async_set_time_zone("Europe/Berlin")
        await self.says(time)
        openai = self.house.subentry("openai", **({CONF_BUDGET: own} if own else {}))
        await self.house.set_up(openai, "gemini", options={CONF_BUDGET: budget})
        await self.settle()

    async def spend(self, cost: float = 0.0, calls: int = 1) -> None:
        """Let OpenAI describe something."""
        for _ in range(calls):
            attempt = Attempt(
                provider_id=self.house.provider("openai").subentry_id,
                provider="openai",
                model="m",
                number=1,
                failure=None,
                started=dt_util.utcnow().timestamp(),
                cost=cost / calls,
            )
            runtime = self.house.runtime
            runtime.accounts.async_book("", CAMERA, Purpose.TEST, attempt)
            record = EventRecord(
                event_id="", camera=CAMERA, status=Status.TESTED, purpose=Purpose.TEST
            )
            async_publish(self.hass, runtime, record)
        await self.settle()

    def fired(self) -> list[tuple[str, int]]:
        """Return period and threshold of the events since this was called last."""
        fired = [(each.data["period"], each.data["threshold"]) for each in self._fired]
        self._fired.clear()
        return fired

    @property
    def reports(self) -> list[str]:
        """Return what the reports say, in short."""
        return [
            f"{issue.translation_key} {(issue.translation_placeholders or {})['used']}"
            for (domain, _), issue in ir.async_get(self.hass).issues.items()
            if domain == DOMAIN and issue.active
        ]

    def is_used_up(self) -> bool:
        """Say whether an event of now could ask OpenAI."""
        budget = EventBudget(self.hass, self.house.runtime, CAMERA)
        return self.house.provider("openai").subentry_id in budget.standing().used_up


@pytest.fixture
def month(house: House, freezer: FrozenDateTimeFactory) -> Month:
    """Return a house with a calendar."""
    return Month(house, freezer)


async def test_each_threshold_is_told_once(hass: HomeAssistant, month: Month) -> None:
    """The report of the next one takes the place of the one before; a restart repeats nothing."""
    fired = async_capture_events(hass, EVENT_BUDGET)
    await month.begin("2026-11-26 12:00", cost_per_day=1.0)
    await month.spend(0.79)
    assert (month.fired(), month.reports) == ([], [])
    await month.spend(0.02)
    await month.spend(0.02)
    assert (month.fired(), month.reports) == ([("day", 80)], ["budget_80 Used: 0.83 of 1 USD."])
    (issue,) = [each for each in ir.async_get(hass).issues.values() if each.domain == DOMAIN]
    assert issue.to_json()["data"] == {"period": "2026-11-26", "limit": 1.0}  # on the disk
    await reload(month.house)
    await month.spend(0.17)
    await month.spend(0.5)
    assert (month.fired(), month.reports) == ([("day", 100)], ["budget_100 Used: 1.5 of 1 USD."])
    await reload(month.house)
    await month.settle()
    assert (month.fired(), month.reports) == ([], ["budget_100 Used: 1.5 of 1 USD."])
    shared = {"scope": "all", "provider": None, "provider_name": None}
    assert [event.data for event in fired] == [
        {**shared, "period": "day", "unit": "cost", "limit": 1.0, "spent": 0.81, "threshold": 80},
        {**shared, "period": "day", "unit": "cost", "limit": 1.0, "spent": 1.0, "threshold": 100},
    ]


async def test_a_providers_own_limit(hass: HomeAssistant, month: Month) -> None:
    """It is named."""
    fired = async_capture_events(hass, EVENT_BUDGET)
    await month.begin("2026-11-26 12:00", own=OWN)
    await month.spend(calls=20)
    assert month.reports == ["provider_budget_100 Requests used: 20 of 20."]
    assert [event.data["threshold"] for event in fired] == [80, 100]
    assert (
        fired[0].data.items()
        >= {
            "scope": "provider",
            "provider": "openai",
            "provider_name": "OpenAI",
            "unit": "calls",
            "spent": 16,
            "limit": 20,
        }.items()
    )
    hass.config_entries.async_remove_subentry(
        month.house.entry, month.house.provider("openai").subentry_id
    )
    await month.settle()
    assert month.reports == []


async def test_midnight_and_the_end_of_the_month(month: Month) -> None:
    """A day's report goes at midnight, also when nothing happens; a month's at its end."""
    await month.begin("2026-11-29 12:00", cost_per_day=1.0, cost_per_month=2.0)
    await month.spend(1.0)
    assert (month.fired(), month.reports) == ([("day", 100)], ["budget_100 Used: 1 of 1 USD."])
    assert month.is_used_up()
    await month.says("2026-11-30 00:00")
    assert (month.fired(), month.reports, month.is_used_up()) == ([], [], False)
    await month.spend(1.0)
    assert month.fired() == [("day", 100), ("month", 100)]
    await month.says("2026-11-30 23:59")
    assert len(month.reports) == 2
    await month.says("2026-12-01 00:00")
    assert (month.fired(), month.reports, month.is_used_up()) == ([], [], False)


@pytest.mark.parametrize(
    ("before", "after", "midnight"),
    [
        # 02:30 comes twice, and the day has 25 hours.
        (("2026-10-25 02:30", 0), ("2026-10-25 02:30", 1), "2026-10-26 00:00"),
        # 02:30 does not come, and the day has 23 hours.
        (("2027-03-28 01:59", 0), ("2027-03-28 03:00", 0), "2027-03-29 00:00"),
    ],
)
async def test_summer_time(
    month: Month, before: tuple[str, int], after: tuple[str, int], midnight: str
) -> None:
    """The day goes on in it, and ends at midnight."""
    await month.begin(before[0], own=OWN)
    await month.says(*before)
    await month.spend(calls=20)
    await month.says(*after)
    assert (month.fired(), month.is_used_up()) == ([("day", 80), ("day", 100)], True)
    await month.says(f"{midnight[:10]} 00:00")
    assert (month.fired(), month.is_used_up(), month.reports) == ([], False, [])


async def test_a_clock_that_is_set_back(month: Month) -> None:
    """Within the day nothing is new; the day before goes on as it was, and is told no more."""
    await month.begin("2026-11-26 12:00", own=OWN)
    await month.spend(calls=20)
    assert month.fired() == [("day", 80), ("day", 100)]
    await month.says("2026-11-26 10:00")
    assert (month.fired(), month.is_used_up()) == ([], True)
    await month.says("2026-11-27 00:05")
    await month.spend(calls=20)
    assert month.fired() == [("day", 80), ("day", 100)]
    await month.says("2026-11-26 23:50")
    month.is_used_up()  # whoever looks first notices, and the day is read from the file
    await month.house.usage()
    await month.settle()
    assert (month.fired(), month.is_used_up()) == ([], True)
    assert month.reports == ["provider_budget_100 Requests used: 20 of 20."]


async def test_another_time_zone(hass: HomeAssistant, month: Month) -> None:
    """Where another day has begun, another budget has."""
    await month.begin("2026-11-26 12:00", own=OWN)
    await month.spend(calls=20)
    await hass.config.async_update(time_zone="Pacific/Kiritimati")
    await month.settle()
    assert (month.reports, month.is_used_up()) == ([], False)


async def test_a_limit_that_is_raised(hass: HomeAssistant, month: Month) -> None:
    """Its reports go; what is reached of the new one is told anew."""
    await month.begin("2026-11-26 12:00", cost_per_day=1.0)
    await month.spend(0.9)
    assert month.fired() == [("day", 80)]
    for limit, told, reports in (
        (2.0, [], []),
        (1.1, [("day", 80)], ["budget_80 Used: 0.9 of 1.1 USD."]),
    ):
        hass.config_entries.async_update_entry(
            month.house.entry, options={CONF_BUDGET: {"cost_per_day": limit}}
        )
        await month.settle()
        assert (month.fired(), month.reports) == (told, reports)


async def test_the_report_says_for_whom_something_is_kept(
    hass: HomeAssistant, month: Month
) -> None:
    """It has all its placeholders."""
    await month.begin("2026-11-26 12:00", cost_per_month=1.0, reserve_cameras=[CAMERA])
    await month.spend(0.9)
    (issue,) = [each for each in ir.async_get(hass).issues.values() if each.domain == DOMAIN]
    assert issue.translation_placeholders == {
        "used": "Used: 0.9 of 1 USD.",
        "period": "this month",
        "until": "the end of the month",
        "reserve": "Of each limit, 20 % is kept for Front door: other cameras stop earlier.",
    }


async def test_nothing_is_told_of_a_limit_of_nothing(month: Month) -> None:
    """Nothing was used up: that is how it was wanted."""
    await month.begin("2026-11-26 12:00", cost_per_day=0)
    await month.spend(0.1)
    assert (month.fired(), month.reports) == ([], [])


async def test_while_the_ledger_cannot_be_read_no_report_is_taken_back(month: Month) -> None:
    """The accounts begin with nothing then, and would be told again as they are read."""
    await month.begin("2026-11-26 12:00", own=OWN)
    await month.spend(calls=20)
    accounts = month.house.runtime.accounts
    accounts.complete = False
    accounts._sums.spent.clear()
    await month.says("2026-11-26 12:05")
    assert len(month.reports) == 1
