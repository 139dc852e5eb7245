"""Try a provider out before it is stored: what the menus of the flow say and what that costs."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.eyewitness.keys import master_key, vault
from tests.flows.test_provider import changed, choose, finish, new, open_change, open_form, send
from tests.kit import FakeCamera, House, pick
from tests.simulator import Model, Simulator


async def ready(hass: HomeAssistant, house: House, model: str = "auto", **changes: Any) -> Any:
    """Type a good OpenAI account in and choose a model."""
    form = await send(hass, await open_form(hass, house), **new(house.sim, "openai", **changes))
    return await send(hass, form, model=model)


async def test_a_good_test_says_who_answered_how_fast_and_for_how_much(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """One tiny picture is sent and booked, and nothing is stored yet."""
    await house.set_up("gemini")
    menu = await choose(hass, await ready(hass, house), "test")
    assert menu["step_id"] == "tested"
    assert menu["menu_options"] == ["save", "test", "model"]
    told = menu["description_placeholders"]
    assert (told["model"], told["used"]) == ("auto", "gpt-4o-mini")
    assert 0 <= float(told["seconds"]) < 5
    assert 0 < float(told["cents"]) < 0.2

    (request,) = sim.requests(endpoint="describe")
    (image,) = request.images
    assert (request.vendor, image["width"]) == ("openai", 64)
    (row,) = await house.usage()
    assert pick([row], "provider", "camera", "success", "model") == [
        ("openai", "eyewitness.test_chain", 1, "gpt-4o-mini")
    ]
    assert float(told["cents"]) == pytest.approx(row["cost_estimate"] * 100, rel=0.05)
    assert len(house.entry.subentries) == 1

    result = await choose(hass, menu, "save")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(sim.requests(endpoint="describe")) == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "reason"),
    [
        ({"kind": "quota"}, "quota", "Quota used up"),
        ({"kind": "auth"}, "auth", "Key refused"),
        ({"kind": "server_error"}, "server", "Server trouble"),
        ({"kind": "refusal"}, "refused", "Would not answer"),
        ({"kind": "redirect", "location": "http://a.example"}, "redirect", "Address moved"),
    ],
)
async def test_a_failing_test_says_why_in_words(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    quick: None,
    fault: dict[str, Any],
    outcome: str,
    reason: str,
) -> None:
    """It holds nobody up, is booked too, and harms no provider that is there already."""
    await house.set_up("gemini")
    sim.fail("openai", repeat=True, **fault)
    menu = await choose(hass, await ready(hass, house, "gpt-4o-mini"), "test")
    assert menu["step_id"] == "test_failed"
    assert menu["menu_options"] == ["save", "test", "model"]
    assert menu["description_placeholders"]["reason"] == reason
    assert menu["description_placeholders"]["used"] == "gpt-4o-mini"
    assert set(pick(await house.usage(), "provider", "success", "outcome")) == {
        ("openai", 0, outcome)
    }

    sim.clear_faults()
    menu = await choose(hass, menu, "test")
    assert menu["step_id"] == "tested"
    assert "reason" not in menu["description_placeholders"]
    assert (await choose(hass, menu, "save"))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_provider_that_failed_its_test_can_be_saved(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Its quota may begin anew tomorrow."""
    await house.set_up("gemini")
    sim.fail("openai", "quota")
    menu = await choose(hass, await ready(hass, house), "test")
    assert (await choose(hass, menu, "save"))["type"] is FlowResultType.CREATE_ENTRY
    assert house.order == ["openai", "gemini"]


