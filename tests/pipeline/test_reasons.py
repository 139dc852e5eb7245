"""What is said of each provider when nobody described the picture."""

from datetime import datetime
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.runtime.outcome_texts import async_time_in
from tests.kit import House
from tests.pictures.scenes import add_rules
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("camera", "quick")
ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
async def _evening(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be half past eleven in the evening."""
    evening = datetime(2026, 11, 26, 23, 30, tzinfo=ZONE)
    monkeypatch.setattr(dt_util, "now", lambda: evening)


async def told(house: House, **data: Any) -> str:
    """Describe in vain, and return the reasons."""
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe(**data)
    return (raised.value.translation_placeholders or {})["reasons"]


def rest(house: House, kind: str, failure: Failure, seconds: float) -> None:
    """Let a provider rest for a time that its vendor has named."""
    house.runtime.chain.health(house.provider(kind).subentry_id).cool_down(failure, seconds)


async def test_h6_each_provider_is_named_with_what_the_status_says(
    house: House, sim: Simulator
) -> None:
    """By the user's name, with the time of the next try, also those that were not asked."""
    mine = house.subentry("openai", title="Mine")
    await house.set_up(mine, "grok", "gemini", house.subentry("anthropic", ciphertext="lost"))
    sim.fail("openai", "quota", repeat=True)
    sim.fail("grok", "server_error", repeat=True)
    rest(house, "gemini", Failure.QUOTA, 9 * 3600)
    others = (
        "Google Gemini was not asked: No requests left, left alone until 08:30 tomorrow. "
        "Anthropic Claude was not asked, because it needs your help first. "
        "Look at the page of Eyewitness and at Repairs."
    )
    assert await told(house) == (
        "Mine: No requests left, left alone until 23:31. xAI Grok: Server trouble. " + others
    )
    rest(house, "grok", Failure.AUTH, inf)
    assert await told(house) == (
        "Mine was not asked: No requests left, left alone until 23:31. "
        "xAI Grok was not asked: Key refused. " + others
    )


async def test_h6_who_may_not_see_the_camera_or_whose_turn_did_not_come_is_named(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom the caller did not want is not."""
    await house.set_up()
    await add_rules(house, "openai", "gemini")
    monkeypatch.setattr(policy, "MAX_ATTEMPTS", 1)
    sim.fail("openai", "refusal")
    assert await told(house, providers=["openai", "grok", "gemini"]) == (
        "OpenAI: Declined to answer. "
        "xAI Grok was not asked, because it is not allowed to see this camera. "
        "Google Gemini was not asked, because there was no time left."
    )


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "23:30"), (0.5, "23:31"), (60, "23:31"), (1800, "00:00 tomorrow")]
)
async def test_times_are_local_and_never_too_early(
    house: House, seconds: float, shown: str
) -> None:
    """Whoever waits until then finds that it works."""
    assert await async_time_in(house.hass, seconds) == shown
