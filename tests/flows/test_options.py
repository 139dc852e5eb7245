"""Sort the providers as a person would."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.eyewitness.const import CONF_PROVIDER_ORDER, KINDS, NAMES
from custom_components.eyewitness.runtime.settings import provider_order
from tests.kit import FakeCamera, House
from tests.simulator import Simulator

REVERSED = ["Anthropic Claude", "Google Gemini", "xAI Grok", "OpenAI"]


async def open_form(hass: HomeAssistant, house: House) -> Any:
    """Open the options."""
    form = await hass.config_entries.options.async_init(house.entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "init"
    return form


async def send(hass: HomeAssistant, form: Any, names: list[str]) -> Any:
    """Send the list in this order."""
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {CONF_PROVIDER_ORDER: [{"name": name} for name in names]}
    )
    await hass.async_block_till_done()
    return result


def shown(form: Any) -> list[str]:
    """Return the names that the form lists."""
    items = get_schema_suggested_value(form["data_schema"].schema, CONF_PROVIDER_ORDER)
    assert items is not None
    return [item["name"] for item in items]


async def test_ac8_the_default_order_can_be_changed(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """AC8: OpenAI, Grok, Gemini, Anthropic unless sorted; the new order is used from then on."""
    await house.set_up("anthropic", "gemini", "grok", "openai")
    assert house.order == ["openai", "grok", "gemini", "anthropic"]
    form = await open_form(hass, house)
    assert shown(form) == ["OpenAI", "xAI Grok", "Google Gemini", "Anthropic Claude"]

    result = await send(hass, form, REVERSED)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.entry.options == {
        CONF_PROVIDER_ORDER: [house.provider(name).subentry_id for name in REVERSED]
    }
    assert house.order == ["anthropic", "gemini", "grok", "openai"]
    assert (await house.describe())["provider"] == "anthropic"
    assert [r.vendor for r in sim.requests(endpoint="describe")] == ["anthropic"]
    assert shown(await open_form(hass, house)) == REVERSED


async def test_what_the_form_shows_can_be_sent_back(hass: HomeAssistant, house: House) -> None:
    """The list passes the selector's own check unchanged, and other options stay."""
    await house.set_up("openai", "grok", options={"later": 1})
    form = await open_form(hass, house)
    result = await send(hass, form, shown(form))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.entry.options["later"] == 1


@pytest.mark.parametrize(
    "names",
    [
        ["OpenAI"],
        [],
        ["OpenAI", "xAI Grok", "New"],
        ["OpenAI", "xAI Grok", "OpenAI"],
        ["OpenAI", "Renamed"],
    ],
    ids=["deleted", "all deleted", "added", "doubled", "renamed"],
)
async def test_the_list_can_only_be_sorted(
    hass: HomeAssistant, house: House, names: list[str]
) -> None:
    """Its buttons to add and delete are refused with a text, and the form stays usable."""
    await house.set_up("openai", "grok")
    form = await send(hass, await open_form(hass, house), names)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {CONF_PROVIDER_ORDER: "only_sort"}
    assert house.entry.options == {}

    result = await send(hass, form, ["xAI Grok", "OpenAI"])
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.order == ["grok", "openai"]


async def test_providers_of_the_same_name_can_be_sorted(hass: HomeAssistant, house: House) -> None:
    """People may rename two providers alike; the list tells them apart."""
    await house.set_up(
        house.subentry("openai", title="Mine", model="a"),
        house.subentry("openai", title="Mine", model="b"),
        house.subentry("grok", title="Mine (2)"),
    )
    form = await open_form(hass, house)
    assert shown(form) == ["Mine", "Mine (2)", "Mine (2) (2)"]
    before = provider_order(house.entry)
    await send(hass, form, ["Mine (2) (2)", "Mine (2)", "Mine"])
    assert provider_order(house.entry) == before[::-1]


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        ([], ["openai", "grok", "gemini", "anthropic"]),
        (["anthropic"], ["openai", "grok", "gemini", "anthropic"]),
        (["openai"], ["openai", "grok", "gemini", "anthropic"]),
        (["anthropic", "openai"], ["grok", "gemini", "anthropic", "openai"]),
        (["gemini", "grok"], ["openai", "gemini", "grok", "anthropic"]),
        (["anthropic", "gemini", "grok"], ["openai", "anthropic", "gemini", "grok"]),
        (["anthropic", "gone", "openai"], ["grok", "gemini", "anthropic", "openai"]),
    ],
)
async def test_a_new_provider_goes_where_the_default_order_puts_it(
    hass: HomeAssistant, house: House, placed: list[str], expected: list[str]
) -> None:
    """Whoever is not placed yet comes before the first one that is later by default."""
    entry = house.add_entry()
    kinds = {subentry.data["kind"]: key for key, subentry in entry.subentries.items()}
    hass.config_entries.async_update_entry(
        entry, options={CONF_PROVIDER_ORDER: [kinds.get(kind, kind) for kind in placed]}
    )
    order = provider_order(entry)
    assert [entry.subentries[key].data["kind"] for key in order] == expected


def test_every_kind_has_a_name() -> None:
    """A device and a list entry are called by it."""
    assert set(NAMES) == set(KINDS)
