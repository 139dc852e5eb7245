"""Turn the clock on the wall, and book what events cost."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.ledger.rows import Period, Purpose
from tests.kit import CAMERA, House


class Wall:
    """A house at a wall with a clock and a calendar."""

    def __init__(self, house: House, freezer: FrozenDateTimeFactory) -> None:
        """Take the house, and what holds the time."""
        self.house, self.hass, self._freezer = house, house.hass, freezer
        self._events = 0

    async def says(self, time: str, fold: int = 0) -> None:
        """Set the clock to a local time, and let what was due happen."""
        local = datetime.fromisoformat(time).replace(tzinfo=dt_util.get_default_time_zone())
        self._freezer.move_to(local.replace(fold=fold).astimezone(UTC))
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done()

    async def begin(self, time: str) -> None:
        """Set the house up, in Berlin."""
        await self.hass.config.async_set_time_zone("Europe/Berlin")
        await self.says(time)
        await self.house.set_up("openai")

    def book(self, cost: float = 1.0) -> None:
        """Describe something."""
        self._events += 1
        attempt = Attempt(
            provider_id=self.house.provider("openai").subentry_id,
            provider="openai",
            model="gpt-4o-mini",
            number=1,
            failure=None,
            started=dt_util.utcnow().timestamp(),
            cost=cost,
        )
        accounts = self.house.runtime.accounts
        accounts.async_book(f"{self._events}", CAMERA, Purpose.EVENT, attempt)

    def costs(self) -> tuple[float, float, float]:
        """Return what was spent today, in this month and ever."""
        accounts = self.house.runtime.accounts
        one, all_of_them = (
            tuple(accounts.spent(period, provider).cost for period in Period)
            for provider in (self.house.provider("openai").subentry_id, None)
        )
        assert one == all_of_them
        day, month, ever = one
        return day, month, ever
