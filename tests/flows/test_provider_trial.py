"""Try a provider out before it is stored: what the menus of the flow say and what that costs."""

import asyncio
from base64 import b64encode
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.keys import master_key
from tests.flows.forms import send, suggested
from tests.flows.test_provider import add, change, choose, finish
from tests.kit import CAMERA, FakeCamera, FakeImage, House, pick, picture, until
from tests.pictures.scenes import BLACK, add_rules
from tests.results import Fired, state_of
from tests.runtime.test_issues import reported
from tests.shown import as_read
from tests.simulator import Model, Simulator
from tests.simulator.answers import INVENTED
from tests.simulator.pictures import read_picture

pytestmark = pytest.mark.usefixtures("camera")

LEFT = {"name": "Left", "left": 0, "top": 0, "right": 50, "bottom": 100}


async def ready(house: House, model: str = "auto") -> Any:
    """Type a good OpenAI account in next to another provider, and choose a model."""
    await house.set_up("gemini")
    return await send(house, await add(house, "openai"), model=model)


async def test_a_good_test_says_who_answered_how_fast_and_for_how_much(house: House) -> None:
    """And what was shown and said; one card is sent and booked, and nothing is stored yet."""
    menu = await choose(house, await ready(house), "test")
    assert menu["step_id"] == "tested"
    assert menu["menu_options"] == ["save", "test", "camera", "model"]
    result = menu["description_placeholders"]
    assert (result["model"], as_read(result["used"])) == ("auto", "gpt-6-luna")
    assert 0 <= float(result["seconds"]) < 5
    assert 0 < float(result["cents"]) < 0.2

    (request,) = house.sim.requests(endpoint="describe")
    (image,) = request.images
    assert (request.vendor, image["width"]) == ("openai", 384)
    sent = house.sim.image(request.seq)
    source = f"data:image/jpeg;base64,{b64encode(sent).decode()}"
    assert result["picture"] == f"![]({source})"
    assert result["title"].startswith("Mostly")
    assert as_read(result["description"]).endswith(
        f"The number {read_picture(sent).number} is on it."
    )
    (row,) = await house.usage()
    assert pick([row], "provider", "provider_id", "purpose", "camera", "success", "model") == [
        ("openai", "", "trial", "eyewitness.test_chain", 1, "gpt-6-luna")
    ]
    accounts = house.runtime.accounts
    assert (accounts.totals, accounts.cost) == ({}, row["cost_estimate"]), "the money was spent"
    assert float(result["cents"]) == pytest.approx(row["cost_estimate"] * 100, rel=0.05)
    assert len(house.entry.subentries) == 1
    assert (await choose(house, menu, "save"))["type"] == "create_entry"
    assert len(house.sim.requests(endpoint="describe")) == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "reason"),
    [
        ({"kind": "quota"}, "quota", "No requests left"),
        ({"kind": "auth"}, "auth", "Key refused"),
        ({"kind": "server_error"}, "server", "Server trouble"),
        ({"kind": "refusal"}, "refused", "Declined to answer"),
        ({"kind": "redirect", "location": "http://a.example"}, "redirect", "Address moved"),
    ],
)
async def test_a_failing_test_says_why_in_words(
    house: House, sim: Simulator, quick: None, fault: dict[str, Any], outcome: str, reason: str
) -> None:
    """It holds nobody up, is booked too, and harms no provider that is there already."""
    menu = await ready(house, "gpt-4o-mini")
    sim.fail("openai", repeat=True, **fault)
    menu = await choose(house, menu, "test")
    assert menu["step_id"] == "test_failed"
    assert menu["menu_options"] == ["save", "test", "camera", "model"]
    assert menu["description_placeholders"]["reason"] == reason
    assert menu["description_placeholders"]["used"] == r"gpt\-4o\-mini"
    rows = set(pick(await house.usage(), "provider", "success", "outcome"))
    assert rows == {("openai", 0, outcome)}
    sim.clear_faults()
    menu = await choose(house, menu, "test")
    assert menu["step_id"] == "tested"
    assert "reason" not in menu["description_placeholders"]
    assert (await choose(house, menu, "save"))["type"] == "create_entry"


