"""Sort the providers and change the limits as a person would."""

from typing import Any

from homeassistant.data_entry_flow import InvalidData
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import CONF_PROVIDER_ORDER
from custom_components.eyewitness.runtime.settings import provider_order
from tests.flows.forms import open_options, send, suggested
from tests.kit import House
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("camera")

REVERSED = ["Anthropic Claude", "Google Gemini", "xAI Grok", "OpenAI"]
LIMITS = {
    "total_seconds": 60.0,
    "attempt_seconds": 30.0,
    "hedge_seconds": 0.0,
    "cooldown_seconds": 0.0,
    "retention_days": "365",
}


async def sort(house: House, form: Any, names: list[str]) -> Any:
    """Send the list in this order."""
    ids = {title: key for key, title in offered(form).items()}
    return await send(house, form, provider_order=[ids[name] for name in names])


async def change_limits(house: House, **limits: Any) -> Any:
    """Change limits in the form, and leave everything else as it is shown."""
    form = await open_options(house)
    order = suggested(form, CONF_PROVIDER_ORDER)
    return await send(house, form, provider_order=order, limits=shown_limits(form) | limits)


def shown_order(form: Any) -> list[str]:
    """Return the names that the form lists."""
    return [offered(form)[key] for key in suggested(form, CONF_PROVIDER_ORDER)]


def offered(form: Any) -> dict[str, str]:
    """Return the titles of the providers on the list, by id."""
    selector = form["data_schema"].schema[CONF_PROVIDER_ORDER]
    assert selector.serialize()["selector"]["select"]["reorder"] is True
    return {option["value"]: option["label"] for option in selector.config["options"]}


def shown_limits(form: Any) -> dict[str, Any]:
    """Return the limits that the form shows."""
    return {name: suggested(form, "limits", name) for name in LIMITS}


async def test_ac8_the_default_order_can_be_changed(house: House, sim: Simulator) -> None:
    """AC8: OpenAI, Grok, Gemini, Anthropic unless sorted; the new order holds from then on."""
    await house.set_up("anthropic", "gemini", "grok", "openai")
    runtime = house.runtime
    assert house.order == ["openai", "grok", "gemini", "anthropic"]
    form = await open_options(house)
    assert (form["type"], form["step_id"]) == ("form", "init")
    assert shown_order(form) == ["OpenAI", "xAI Grok", "Google Gemini", "Anthropic Claude"]
    assert (await sort(house, form, REVERSED))["type"] == "create_entry"
    assert house.entry.options == {
        CONF_PROVIDER_ORDER: [house.provider(name).subentry_id for name in REVERSED]
    }
    assert house.order == ["anthropic", "gemini", "grok", "openai"]
    assert house.runtime is runtime
    assert (await house.describe())["provider"] == "anthropic"
    assert [request.vendor for request in sim.requests(endpoint="describe")] == ["anthropic"]
    assert shown_order(await open_options(house)) == REVERSED


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Google Gemini", "OpenAI"], ["gemini", "openai", "grok"]),
        (["xAI Grok"], ["grok", "openai", "gemini"]),
        (["xAI Grok", "xAI Grok"], ["grok", "openai", "gemini"]),
        ([], ["openai", "grok", "gemini"]),
    ],
)
async def test_who_is_taken_off_the_list_is_asked_last(
    house: House, names: list[str], expected: list[str]
) -> None:
    """The list has a cross for each; it deletes nobody, and limits that were typed stay."""
    await house.set_up("openai", "grok", "gemini")
    form = await open_options(house)
    ids = {title: key for key, title in offered(form).items()}
    limits = LIMITS | {"total_seconds": 99.0}
    await send(house, form, provider_order=[ids[name] for name in names], limits=limits)
    assert house.order == expected
    assert shown_limits(await open_options(house)) == limits


async def test_providers_of_the_same_name_can_be_sorted(house: House) -> None:
    """People may rename two providers alike; the list tells them apart."""
    await house.set_up(
        house.subentry("openai", title="Mine", model="a"),
        house.subentry("openai", title="Mine", model="b"),
        house.subentry("grok", title="Mine (2)"),
    )
    form = await open_options(house)
    assert shown_order(form) == ["Mine", "Mine (2)", "Mine (2) (2)"]
    before = provider_order(house.entry)
    await sort(house, form, ["Mine (2) (2)", "Mine (2)", "Mine"])
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
    house: House, placed: list[str], expected: list[str]
) -> None:
    """Whoever is not placed yet comes before the first one that is later by default."""
    entry = house.add_entry()
    ids = {subentry.data["kind"]: key for key, subentry in entry.subentries.items()}
    house.hass.config_entries.async_update_entry(
        entry, options={CONF_PROVIDER_ORDER: [ids.get(kind, kind) for kind in placed]}
    )
    order = provider_order(entry)
    assert [entry.subentries[key].data["kind"] for key in order] == expected


async def test_changed_limits_are_stored_and_shown_again(house: House) -> None:
    """Next to the order, which is sent back as it is shown; what other versions stored stays."""
    await house.set_up("openai", "grok", options={"later": 1})
    assert shown_limits(await open_options(house)) == LIMITS
    assert (policy.TOTAL_SECONDS, policy.ATTEMPT_SECONDS) == (60.0, 30.0)
    new = {
        "total_seconds": 90,
        "attempt_seconds": 12,
        "hedge_seconds": 8,
        "cooldown_seconds": 30,
        "retention_days": "90",
    }
    assert (await change_limits(house, **new))["type"] == "create_entry"
    order = [house.provider(kind).subentry_id for kind in ("openai", "grok")]
    assert house.entry.options == {
        "later": 1,
        CONF_PROVIDER_ORDER: order,
        **new,
        "retention_days": 90,
    }
    assert shown_limits(await open_options(house)) == new


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("total_seconds", 5, 180),
        ("attempt_seconds", 5, 60),
        ("hedge_seconds", 0, 30),
        ("cooldown_seconds", 0, 3600),
    ],
)
async def test_row_74_each_limit_has_its_range(
    house: House, name: str, least: float, most: float
) -> None:
    """The edges are taken, what lies beyond them is not, nor what is no number."""
    await house.set_up("openai")
    for good in (least, most):
        await change_limits(house, **{name: good})
        assert house.entry.options[name] == good
    bad: Any
    for bad in (least - 1, most + 1, -1, 1e9, float("inf"), "abc", None, []):
        with pytest.raises(InvalidData):
            await change_limits(house, **{name: bad})
    assert house.entry.options[name] == most


@pytest.mark.parametrize("days", ["1", "-30", "", 30, None])
async def test_requests_are_kept_for_one_of_the_offered_times(house: House, days: Any) -> None:
    """There is no time so short that yesterday's requests are gone today."""
    await house.set_up("openai")
    with pytest.raises(InvalidData):
        await change_limits(house, retention_days=days)
