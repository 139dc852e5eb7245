"""Keep the statistics of counts that had a unit."""

from datetime import timedelta

from homeassistant.components.recorder.models import StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics, get_metadata
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from tests.kit import ENTRY_ID, House

SENSOR = "sensor.openai_requests"


@pytest.fixture(autouse=True)
def _allow_custom_integrations(request: pytest.FixtureRequest) -> None:
    """Take the place of the one for all tests: the recorder wants to be there before the rest."""
    for name in ("recorder_mock", "enable_custom_integrations"):
        request.getfixturevalue(name)


async def unit(hass: HomeAssistant) -> str | None:
    """Return the unit that the statistics are of."""
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    found = await get_instance(hass).async_add_executor_job(
        lambda: get_metadata(hass, statistic_ids={SENSOR})
    )
    return found[SENSOR][1]["unit_of_measurement"]


async def test_the_statistics_of_the_first_release_go_on(hass: HomeAssistant, house: House) -> None:
    """Without a word they would stop until a person repairs them."""
    await house.set_up("openai")
    er.async_get(hass).async_update_entity(SENSOR, unit_of_measurement="requests")
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=SENSOR,
        unit_class=None,
        unit_of_measurement="requests",
    )
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    async_import_statistics(hass, metadata, [{"start": hour, "state": 3, "sum": 3}])
    assert await unit(hass) == "requests"
    await hass.config_entries.async_reload(ENTRY_ID)
    assert await unit(hass) is None
    entity = er.async_get(hass).async_get(SENSOR)
    assert entity is not None
    assert entity.unit_of_measurement is None