async def test_an_unknown_price_is_said_to_be_unknown(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It is not shown as nothing."""
    await house.set_up("gemini")
    sim.set_models("openai", [Model(id="unheard-of")])
    menu = await choose(hass, await ready(hass, house, "unheard-of"), "test")
    assert menu["step_id"] == "tested_unpriced"
    assert set(menu["description_placeholders"]) == {"model", "used", "seconds"}
    (row,) = await house.usage()
    assert (row["cost_estimate"], row["is_estimated"]) == (None, 1)


async def test_another_model_can_be_chosen_after_a_test(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The next test asks that one, and it is what is stored."""
    await house.set_up("gemini")
    menu = await choose(hass, await ready(hass, house), "test")
    form = await choose(hass, menu, "model")
    menu = await send(hass, form, model="gpt-4.1-mini")
    assert menu["step_id"] == "ready"
    assert menu["description_placeholders"] == {"model": "gpt-4.1-mini"}
    menu = await choose(hass, menu, "test")
    assert menu["description_placeholders"]["used"] == "gpt-4.1-mini"
    await choose(hass, menu, "save")
    assert house.provider("openai").data["model"] == "gpt-4.1-mini"


async def test_to_look_at_a_menu_again_costs_nothing(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The browser fetches it anew when its page is reloaded."""
    await house.set_up("gemini")
    flows = hass.config_entries.subentries
    menu = await ready(hass, house)
    assert (await flows.async_configure(menu["flow_id"]))["step_id"] == "ready"
    sim.fail("openai", "refusal")
    for step in ("test_failed", "tested"):
        menu = await choose(hass, menu, "test")
        again = await flows.async_configure(menu["flow_id"])
        assert again["step_id"] == menu["step_id"] == step
        assert again["description_placeholders"] == menu["description_placeholders"]
    assert len(sim.requests(endpoint="describe")) == 2


async def test_there_is_no_test_while_it_could_not_be_booked(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The ledger is closed while the entry is not loaded; it may be unloaded behind a menu, too."""
    await house.set_up("gemini")
    menu = await choose(hass, await ready(hass, house), "test")
    await hass.config_entries.async_unload(house.entry.entry_id)
    menu = await choose(hass, menu, "test")
    assert menu["step_id"] == "ready"
    assert menu["menu_options"] == ["save", "model"]
    assert len(sim.requests(endpoint="describe")) == 1
    assert (await choose(hass, menu, "save"))["type"] is FlowResultType.CREATE_ENTRY
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert house.order == ["openai", "gemini"]


async def test_a_master_key_that_goes_bad_before_the_test(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The flow holds only what is encrypted, so it has to end there."""
    await house.set_up("gemini")
    menu = await ready(hass, house)
    monkeypatch.setenv(vault.ENV_KEY, master_key.new_key())
    house.put_master_key("damaged")
    result = await choose(hass, menu, "test")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "master_key_unusable"
    assert sim.requests(endpoint="describe") == []


async def test_a_change_is_tested_before_it_is_stored(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """The request is the provider's own in the books, with the new key and the new model."""
    await house.set_up("openai")
    provider_id = house.provider("openai").subentry_id
    before = house.provider("openai").data
    sim.set_key("openai", "second-key")
    form = await open_change(hass, house, "OpenAI")
    form = await send(hass, form, **changed(sim, "openai", api_key="second-key"))
    menu = await send(hass, form, model="gpt-4.1-mini")
    menu = await choose(hass, menu, "test")
    assert menu["step_id"] == "tested"
    assert house.provider("openai").data == before
    assert pick(await house.usage(), "provider_id", "model") == [(provider_id, "gpt-4.1-mini")]
    assert (await choose(hass, menu, "save"))["reason"] == "reconfigure_successful"
    assert (await house.describe())["model"] == "gpt-4.1-mini"


async def test_a_failing_test_of_a_change_does_not_harm_what_works(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Only the settings that are not stored yet failed."""
    await house.set_up("openai")
    form = await open_change(hass, house, "OpenAI")
    form = await send(hass, form, **changed(sim, "openai"))
    menu = await send(hass, form, model="no-such-model")
    menu = await choose(hass, menu, "test")
    assert menu["step_id"] == "test_failed"
    assert menu["description_placeholders"]["reason"] == "Model gone"
    assert (await house.describe())["provider"] == "openai"


async def test_the_whole_way_leaves_no_key_in_the_clear(
    hass: HomeAssistant, house: House, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the flow's results nor the entry nor the log hold it."""
    await house.set_up("gemini")
    key = sim.keys["openai"]
    menu = await ready(hass, house)
    tested = await choose(hass, menu, "test")
    assert key not in str((menu, tested))
    (flow,) = hass.config_entries.subentries._progress.values()
    assert key not in str(vars(flow)["_data"])
    await choose(hass, tested, "save")
    assert key not in str(house.entry.as_dict())
    assert key not in caplog.text
    await finish(hass, await send(hass, await open_form(hass, house), **new(sim, "grok")))
    assert sim.keys["grok"] not in str(house.entry.as_dict())