async def test_a_model_that_does_not_see_is_told_apart(house: House, sim: Simulator) -> None:
    """What it made up is shown; it may be stored all the same, and another one can be chosen."""
    menu = await ready(house)
    sim.fail("openai", "blind")
    menu = await choose(house, menu, "test")
    assert menu["step_id"] == "test_blind"
    assert menu["menu_options"] == ["save", "test", "camera", "model"]
    assert as_read(menu["description_placeholders"]["description"]) == INVENTED
    (row,) = await house.usage()
    assert (row["success"], row["outcome"]) == (0, "blind")
    assert row["cost_estimate"] > 0
    again = await house.hass.config_entries.subentries.async_configure(menu["flow_id"])
    assert again["step_id"] == "test_blind"
    assert (await choose(house, menu, "save"))["type"] == "create_entry"


async def look(house: House, menu: Any, entity_id: str = CAMERA) -> Any:
    """Choose a camera for the test."""
    return await send(house, await choose(house, menu, "camera"), entity_id=entity_id)


async def test_it_can_be_tested_with_a_camera_of_the_house(
    hass: HomeAssistant, house: House, fired: Fired
) -> None:
    """Its picture and what was said are shown; it is a trial, and says who has seen the camera."""
    menu = await look(house, await ready(house))
    assert menu["step_id"] == "tested"
    (request,) = house.sim.requests(endpoint="describe")
    sent = house.sim.image(request.seq)
    result = menu["description_placeholders"]
    assert b64encode(sent).decode() in result["picture"]
    assert (result["title"], result["description"][:6]) == ("Mostly blue", "A 1280")
    assert "Camera: Front door" in str(request.body)
    (row,) = await house.usage()
    assert pick([row], "provider", "provider_id", "purpose", "camera", "outcome") == [
        ("openai", "", "trial", CAMERA, "ok")
    ]
    assert fired.counts() == (0, 0)
    for _ in range(2):
        assert state_of(hass, "sensor.eyewitness_descriptions").state == "0"
        assert house.runtime.accounts.viewers == {CAMERA: "openai"}
        await hass.config_entries.async_reload(house.entry.entry_id)


async def test_the_first_camera_is_chosen_already(house: House) -> None:
    """Whoever has one camera need not open the list."""
    form = await choose(house, await ready(house), "camera")
    (field,) = form["data_schema"].schema
    assert field.description == {"suggested_value": CAMERA}


async def test_the_cameras_black_areas_hold_in_a_test(house: House) -> None:
    """What is painted over for events is painted over here."""
    menu = await ready(house)
    await add_rules(house, masks=[LEFT])
    assert (await look(house, menu))["step_id"] == "tested"
    (request,) = house.sim.requests(endpoint="describe")
    assert read_picture(house.sim.image(request.seq)).colours == ("black", "blue")


async def test_who_may_not_see_a_camera_does_not_see_it_in_a_test(
    house: House, image: FakeImage
) -> None:
    """A new provider is on no list; the form says so, and another camera can be chosen."""
    menu = await ready(house)
    await add_rules(house, "gemini")
    form = await look(house, menu)
    assert (form["step_id"], form["errors"]) == ("camera", {"entity_id": "provider_not_allowed"})
    assert suggested(form, "entity_id") == CAMERA
    assert house.sim.requests(endpoint="describe") == []
    menu = await send(house, form, entity_id="image.last_visitor")
    assert menu["step_id"] == "tested"


