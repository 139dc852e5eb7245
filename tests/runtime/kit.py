"""What several tests of the runtime do."""

from typing import Any

from custom_components.eyewitness.const import DOMAIN
from tests.kit import House


async def describe_and_wait(house: House) -> dict[str, Any]:
    """Describe, and wait until a refused key has been checked."""
    response = await house.describe()
    await house.hass.async_block_till_done(wait_background_tasks=True)
    return response


def reauths(house: House) -> list[Any]:
    """Return the flows that ask for a key."""
    flows = house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in flows if flow["context"]["source"] == "reauth"]


def forget_flows(house: House) -> None:
    """Do what a restart of Home Assistant does with them."""
    for flow in reauths(house):
        house.hass.config_entries.flow.async_abort(flow["flow_id"])


async def reload(house: House) -> None:
    """Set the entry up anew, from what is on disk."""
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done()
