"""Fix what was reported, over the same HTTP calls that the front end makes."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
import re
from typing import Any
from unittest.mock import Mock, patch

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.const import DATABASE, DOMAIN
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.ledger.store import Ledger
from custom_components.eyewitness.runtime import build, issues, model_radar
from tests.kit import House, pick, until
from tests.results import state_of
from tests.runtime.kit import describe_and_wait
from tests.runtime.test_issues import FORBIDDEN, MOVED, in_trouble, reported, two_in_trouble
from tests.simulator import Simulator
from tests.tls import untrusted

pytestmark = pytest.mark.usefixtures("camera")


@dataclass
class Page:
    """The page with the reports, as an administrator sees it."""

    hass: HomeAssistant
    client: TestClient[Any, Any]

    async def open(self, name: str) -> Any:
        """Press the button of a report."""
        return await self.begin(reported(self.hass)[name].issue_id)

    async def begin(self, issue_id: str) -> Any:
        """Press the button of a report with this id."""
        return await self._post("", handler=DOMAIN, issue_id=issue_id)

    async def send(self, form: Any, **user_input: Any) -> Any:
        """Send the form of a fix."""
        return await self._post(f"/{form['flow_id']}", **user_input)

    async def _post(self, path: str, **data: Any) -> Any:
        response = await self.client.post(f"/api/repairs/issues/fix{path}", json=data)
        assert response.status == HTTPStatus.OK
        await self.hass.async_block_till_done()
        return await response.json()


@pytest.fixture
async def page(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Page:
    """Sign in as an administrator."""
    # The first to sign in closes the list of addresses, and ours are to be in it.
    for domain in ("repairs", DOMAIN):
        assert await async_setup_component(hass, domain, {})
    return Page(hass, await hass_client())


def models(form: Any) -> list[str]:
    """Return the models to choose from."""
    (field,) = form["data_schema"]
    return [option["value"] for option in field["selector"]["select"]["options"]]


@pytest.mark.parametrize(
    ("name", "fault", "reason"),
    [
        pytest.param("quota", {"kind": "quota"}, "No requests left", id="row_15"),
        pytest.param("access_denied", FORBIDDEN, "Access denied", id="row_19"),
        pytest.param("endpoint_moved", MOVED, "Address moved", id="redirect"),
    ],
)
async def test_rows_15_19_to_try_again_is_the_fix(
    house: House, sim: Simulator, page: Page, name: str, fault: dict[str, Any], reason: str
) -> None:
    """Too early it says why; then the provider is trusted again at once, whatever was held back."""
    provider_id = await in_trouble(house, sim, fault)
    form = await page.open(name)
    assert (form["type"], form["step_id"]) == ("form", "confirm")
    assert form["description_placeholders"]["provider"] == "Mine"
    assert not form["errors"]
    assert len(sim.requests("openai", "describe")) == 1

    sim.fail("openai", **fault)
    form = await page.send(form)
    assert form["errors"] == {"base": "still_failing"}
    placeholders = form["description_placeholders"]
    assert pick([placeholders], "provider", "reason") == [("Mine", reason)]
    assert set(reported(house.hass)) == {name}
    if name != "endpoint_moved":
        assert (await house.describe())["provider"] == "grok"

    assert (await page.send(form))["type"] == "create_entry"
    assert reported(house.hass) == {}
    assert house.runtime.chain.health(provider_id).cooldown_left == 0
    assert (await house.describe())["provider"] == "openai"
    tests = [row for row in await house.usage() if row["camera"] == "eyewitness.test_chain"]
    assert pick(tests, "provider_id", "success") == [(provider_id, 0), (provider_id, 1)]


async def test_a_try_ends_with_the_entrys_run(house: House, sim: Simulator, page: Page) -> None:
    """It is booked as what it was, and trusts nobody after that."""
    await in_trouble(house, sim, {"kind": "quota"})
    form = await page.open("quota")
    sim.fail("openai", "hang")
    sending = house.hass.async_create_task(page.send(form))
    await until(lambda: len(sim.requests("openai", "describe")) == 2)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert (await sending)["reason"] == "not_loaded"
    assert pick(await house.usage(), "provider", "outcome")[-1] == ("openai", "cancelled")


async def test_five_rejections_are_reset_by_one_answer(house: House, page: Page) -> None:
    """A rejected trial is shown, too."""
    await house.set_up("openai", "grok")
    house.sim.fail("openai", "status", status=422, count=6)
    for _ in range(5):
        await house.describe()
    form = await page.send(await page.open("rejected"))
    assert form["errors"] == {"base": "still_failing"}
    assert form["description_placeholders"]["reason"] == "Request rejected"
    assert (await page.send(form))["type"] == "create_entry"
    assert reported(house.hass) == {}
    assert (await house.describe())["provider"] == "openai"


async def test_row_36_an_expired_certificate_is_still_expired(house: House, page: Page) -> None:
    """No try is made without checking it."""
    with untrusted() as server:
        mine = house.subentry("openai_compatible", model="llava", base_url=server.url)
        await house.set_up(mine, "grok")
        await house.describe(providers=["openai_compatible", "grok"])
        form = await page.send(await page.open("tls"))
        assert form["errors"] == {"base": "still_failing"}
        assert form["description_placeholders"]["reason"] == "Connection not trusted"
        assert server.requests == []
    assert set(reported(house.hass)) == {"tls"}


async def test_row_15_a_success_elsewhere_ends_the_fix(house: House, page: Page) -> None:
    """The form may be open while an event shows that all is well; to send it does no harm."""
    provider_id = await in_trouble(house, house.sim, {"kind": "quota"})
    form = await page.open("quota")
    house.runtime.chain.health(provider_id).reset()
    await house.describe()
    assert reported(house.hass) == {}
    assert (await page.send(form))["type"] == "create_entry"


async def test_row_20_another_model_is_the_fix(house: House, sim: Simulator, page: Page) -> None:
    """The account's models are offered, and the one that is picked answers the next event."""
    await in_trouble(house, sim, {"kind": "model_missing"})
    sim.retire("openai", "gpt-4o-mini")
    form = await page.open("model_missing")
    assert (form["type"], form["step_id"]) == ("form", "model")
    assert form["description_placeholders"] == {
        "provider": "Mine",
        "model": r"gpt\-4o\-mini",
    }
    assert models(form)[0] == "auto"
    assert "gpt-4.1-mini" in models(form)
    assert sim.keys["openai"] not in str(form)
    assert (await page.send(form, model=" gpt-4.1-mini "))["type"] == "create_entry"
    assert reported(house.hass) == {}
    assert house.provider("Mine").data["model"] == "gpt-4.1-mini"
    response = await house.describe()
    assert (response["provider"], response["model"]) == ("openai", "gpt-4.1-mini")
    assert reported(house.hass) == {}


