"""Today and this month are what the wall says, whatever is done to the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest

from custom_components.eyewitness.ledger.rows import CameraTotals, Period, Spent
from custom_components.eyewitness.runtime.accounts import SIGNAL_ACCOUNTS
from tests.kit import CAMERA, House
from tests.wall import Wall

from .kit import reload

pytestmark = pytest.mark.usefixtures("camera")

BERLIN = ZoneInfo("Europe/Berlin")
NOTHING = Spent()


@pytest.fixture
def wall(house: House, freezer: FrozenDateTimeFactory) -> Wall:
    """Return the wall of a house."""
    return Wall(house, freezer)


async def test_midnight_and_the_end_of_the_month(hass: HomeAssistant, wall: Wall) -> None:
    """A new day begins with nothing and says so, also when nothing happens; so does a month."""
    await wall.begin("2026-11-29 12:00")
    changes: list[Spent] = []
    accounts = wall.house.runtime.accounts

    @callback
    def changed() -> None:
        changes.append(accounts.today)

    async_dispatcher_connect(hass, SIGNAL_ACCOUNTS, changed)
    wall.book()
    await wall.says("2026-11-29 23:59")
    assert (wall.costs(), changes) == ((1, 1, 1), [])
    await wall.says("2026-11-30 00:00")
    assert changes[0] == accounts.today == NOTHING
    assert wall.costs() == (0, 1, 1)
    wall.book(2)
    assert wall.costs() == (2, 3, 3)
    await wall.says("2026-12-01 00:00")
    assert (accounts.today, accounts.month, wall.costs()) == (NOTHING, NOTHING, (0, 0, 3))
    assert accounts.cameras == {CAMERA: CameraTotals(descriptions=2, cost=3)}
    await reload(wall.house)
    assert wall.costs() == (0, 0, 3)


async def test_who_looks_before_the_timer_sees_the_new_day(
    wall: Wall, freezer: FrozenDateTimeFactory
) -> None:
    """An event in the first moment of a day is one of that day."""
    await wall.begin("2026-11-30 23:59")
    wall.book()
    freezer.move_to(datetime(2026, 12, 1, tzinfo=BERLIN))
    wall.book(2)
    assert wall.costs() == (2, 2, 3)
    freezer.move_to(datetime(2026, 12, 2, tzinfo=BERLIN))
    assert wall.costs() == (0, 2, 3)
    await wall.hass.async_block_till_done()
    assert wall.costs() == (0, 2, 3)


async def test_a_clock_that_is_set_back_continues_the_day_it_names(wall: Wall) -> None:
    """Nothing is lost or counted twice, and the day that was left is found again later."""
    await wall.begin("2026-11-30 12:00")
    wall.book()
    await wall.says("2026-12-01 12:00")
    wall.book(2)
    await wall.says("2026-11-30 13:00")
    wall.house.runtime.accounts.async_look_at_calendar()
    await wall.hass.async_block_till_done()
    assert wall.costs() == (1, 1, 3)
    wall.book(4)
    assert wall.costs() == (5, 5, 7)
    await wall.says("2026-12-01 14:00")
    assert wall.costs() == (2, 2, 7)


async def test_a_clock_that_is_set_back_opens_no_budget(
    wall: Wall, freezer: FrozenDateTimeFactory
) -> None:
    """Not even until the file was read: a second before midnight comes twice in some nights."""
    await wall.begin("2026-11-30 23:59")
    wall.book()
    await wall.says("2026-12-01 00:00")
    wall.book(2)
    freezer.move_to(datetime(2026, 11, 30, 23, 59, 59, tzinfo=BERLIN))
    assert wall.costs() == (1, 1, 3)
    wall.book(4)
    freezer.move_to(datetime(2026, 12, 1, 0, 0, 1, tzinfo=BERLIN))
    assert wall.costs() == (2, 2, 7)
    await wall.hass.async_block_till_done()
    assert wall.costs() == (2, 2, 7)


async def test_a_clock_that_was_wrong_at_the_start(wall: Wall) -> None:
    """A small computer begins in the past, until it has asked somebody for the time."""
    await wall.begin("2026-12-01 12:00")
    wall.book()
    await wall.says("2026-11-29 00:17")
    await reload(wall.house)
    assert wall.costs() == (0, 0, 1)
    wall.book(2)
    await wall.says("2026-12-01 12:10")
    assert wall.costs() == (1, 1, 3)


@pytest.mark.parametrize(
    ("day", "night"),
    [("2026-10-25", [("02:30", 0), ("02:30", 1)]), ("2027-03-28", [("01:59", 0), ("03:00", 0)])],
    ids=["25 hours", "23 hours"],
)
async def test_summer_time(wall: Wall, day: str, night: list[tuple[str, int]]) -> None:
    """Such a day has other hours, and begins and ends at midnight all the same."""
    await wall.begin(f"{day} 00:00")
    for number, (time, fold) in enumerate([*night, ("23:59", 0)], 1):
        await wall.says(f"{day} {time}", fold)
        wall.book()
        assert wall.costs() == (number, number, number)
    await wall.says(f"{day[:-2]}{int(day[-2:]) + 1} 00:00")
    assert wall.costs() == (0, 3, 3)


async def test_another_time_zone(hass: HomeAssistant, wall: Wall) -> None:
    """The wall says another day at once; what was booked stays on its day."""
    await wall.begin("2026-11-30 23:30")
    wall.book()
    await hass.config.async_update(time_zone="Asia/Tokyo")
    await hass.async_block_till_done()
    assert wall.house.runtime.accounts._sums.day == "2026-12-01"
    assert wall.costs() == (0, 0, 1)
    wall.book(2)
    await hass.config.async_update(time_zone="Europe/Berlin")
    await hass.async_block_till_done()
    assert wall.costs() == (1, 1, 3)
    days = [row["day"] for row in await wall.house.usage()]
    assert days == ["2026-11-30", "2026-12-01"]


async def test_a_reused_answer_saves_a_call(wall: Wall) -> None:
    """It is no request; what was saved is known after a restart, too."""
    await wall.begin("2026-11-30 12:00")
    wall.book()
    accounts = wall.house.runtime.accounts
    provider_id = wall.house.provider("openai").subentry_id
    accounts.async_reuse(
        CAMERA, provider="openai", provider_id=provider_id, model="gpt-4o-mini", cost=0.5
    )
    spent = Spent(calls=1, cost=1, descriptions=1, saved_calls=1, saved_cost=0.5)
    assert accounts.today == accounts.month == spent
    assert len(await wall.house.usage()) == 1
    await reload(wall.house)
    assert wall.house.runtime.accounts.spent(Period.EVER, provider_id) == spent
