"""Open the forms, fill them in and look at them, as a person would."""

from collections.abc import Mapping
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.keys import master_key
from tests.kit import House, Kind
from tests.simulator import Vendor

NOBODY = "http://127.0.0.1:1"
"""Nothing listens there."""


async def open_setup(house: House) -> Any:
    """Open the first form of all."""
    return await house.hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def open_add(house: House, subentry_type: str) -> Any:
    """Open the form that adds a provider or a camera's rules."""
    handler = (house.entry.entry_id, subentry_type)
    return await house.hass.config_entries.subentries.async_init(
        handler, context={"source": SOURCE_USER}
    )


async def open_change(house: House, subentry_id: str) -> Any:
    """Open the form that changes a provider or a camera's rules."""
    return await house.entry_for_tests.start_subentry_reconfigure_flow(house.hass, subentry_id)


async def open_options(house: House) -> Any:
    """Open the form for order and limits."""
    return await house.hass.config_entries.options.async_init(house.entry.entry_id)


async def send(house: House, form: Any, **typed: Any) -> Any:
    """Send a form of whatever flow, and let what follows from it happen."""
    entries = house.hass.config_entries
    manager: Any = entries.options
    if form["handler"] == DOMAIN:
        manager = entries.flow
    elif isinstance(form["handler"], tuple):
        manager = entries.subentries
    result = await manager.async_configure(form["flow_id"], typed)
    await house.hass.async_block_till_done()
    return result


def suggested(form: Any, *path: str) -> Any:
    """Return what a field shows; a field of a section has the section before it."""
    schema = form["data_schema"].schema
    for section in path[:-1]:
        schema = schema[section].schema.schema
    return get_schema_suggested_value(schema, path[-1])


def check_shown(form: Any, user_input: Mapping[str, Any]) -> None:
    """Fail unless a form shows again what was typed."""
    for name, value in user_input.items():
        if isinstance(value, dict):
            assert {field: suggested(form, name, field) for field in value} == value
        else:
            assert suggested(form, name) == value


def key_of(house: House, title: str) -> str:
    """Return the stored key of a provider."""
    vault = master_key.load(Path(house.hass.config.config_dir), os.environ)
    return vault.decrypt(house.provider(title).data["api_key"])


def vendor_of(kind: Kind) -> Vendor:
    """Return which part of the simulator stands for a kind of provider."""
    return "openai" if kind == "openai_compatible" else kind