async def test_row_20_the_same_model_again_gets_a_new_chance(
    house: House, sim: Simulator, page: Page
) -> None:
    """The vendor may have brought it back; if not, the form says so and keeps what was typed."""
    await in_trouble(house, sim, {"kind": "model_missing"})
    form = await page.open("model_missing")
    sim.fail("openai", "model_missing")
    form = await page.send(form, model="gpt-4o-mini")
    assert form["errors"] == {"base": "still_failing"}
    placeholders = form["description_placeholders"]
    assert pick([placeholders], "chosen", "reason") == [("gpt-4o-mini", "Model gone")]
    assert form["data_schema"][0]["default"] == "gpt-4o-mini"
    assert set(reported(house.hass)) == {"model_missing"}
    assert (await page.send(form, model="gpt-4o-mini"))["type"] == "create_entry"
    assert reported(house.hass) == {}
    assert (await describe_and_wait(house))["provider"] == "openai"
    assert reported(house.hass) == {}


async def test_h7_auto_is_no_advice_when_auto_does_not_work(
    house: House, sim: Simulator, page: Page
) -> None:
    """It is not said to be gone, another model is preselected, and auto is tried if chosen."""
    await house.set_up("openai", "grok")
    provider_id = house.provider("openai").subentry_id
    house.runtime.chain.health(provider_id).cool_down(Failure.MODEL_MISSING, 960)
    issues.async_begin(house.hass, house.entry)
    form = await page.open("no_model")
    (field,) = form["data_schema"]
    assert field["default"] == models(form)[1] != "auto"
    sim.fail("openai", "model_missing", count=9)
    form = await page.send(form, model="auto")
    assert form["errors"] == {"base": "still_failing"}
    sim.clear_faults()
    assert (await page.send(form, model=field["default"]))["type"] == "create_entry"
    assert house.provider("openai").data["model"] == field["default"]
    assert reported(house.hass) == {}


