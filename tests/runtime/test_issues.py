"""Report what only a person can mend, and no longer than that is so."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.eyewitness.chain.attempt import Attempt
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.runtime import issues
from tests.kit import House
from tests.simulator import Simulator
from tests.tls import untrusted
from tests.waiting import landed

from .kit import describe_and_wait, reauths, reload

pytestmark = pytest.mark.usefixtures("camera")


def reported(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return our reports by their names, without the provider's id."""
    return {
        str(issue.translation_key): issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


FORBIDDEN: dict[str, Any] = {"kind": "status", "status": 403}
MOVED = {"kind": "redirect", "location": "http://a.example/"}
FAULTS = [
    pytest.param("quota", {"kind": "quota"}, id="row_15_quota"),
    pytest.param("access_denied", FORBIDDEN, id="row_19_forbidden"),
    pytest.param("model_missing", {"kind": "model_missing"}, id="row_20_model_missing"),
    pytest.param("endpoint_moved", MOVED, id="redirect"),
]


async def in_trouble(house: House, sim: Simulator, fault: dict[str, Any]) -> str:
    """Let OpenAI fail once, and Grok answer; return OpenAI's id."""
    await house.set_up(house.subentry("openai", model="gpt-4o-mini", title="Mine"), "grok")
    sim.offer("openai", "gpt-4o-mini", listed=False)
    sim.fail("openai", **fault)
    assert (await describe_and_wait(house))["provider"] == "grok"
    return house.provider("Mine").subentry_id


@pytest.mark.parametrize(("name", "fault"), FAULTS)
async def test_rows_15_16_19_20_what_only_a_person_can_mend_is_reported(
    hass: HomeAssistant, house: House, name: str, fault: dict[str, Any]
) -> None:
    """Once for each provider, by the user's name for it, with a fix, and without a reauth.

    The first answer takes the report back, be it to an event or to the test.
    """
    provider_id = await in_trouble(house, house.sim, fault)
    ((found, issue),) = reported(hass).items()
    assert found == name
    assert issue.issue_id == f"{name}_{provider_id}"
    assert issue.is_fixable
    assert issue.translation_placeholders == {"provider": "Mine"}
    assert issue.data == {"entry_id": house.entry.entry_id, "provider_id": provider_id}
    assert reauths(house) == []
    if name != "endpoint_moved":  # which is asked again at once
        await house.describe()
        assert set(reported(hass)) == {name}
        assert len(house.sim.requests("openai", "describe")) == 1

    house.runtime.chain.health(provider_id).reset()  # as when its time is over
    assert (await house.describe())["provider"] == "openai"
    assert reported(hass) == {}
    house.sim.fail("openai", **fault)
    await describe_and_wait(house)
    assert set(reported(hass)) == {name}
    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    assert reported(hass) == {}
    assert (await house.describe())["provider"] == "openai"


async def two_in_trouble(house: House, fault: dict[str, Any]) -> None:
    """Let OpenAI have no quota, and Grok another fault."""
    await in_trouble(house, house.sim, {"kind": "quota"})
    house.sim.fail("grok", **fault)
    with pytest.raises(HomeAssistantError):
        await house.describe()


@pytest.mark.parametrize("fault", [FORBIDDEN, MOVED], ids=["marked", "unmarked"])
async def test_h7_several_in_trouble_have_one_report(
    hass: HomeAssistant, house: House, fault: dict[str, Any]
) -> None:
    """It counts them, outlasts a reload, and becomes that of the last one left."""
    await two_in_trouble(house, fault)
    for _ in range(2):
        assert set(reported(hass)) == {"providers_out"}
        issue = reported(hass)["providers_out"]
        assert (issue.issue_id, issue.is_fixable) == ("providers_out", True)
        assert issue.translation_placeholders == {"count": "2"}
        await reload(house)
    house.runtime.chain.health(house.provider("grok").subentry_id).reset()
    await house.describe()
    assert set(reported(hass)) == {"quota"}


async def test_h7_what_was_ignored_is_not_reported_again_with_others(
    hass: HomeAssistant, house: House
) -> None:
    """A free plan is used up every day; a person who lives with that is told of the other one."""
    await in_trouble(house, house.sim, {"kind": "quota"})
    ignore(hass, "quota")
    house.sim.fail("grok", **FORBIDDEN)
    with pytest.raises(HomeAssistantError):
        await house.describe()
    assert set(reported(hass)) == {"quota", "access_denied"}
    assert reported(hass)["quota"].dismissed_version is not None


async def test_five_rejected_requests_in_a_row_are_worth_a_report(house: House) -> None:
    """One may have been about its picture."""
    await house.set_up("openai", "grok")
    house.sim.fail("openai", "status", status=422, count=5)
    for _ in range(4):
        await house.describe()
    assert reported(house.hass) == {}
    await house.describe()
    assert set(reported(house.hass)) == {"rejected"}


async def test_row_36_an_expired_certificate_is_reported(house: House) -> None:
    """Nothing is sent without a good one."""
    with untrusted() as server:
        await house.set_up(
            house.subentry("openai_compatible", model="llava", base_url=server.url), "grok"
        )
        response = await house.describe(providers=["openai_compatible", "grok"])
        assert [a["outcome"] for a in response["attempts"]] == ["tls", "ok"]
        assert server.requests == []
    assert set(reported(house.hass)) == {"tls"}
    issue = reported(house.hass)["tls"]
    assert issue.is_fixable
    assert issue.translation_placeholders == {"provider": "OpenAI-compatible server"}


@pytest.mark.parametrize("fault", ["server_error", "rate_limit", "refusal", "html", "reset"])
async def test_what_passes_by_itself_is_not_reported(house: House, quick: None, fault: Any) -> None:
    """A person could do nothing about it."""
    await house.set_up("openai", "grok")
    house.sim.fail("openai", fault, repeat=True)
    await house.describe()
    assert reported(house.hass) == {}


def ignore(hass: HomeAssistant, name: str) -> None:
    """Ignore a report, as the page does."""
    ir.async_ignore_issue(hass, DOMAIN, reported(hass)[name].issue_id, True)


@pytest.mark.parametrize("again", ["reload", "another one changed", "a new model"])
@pytest.mark.parametrize(("name", "fault"), FAULTS)
async def test_a_report_that_was_ignored_stays_so(
    hass: HomeAssistant, house: House, name: str, fault: dict[str, Any], again: str
) -> None:
    """Until its provider has answered or was changed: then the next trouble is a new one."""
    await in_trouble(house, house.sim, fault)
    ignore(hass, name)
    before = reported(hass)[name]
    mine = again == "a new model"
    changed = house.provider("Mine" if mine else "grok")
    if again == "reload":
        await reload(house)
    else:
        model = "gpt-4.1-mini" if mine else house.sim.models("grok")[0].id
        data = {**changed.data, "model": model}
        hass.config_entries.async_update_subentry(house.entry, changed, data=data)
        await hass.async_block_till_done()
    if mine:
        assert reported(hass) == {}
        return
    assert reported(hass) == {name: before}
    assert before.dismissed_version is not None
    house.runtime.chain.health(house.provider("Mine").subentry_id).reset()
    await house.describe()
    assert reported(hass) == {}
    house.sim.fail("openai", **fault)
    await describe_and_wait(house)
    assert reported(hass)[name].dismissed_version is None


async def test_row_15_a_stopped_event_reports_what_it_has_met(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """An automation that is restarted again and again must not hide a spent quota."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota")
    sim.fail("grok", "hang")
    call = hass.async_create_task(house.describe())
    await sim.wait_for_requests(2, "grok")
    call.cancel()
    await landed(house)
    assert reported(hass).keys() == {"quota"}


async def test_the_reports_of_others_are_left_alone(hass: HomeAssistant, house: House) -> None:
    """At a start those about providers and cameras that are gone go, and no others."""
    await house.set_up("openai")
    for issue_id in ("later_kind_1", "camera_gone_1", "quota_of_a_removed_one", "quota"):
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="quota",
        )
    await reload(house)
    left = {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN}
    assert left == {"later_kind_1", "quota"}


async def test_row_15_a_report_lasts_as_long_as_the_quota_rests(
    hass: HomeAssistant, house: House
) -> None:
    """Also over a restart, for nobody would ask the provider again before it is over."""
    provider_id = await in_trouble(house, house.sim, {"kind": "quota"})
    await hass.config_entries.async_unload(house.entry.entry_id)
    issues.async_end(hass)  # Home Assistant forgets them when it stops
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert set(reported(hass)) == {"quota"}
    assert reported(hass)["quota"].issue_id == f"quota_{provider_id}"
    assert (await house.describe())["provider"] == "grok"
    assert len(house.sim.requests("openai", "describe")) == 1


@pytest.mark.parametrize(
    "changes", [None, {"model": "gpt-4.1-mini"}, {"base_url": "http://127.0.0.1:1"}], ids=str
)
async def test_a_report_goes_with_its_provider_and_with_its_settings(
    hass: HomeAssistant, house: House, changes: dict[str, str] | None
) -> None:
    """Whether new settings are better, the next event will show."""
    provider_id = await in_trouble(house, house.sim, {"kind": "quota"})
    if changes is None:
        hass.config_entries.async_remove_subentry(house.entry, provider_id)
    else:
        mine = house.provider("Mine")
        hass.config_entries.async_update_subentry(house.entry, mine, data={**mine.data, **changes})
    await hass.async_block_till_done()
    assert reported(hass) == {}
    assert house.runtime.chain.health(provider_id).cooldown_left == 0


async def test_nothing_is_reported_of_a_provider_that_is_gone(
    hass: HomeAssistant, house: House
) -> None:
    """It may be removed while it is asked."""
    await house.set_up("openai")
    attempt = Attempt(
        provider_id="gone", provider="openai", model="m", number=1, failure=Failure.QUOTA, started=0
    )
    issues.async_reflect(hass, house.entry, [attempt])
    assert reported(hass) == {}


async def test_a_report_goes_with_the_entry(house: House) -> None:
    """Eyewitness leaves none behind, and takes back none of anybody else."""
    await in_trouble(house, house.sim, {"kind": "quota"})
    warning = ir.IssueSeverity.WARNING
    ir.async_create_issue(
        house.hass, "other", "theirs", is_fixable=False, severity=warning, translation_key="theirs"
    )
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert list(ir.async_get(house.hass).issues) == [("other", "theirs")]


async def test_row_67_without_a_provider_that_is_reported(
    hass: HomeAssistant, house: House
) -> None:
    """The set-up succeeds, an event fails with a text, and the first provider ends it."""
    await house.set_up("openai")
    typed = house.provider("openai")
    hass.config_entries.async_remove_subentry(house.entry, typed.subentry_id)
    await hass.async_block_till_done()
    ((name, issue),) = reported(hass).items()
    assert (name, issue.is_fixable) == ("no_provider", False)
    with pytest.raises(HomeAssistantError) as raised:
        await house.describe()
    assert raised.value.translation_key == "no_provider"
    hass.config_entries.async_add_subentry(house.entry, typed)
    await hass.async_block_till_done()
    assert reported(hass) == {}
    assert (await house.describe())["provider"] == "openai"
