"""Mend what was reported, over the same HTTP calls that the front end makes."""

from http import HTTPStatus
from typing import Any, cast

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.keys import vault
from tests.kit import FakeCamera, House, pick
from tests.runtime.test_issues import FORBIDDEN, MOVED, in_trouble, reported
from tests.simulator import Simulator
from tests.tls import untrusted

URL = "/api/repairs/issues/fix"
type Client = TestClient[Any, Any]


@pytest.fixture
async def client(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Client:
    """Sign in as an administrator."""
    assert await async_setup_component(hass, "repairs", {})
    return await hass_client()


async def open_fix(hass: HomeAssistant, client: Client, name: str) -> dict[str, Any]:
    """Press the button of a report."""
    told = {"handler": DOMAIN, "issue_id": reported(hass)[name].issue_id}
    response = await client.post(URL, json=told)
    assert response.status == HTTPStatus.OK
    return cast("dict[str, Any]", await response.json())


async def send(
    hass: HomeAssistant, client: Client, form: dict[str, Any], **user_input: str
) -> dict[str, Any]:
    """Send a form."""
    response = await client.post(f"{URL}/{form['flow_id']}", json=user_input)
    assert response.status == HTTPStatus.OK
    result = await response.json()
    await hass.async_block_till_done()
    return cast("dict[str, Any]", result)


@pytest.mark.parametrize(
    ("name", "fault", "reason"),
    [
        pytest.param("quota", {"kind": "quota"}, "Quota used up", id="row_15"),
        pytest.param("access_denied", FORBIDDEN, "Access denied", id="row_19"),
        pytest.param("endpoint_moved", MOVED, "Address moved", id="redirect"),
    ],
)
async def test_rows_15_19_to_try_again_is_the_fix(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    client: Client,
    name: str,
    fault: dict[str, Any],
    reason: str,
) -> None:
    """Too early it says why; then the provider is trusted again at once, whatever was held back."""
    provider_id = await in_trouble(house, sim, fault)
    form = await open_fix(hass, client, name)
    assert (form["type"], form["step_id"]) == ("form", "confirm")
    assert form["description_placeholders"]["provider"] == "Mine"
    assert not form["errors"]
    assert len(sim.requests("openai", "describe")) == 1

    sim.fail("openai", **fault)
    form = await send(hass, client, form)
    assert form["errors"] == {"base": "still_failing"}
    assert form["description_placeholders"] == {"provider": "Mine", "reason": reason}
    assert set(reported(hass)) == {name}
    if name != "endpoint_moved":
        assert (await house.describe())["provider"] == "grok"

    done = await send(hass, client, form)
    assert done["type"] == "create_entry"
    assert reported(hass) == {}
    assert house.runtime.chain.standing(provider_id).bench_left == 0
    assert (await house.describe())["provider"] == "openai"
    tests = [row for row in await house.usage() if row["camera"] == "eyewitness.test_chain"]
    assert pick(tests, "provider_id", "success") == [(provider_id, 0), (provider_id, 1)]


async def test_five_rejections_are_pardoned_by_one_answer(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, client: Client
) -> None:
    """A rejected trial is told, too."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "status", status=422, count=6)
    for _ in range(5):
        await house.describe()
    form = await send(hass, client, await open_fix(hass, client, "rejected"))
    assert form["errors"] == {"base": "still_failing"}
    assert form["description_placeholders"]["reason"] == "Request rejected"
    assert (await send(hass, client, form))["type"] == "create_entry"
    assert reported(hass) == {}
    assert (await house.describe())["provider"] == "openai"


async def test_row_36_an_expired_certificate_is_still_expired(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, client: Client
) -> None:
    """No try is made without checking it."""
    with untrusted() as server:
        mine = house.subentry("openai_compatible", model="llava", base_url=server.url)
        await house.set_up(mine, "grok")
        await house.describe(providers=["openai_compatible", "grok"])
        form = await send(hass, client, await open_fix(hass, client, "tls"))
        assert form["errors"] == {"base": "still_failing"}
        assert form["description_placeholders"]["reason"] == "Connection not trusted"
        assert server.requests == []
    assert set(reported(hass)) == {"tls"}


async def test_row_15_a_success_elsewhere_ends_the_fix(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, client: Client
) -> None:
    """The form may be open while an event shows that all is well; to send it does no harm."""
    provider_id = await in_trouble(house, sim, {"kind": "quota"})
    form = await open_fix(hass, client, "quota")
    house.runtime.chain.standing(provider_id).pardon()
    await house.describe()
    assert reported(hass) == {}
    assert (await send(hass, client, form))["type"] == "create_entry"


async def test_row_20_another_model_is_the_fix(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, client: Client
) -> None:
    """The account's models are offered, and the one that is picked answers the next event."""
    await in_trouble(house, sim, {"kind": "model_missing"})
    sim.retire("openai", "gpt-4o-mini")
    assert len(sim.requests("openai", "models")) == 0
    form = await open_fix(hass, client, "model_missing")
    assert (form["type"], form["step_id"]) == ("form", "model")
    assert form["description_placeholders"] == {"provider": "Mine", "model": "gpt-4o-mini"}
    (field,) = form["data_schema"]
    offered = [option["value"] for option in field["selector"]["select"]["options"]]
    assert offered[0] == "auto"
    assert "gpt-4.1-mini" in offered
    assert sim.keys["openai"] not in str(form)

    done = await send(hass, client, form, model=" gpt-4.1-mini ")
    assert done["type"] == "create_entry"
    assert reported(hass) == {}
    assert house.provider("Mine").data["model"] == "gpt-4.1-mini"
    response = await house.describe()
    assert (response["provider"], response["model"]) == ("openai", "gpt-4.1-mini")
    assert reported(hass) == {}


@pytest.mark.parametrize("well", [True, False])
async def test_row_20_the_same_model_again_gets_a_new_chance(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    client: Client,
    well: bool,
) -> None:
    """The vendor may have brought it back; if not, the report comes back as well."""
    await in_trouble(house, sim, {"kind": "model_missing"})
    form = await open_fix(hass, client, "model_missing")
    done = await send(hass, client, form, model="gpt-4o-mini")
    assert done["type"] == "create_entry"
    assert reported(hass) == {}
    if not well:
        sim.fail("openai", "model_missing")
    assert (await house.describe())["provider"] == ("openai" if well else "grok")
    assert set(reported(hass)) == (set() if well else {"model_missing"})


async def test_row_20_without_a_list_auto_and_an_id_remain(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The form opens whatever keeps the list from coming; a master key, or the vendor."""
    await in_trouble(house, sim, {"kind": "model_missing"})
    sim.fail("openai", "server_error", endpoint="models", repeat=True)
    for source in ("", "not a key"):
        monkeypatch.setenv(vault.ENV_KEY, source)
        form = await open_fix(hass, client, "model_missing")
        (field,) = form["data_schema"]
        assert [o["value"] for o in field["selector"]["select"]["options"]] == ["auto"]
    monkeypatch.delenv(vault.ENV_KEY)
    sim.clear_faults()
    assert (await send(hass, client, form, model="  "))["type"] == "create_entry"
    assert house.provider("Mine").data["model"] == "auto"
    assert (await house.describe())["provider"] == "openai"


@pytest.mark.parametrize("name", ["quota", "model_missing"])
async def test_there_is_nothing_to_fix_while_eyewitness_does_not_run(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    client: Client,
    name: str,
) -> None:
    """The report may outlast it; the fix says so, before and behind its form."""
    await in_trouble(house, sim, {"kind": name})
    form = await open_fix(hass, client, name)
    await hass.config_entries.async_unload(house.entry.entry_id)
    again = await open_fix(hass, client, name)
    typed = {"model": "auto"} if name == "model_missing" else {}
    for result in (again, await send(hass, client, form, **typed)):
        assert (result["type"], result["reason"]) == ("abort", "not_loaded")
    assert len(sim.requests("openai", "describe")) == 1


async def test_a_provider_removed_behind_the_form_cannot_be_fixed(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, client: Client
) -> None:
    """Its report has gone, and so has what the form was about."""
    provider_id = await in_trouble(house, sim, {"kind": "quota"})
    form = await open_fix(hass, client, "quota")
    hass.config_entries.async_remove_subentry(house.entry, provider_id)
    await hass.async_block_till_done()
    result = await send(hass, client, form)
    assert (result["type"], result["reason"]) == ("abort", "not_loaded")
    assert reported(hass) == {}


async def test_row_20_auto_again_forgets_what_was_missing(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, client: Client
) -> None:
    """Each model that auto tried was missing; the provider starts anew and tries the best first."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "model_missing", count=2)
    assert (await house.describe())["provider"] == "grok"
    tried = [request.model for request in sim.requests("openai", "describe")]
    assert len(set(tried)) == 2
    form = await open_fix(hass, client, "model_missing")
    assert (await send(hass, client, form, model="auto"))["type"] == "create_entry"
    assert (await house.describe())["model"] == tried[0]
    assert reported(hass) == {}