async def test_h7_all_are_tried_again_with_one_button(
    house: House, sim: Simulator, page: Page
) -> None:
    """Those that are well are used again; the others are named until they are as well."""
    await two_in_trouble(house, FORBIDDEN)
    sim.fail("openai", "quota", repeat=True)
    form = await page.open("providers_out")
    (line, other) = form["description_placeholders"]["list"].splitlines()
    assert re.fullmatch(r"- Mine: No requests left, left alone until \d\d:\d\d( tomorrow)?\.", line)
    assert other.startswith("- xAI Grok: Access denied, ")
    sim.requests("grok", "describe")
    form = await page.send(form)
    assert form["errors"] == {"base": "still_failing"}
    assert form["description_placeholders"]["list"].count("\n") == 0
    assert set(reported(house.hass)) == {"quota"}
    assert (await house.describe())["provider"] == "grok"
    sim.clear_faults()
    assert (await page.send(form))["type"] == "create_entry"
    assert reported(house.hass) == {}
    assert (await house.describe())["provider"] == "openai"


async def test_h7_the_others_stay_mended_when_one_is(
    house: House, sim: Simulator, page: Page
) -> None:
    """Another model needs a reload, which brings nothing back that was mended before it."""
    await in_trouble(house, sim, {"kind": "quota"})
    assert (await page.send(await page.open("quota")))["type"] == "create_entry"
    sim.fail("openai", "model_missing")
    sim.offer("openai", "gpt-4o-mini", listed=False)
    assert (await describe_and_wait(house))["provider"] == "grok"
    sim.clear_faults()
    await page.send(await page.open("model_missing"), model="gpt-4.1-mini")
    assert reported(house.hass) == {}


async def test_h7_a_trial_of_all_ends_with_the_entrys_run(house: House, page: Page) -> None:
    """As that of one does."""
    await two_in_trouble(house, FORBIDDEN)
    form = await page.open("providers_out")
    for vendor in ("openai", "grok"):
        house.sim.fail(vendor, "hang")
    shown = len(house.sim.requests(endpoint="describe"))
    sending = house.hass.async_create_task(page.send(form))
    await until(lambda: len(house.sim.requests(endpoint="describe")) == shown + 2)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert (await sending)["reason"] == "not_loaded"
    assert (await page.open("providers_out"))["reason"] == "not_loaded"


async def test_row_20_a_try_of_a_model_ends_with_the_entrys_run(
    house: House, sim: Simulator, page: Page
) -> None:
    """The model is not stored."""
    await in_trouble(house, sim, {"kind": "model_missing"})
    form = await page.open("model_missing")
    sim.fail("openai", "hang")
    shown = len(sim.requests(endpoint="describe"))
    sending = house.hass.async_create_task(page.send(form, model="gpt-4.1-mini"))
    await until(lambda: len(sim.requests(endpoint="describe")) > shown)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert (await sending)["reason"] == "not_loaded"
    assert house.provider("Mine").data["model"] == "gpt-4o-mini"