@pytest.mark.parametrize(
    ("sends", "error"),
    [(None, "camera_unavailable"), (b"no picture", "camera_bad_image"), (BLACK, "camera_blank")],
)
async def test_a_camera_without_a_picture_is_no_fault_of_the_provider(
    house: House, camera: FakeCamera, sends: Any, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form says what is wrong with it; nobody is asked."""
    monkeypatch.setattr(policy, "CAMERA_SECONDS", 0.5)
    camera.sends = sends
    form = await look(house, await ready(house))
    assert (form["step_id"], form["errors"]) == ("camera", {"entity_id": error})
    assert house.sim.requests(endpoint="describe") == []


async def test_rules_that_change_while_the_camera_is_asked(
    house: House, camera: FakeCamera
) -> None:
    """Those of the moment at which the picture leaves hold."""
    menu = await ready(house)
    camera.seconds = 0.3
    test = house.hass.async_create_task(look(house, menu))
    await until(lambda: camera.asked > 0)
    await add_rules(house, "gemini")
    assert (await test)["errors"] == {"entity_id": "provider_not_allowed"}
    assert house.sim.requests(endpoint="describe") == []


async def test_black_areas_that_come_while_the_camera_is_asked(
    house: House, camera: FakeCamera
) -> None:
    """It is asked once more, and its picture is painted over."""
    menu = await ready(house)
    camera.seconds = 0.3
    test = house.hass.async_create_task(look(house, menu))
    await until(lambda: camera.asked > 0)
    await add_rules(house, masks=[LEFT])
    assert (await test)["step_id"] == "tested"
    (request,) = house.sim.requests(endpoint="describe")
    assert read_picture(house.sim.image(request.seq)).colours == ("black", "blue")


async def test_a_sleeping_camera_is_woken_up_for_a_test(
    hass: HomeAssistant, house: House, camera: FakeCamera
) -> None:
    """As for an event."""
    menu = await ready(house)
    await add_rules(house, wake_entity="button.wake", wake_seconds=0)
    hass.states.async_set("button.wake", "unknown")
    camera.sends = BLACK

    async def press(_call: ServiceCall) -> None:
        camera.sends = picture()

    hass.services.async_register("button", "press", press)
    assert (await look(house, menu))["step_id"] == "tested"


async def test_without_a_camera_none_is_offered(hass: HomeAssistant, house: House) -> None:
    """There would be nothing to choose."""
    hass.states.async_remove(CAMERA)
    assert (await ready(house))["menu_options"] == ["save", "test", "model"]


async def test_another_model_can_be_chosen_after_a_test(house: House, sim: Simulator) -> None:
    """The next test asks that one, and it is what is stored; a guess at its price is not shown."""
    sim.set_models("openai", [*sim.models("openai"), Model(id="unheard-of")])
    menu = await choose(house, await ready(house), "test")
    menu = await send(house, await choose(house, menu, "model"), model="unheard-of")
    assert menu["step_id"] == "ready"
    assert menu["description_placeholders"] == {"model": r"unheard\-of"}
    menu = await choose(house, menu, "test")
    assert menu["step_id"] == "tested_unpriced"
    assert menu["description_placeholders"].keys() == {
        *("model", "used", "seconds", "picture", "title", "description")
    }
    assert menu["description_placeholders"]["used"] == r"unheard\-of"
    assert pick(await house.usage(), "is_estimated") == [(0,), (1,)]
    await choose(house, menu, "save")
    assert house.provider("openai").data["model"] == "unheard-of"


async def test_to_look_at_a_menu_again_costs_nothing(house: House, sim: Simulator) -> None:
    """The browser fetches it anew when its page is reloaded; each can be saved from."""
    menu = await ready(house)
    flows = house.hass.config_entries.subentries
    assert (await flows.async_configure(menu["flow_id"]))["step_id"] == "ready"
    for step in ("tested", "test_failed"):
        menu = await choose(house, menu, "test")
        again = await flows.async_configure(menu["flow_id"])
        assert again["step_id"] == menu["step_id"] == step
        assert again["description_placeholders"] == menu["description_placeholders"]
        sim.fail("openai", "quota")
    assert len(sim.requests(endpoint="describe")) == 2
    # Its quota may begin anew tomorrow.
    assert (await choose(house, menu, "save"))["type"] == "create_entry"
    assert house.order == ["openai", "gemini"]


async def test_there_is_no_test_while_it_could_not_be_booked(house: House, sim: Simulator) -> None:
    """The ledger is closed while the entry is not loaded; it may be unloaded behind a menu, too."""
    menu = await choose(house, await ready(house), "test")
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    menu = await choose(house, menu, "test")
    assert menu["step_id"] == "ready"
    assert menu["menu_options"] == ["save", "model"]
    assert len(sim.requests(endpoint="describe")) == 1
    assert (await choose(house, menu, "save"))["type"] == "create_entry"
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    assert house.order == ["openai", "gemini"]


@pytest.mark.parametrize("source", [master_key.new_key(), "not a key"], ids=["other", "none"])
async def test_a_master_key_that_goes_bad_before_the_test(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """The flow holds only what is encrypted, so it has to end there."""
    menu = await ready(house)
    monkeypatch.setenv(master_key.ENV_KEY, source)
    house.put_master_key("damaged")
    assert (await choose(house, menu, "test"))["reason"] == "master_key_unusable"
    assert sim.requests(endpoint="describe") == []


async def test_a_change_is_tested_before_it_is_stored(house: House, sim: Simulator) -> None:
    """Under the provider's own id in the books; a failure harms nothing that works."""
    await house.set_up("openai")
    provider_id = house.provider("openai").subentry_id
    before = house.provider("openai").data
    form = await change(house, "OpenAI", "openai")
    menu = await choose(house, await send(house, form, model="no-such-model"), "test")
    assert menu["step_id"] == "test_failed"
    assert menu["description_placeholders"]["reason"] == "Model gone"
    assert house.runtime.accounts.totals[provider_id].outcome is None
    assert (await house.describe())["provider"] == "openai"

    sim.set_key("openai", "second-key")
    form = await change(house, "OpenAI", "openai", api_key="second-key")
    menu = await choose(house, await send(house, form, model="gpt-4.1-mini"), "test")
    assert menu["step_id"] == "tested"
    assert house.provider("openai").data == before
    row = (await house.usage())[-1]
    assert (row["provider_id"], row["model"]) == (provider_id, "gpt-4.1-mini")
    assert (await choose(house, menu, "save"))["reason"] == "reconfigure_successful"
    assert (await house.describe())["model"] == "gpt-4.1-mini"


async def test_the_whole_way_leaves_no_key_in_the_clear(
    house: House, sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the flow's results nor the entry nor the log hold it."""
    menu = await ready(house)
    tested = await choose(house, menu, "test")
    (flow,) = house.hass.config_entries.subentries._progress.values()
    results = str((menu, tested, vars(flow)["_data"]))
    await choose(house, tested, "save")
    await finish(house, await add(house, "grok"))
    for text in (results, str(house.entry.as_dict()), caplog.text):
        assert sim.keys["openai"] not in text
        assert sim.keys["grok"] not in text


@pytest.mark.parametrize("ends", ["unloaded", "reloaded"])
async def test_a_trial_ends_with_the_entrys_run(
    house: House, sim: Simulator, caplog: pytest.LogCaptureFixture, ends: str
) -> None:
    """What it sent is booked while the ledger is open, and it touches nothing after that."""
    menu = await ready(house, "gpt-4o-mini")
    sim.fail("openai", "hang", repeat=True)
    runtime, entry_id = house.runtime, house.entry.entry_id
    trial = house.hass.async_create_task(choose(house, menu, "test"))
    await sim.wait_for_requests(2, "openai")
    flows = house.hass.config_entries
    assert await (flows.async_unload if ends == "unloaded" else flows.async_reload)(entry_id)
    (row,) = await house.usage()
    assert (row["outcome"], runtime.trials.running) == ("cancelled", 0)
    menu = await trial
    assert (menu["type"], menu["step_id"]) == ("menu", "ready")
    assert len(await house.usage()) == 1
    assert "Traceback" not in caplog.text


async def test_a_trial_takes_no_cameras_place(house: House, sim: Simulator) -> None:
    """It may take half a minute."""
    menu = await ready(house, "gpt-4o-mini")
    sim.fail("openai", "hang", repeat=True)
    trial = house.hass.async_create_task(choose(house, menu, "test"))
    await sim.wait_for_requests(2, "openai")
    assert (house.runtime.runs.running, house.runtime.trials.running) == (0, 1)
    assert (await house.describe())["provider"] == "gemini"
    trial.cancel()
    await asyncio.wait([trial])


async def test_a_trial_that_fails_says_nothing_about_the_provider(
    house: House, sim: Simulator
) -> None:
    """Settings that are not stored turn no live status to a failure, now or after a restart."""
    await house.set_up("openai")
    await house.describe()
    form = await change(house, "OpenAI", "openai")
    menu = await choose(house, await send(house, form, model="no-such-model"), "test")
    assert menu["step_id"] == "test_failed"
    for _ in range(2):
        await house.hass.async_block_till_done()
        assert state_of(house.hass, "sensor.openai_status").state == "ok"
        assert state_of(house.hass, "binary_sensor.openai_problem").state == "off"
        await house.hass.config_entries.async_reload(house.entry.entry_id)
    assert pick(await house.usage(), "outcome")[-1] == ("model_missing",), "it is booked"


async def test_a_trial_that_succeeds_says_nothing_about_the_provider(
    house: House, sim: Simulator
) -> None:
    """It rests and is reported until its own settings have answered."""
    await house.set_up("openai", "grok")
    provider_id = house.provider("OpenAI").subentry_id
    sim.fail("openai", "quota")
    await house.describe()
    form = await change(house, "OpenAI", "openai")
    menu = await choose(house, await send(house, form, model="gpt-4.1-mini"), "test")
    assert menu["step_id"] == "tested"
    assert house.runtime.chain.health(provider_id).cooldown_left > 0
    assert reported(house.hass).keys() == {"quota"}
    assert [each.outcome for each in house.runtime.last_attempts[provider_id]] == ["quota"]