async def test_row_20_without_a_list_auto_and_an_id_remain(
    house: House, sim: Simulator, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form opens whatever keeps the list from coming; a master key, or the vendor."""
    await in_trouble(house, sim, {"kind": "model_missing"})
    sim.fail("openai", "server_error", endpoint="models", repeat=True)
    for source in ("", "not a key"):
        monkeypatch.setenv(master_key.ENV_KEY, source)
        form = await page.open("model_missing")
        assert models(form) == ["auto"]
    monkeypatch.delenv(master_key.ENV_KEY)
    sim.clear_faults()
    assert (await page.send(form, model="  "))["type"] == "create_entry"
    assert house.provider("Mine").data["model"] == "auto"
    assert (await house.describe())["provider"] == "openai"


async def test_row_20_auto_finds_another_model_by_itself(house: House) -> None:
    """Each model that auto tried was missing: in a minute it tries the next one, unreported."""
    await house.set_up("openai", "grok")
    house.sim.fail("openai", "model_missing", count=2)
    assert (await describe_and_wait(house))["provider"] == "grok"
    tried = [request.model for request in house.sim.requests("openai", "describe")]
    assert len(set(tried)) == 2
    health = house.runtime.chain.health(house.provider("openai").subentry_id)
    assert 50 < health.cooldown_left <= 60
    health._cooldown_until = 0.0  # as when its time is over
    response = await house.describe()
    assert (response["provider"], response["model"] in tried) == ("openai", False)
    assert reported(house.hass) == {}


@pytest.mark.parametrize("name", ["quota", "model_missing"])
async def test_there_is_nothing_to_fix_while_eyewitness_does_not_run(
    house: House, sim: Simulator, page: Page, name: str
) -> None:
    """The report may outlast it; the fix says so, before and behind its form."""
    await in_trouble(house, sim, {"kind": name})
    form = await page.open(name)
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    typed = {"model": "auto"} if name == "model_missing" else {}
    for result in (await page.open(name), await page.send(form, **typed)):
        assert result["reason"] == "not_loaded"
    assert len(sim.requests("openai", "describe")) == 1


async def test_a_provider_removed_behind_the_form_cannot_be_fixed(house: House, page: Page) -> None:
    """Its report has gone, and so has what the form was about."""
    provider_id = await in_trouble(house, house.sim, {"kind": "quota"})
    form = await page.open("quota")
    house.hass.config_entries.async_remove_subentry(house.entry, provider_id)
    await house.hass.async_block_till_done()
    assert (await page.send(form))["reason"] == "not_loaded"
    assert reported(house.hass) == {}


async def test_row_60_a_damaged_ledger_is_set_aside(
    hass: HomeAssistant, house: House, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is deleted, what has waited comes first in the new file, and the figures are back."""
    file = Path(hass.config.path(DATABASE))
    await hass.async_add_executor_job(file.write_bytes, b"no database")
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    begun = ledger_issue(hass)
    assert begun.is_fixable
    form = await page.begin(begun.issue_id)
    assert (form["step_id"], form["errors"]) == ("confirm", {})
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "set_aside", Mock(side_effect=OSError))
        assert (await page.send(form))["errors"] == {"base": "not_moved"}
    assert (await page.send(form))["type"] == "create_entry"
    aside = file.with_name(f"{DATABASE}.damaged-1")
    assert await hass.async_add_executor_job(aside.read_bytes) == b"no database"
    assert pick(await house.usage(), "outcome") == [("ok",)]
    assert state_of(hass, "sensor.openai_requests").state == "1"
    assert ir.async_get(hass).async_get_issue(DOMAIN, begun.issue_id) is None


def ledger_issue(hass: HomeAssistant) -> ir.IssueEntry:
    """Return the report about the ledger."""
    (issue,) = (each for each in ir.async_get(hass).issues.values() if each.domain == DOMAIN)
    return issue


async def retiring(house: House, sim: Simulator, page: Page) -> Any:
    """Let the model of OpenAI have a near end, and press the button of the report."""
    ends = str(dt_util.now().date() + timedelta(days=20))
    sim.offer("openai", "gpt-4o-mini", ends=ends)
    await house.set_up(house.subentry("openai", model="gpt-4o-mini", title="Mine"))
    await model_radar.async_look(house.hass, house.entry)
    return await page.open("model_retires")


async def test_i3_one_click_gives_a_model_that_ends_its_successor(
    house: House, sim: Simulator, page: Page
) -> None:
    """It is tried, stored with one reload, and answers the next event."""
    menu = await retiring(house, sim, page)
    assert (menu["type"], menu["menu_options"]) == ("menu", ["successor", "model"])
    assert menu["description_placeholders"]["successor"] == "gpt-6-luna"
    with patch.object(build, "build", wraps=build.build) as set_up:
        assert (await page.send(menu, next_step_id="successor"))["type"] == "create_entry"
    assert set_up.call_count == 1
    assert reported(house.hass) == {}
    assert house.provider("Mine").data["model"] == "gpt-6-luna"
    assert (await house.describe())["model"] == "gpt-6-luna"
    await model_radar.async_look(house.hass, house.entry)
    assert reported(house.hass) == {}


async def test_i3_a_successor_that_does_not_work_is_not_stored(
    house: House, sim: Simulator, page: Page
) -> None:
    """Another one can be chosen in the same window."""
    menu = await retiring(house, sim, page)
    sim.fail("openai", "model_missing")
    form = await page.send(menu, next_step_id="successor")
    assert (form["step_id"], form["errors"]) == ("model", {"base": "still_failing"})
    assert house.provider("Mine").data["model"] == "gpt-4o-mini"
    assert set(reported(house.hass)) == {"model_retires"}
    assert (await page.send(form, model="gpt-4.1-mini"))["type"] == "create_entry"
    assert house.provider("Mine").data["model"] == "gpt-4.1-mini"
    assert reported(house.hass) == {}


async def test_i3_without_a_successor_a_model_is_chosen_at_once(
    house: House, sim: Simulator, page: Page
) -> None:
    """With auto as the advice, which moves by itself from then on."""
    sim.set_models("openai", [])
    form = await retiring(house, sim, page)
    assert (form["type"], form["step_id"]) == ("form", "model")
    assert form["data_schema"][0]["default"] == "auto"
