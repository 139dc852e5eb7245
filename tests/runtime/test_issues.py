"""Ask a person for help only when that is the only way, and no longer than it is."""

import asyncio
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.runtime import auth_check, issues
from tests.kit import FakeCamera, House
from tests.simulator import Simulator
from tests.tls import untrusted


async def describe_and_wait(hass: HomeAssistant, house: House) -> dict[str, Any]:
    """Describe, and let the second witness speak."""
    response = await house.describe()
    await hass.async_block_till_done(wait_background_tasks=True)
    return response


def reauths(hass: HomeAssistant) -> int:
    """Count the flows that ask for a key."""
    return len(
        [
            flow
            for flow in hass.config_entries.flow.async_progress()
            if flow["context"]["source"] == "reauth"
        ]
    )


@pytest.mark.parametrize("witness", [None, "server_error", "reset", "rate_limit", "hang"])
async def test_row_17_one_refusal_is_not_enough(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    witness: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Vendors answer 401 in outages too: nobody should have to type a key again for that."""
    await house.set_up("openai", "grok")
    await house.runtime.providers[house.provider("openai").subentry_id].check()
    sim.fail("openai", "auth")
    if witness == "hang":
        monkeypatch.setattr(policy, "CHECK_SECONDS", 0.3)
    if witness:
        sim.fail("openai", witness, endpoint="models")
    async with asyncio.timeout(15):  # half of what the library itself would wait
        response = await describe_and_wait(hass, house)
    assert response["attempts"][0]["outcome"] == "auth"
    assert len(sim.requests("openai", "models")) == 2
    assert reauths(hass) == 0
    assert house.runtime.refused == set()


async def test_row_18_two_refusals_make_one_flow(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However many events there are, and however many of them at once."""
    await house.set_up("openai", "grok")
    sim.set_key("openai", "renewed-key")
    await asyncio.gather(*(house.describe() for _ in range(5)))
    await hass.async_block_till_done(wait_background_tasks=True)
    for _ in range(3):
        await describe_and_wait(hass, house)
    assert reauths(hass) == 1
    assert house.runtime.refused == {house.provider("openai").subentry_id}
    assert caplog.text.count("OpenAI refuses its key") == 1


async def test_a_provider_that_is_removed_meanwhile_is_forgotten(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The second witness may speak after its provider has gone."""
    entry = await house.set_up("openai", "grok")
    runtime = house.runtime
    provider_id = house.provider("openai").subentry_id
    sim.set_key("openai", "renewed-key")
    sim.fail("openai", "latency", latency=0.3, endpoint="models")
    witness = hass.async_create_task(
        auth_check.async_witness_auth(hass, entry, runtime, provider_id)
    )
    await sim.wait_for_requests(1, "openai")
    entry.update_listeners.clear()  # or the reload would stop the witness
    hass.config_entries.async_remove_subentry(entry, provider_id)
    await witness
    assert runtime.refused == set()
    assert reauths(hass) == 0


async def test_a_key_that_is_known_to_be_bad_is_not_checked_again(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The user has been asked already."""
    entry = await house.set_up("openai")
    provider_id = house.provider("openai").subentry_id
    house.runtime.refused.add(provider_id)
    await auth_check.async_witness_auth(hass, entry, house.runtime, provider_id)
    assert sim.requests() == []


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
    sim.fail("openai", **fault)
    assert (await house.describe())["provider"] == "grok"
    return house.provider("Mine").subentry_id


@pytest.mark.parametrize(("name", "fault"), FAULTS)
async def test_rows_15_19_20_what_only_a_person_can_mend_is_reported(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    name: str,
    fault: dict[str, Any],
) -> None:
    """Once for each provider, by the user's name for it, with a fix, and without a reauth."""
    provider_id = await in_trouble(house, sim, fault)
    ((found, issue),) = reported(hass).items()
    assert found == name
    assert issue.issue_id == f"{name}_{provider_id}"
    assert issue.is_fixable
    assert issue.translation_placeholders == {"provider": "Mine"}
    assert issue.data == {"entry_id": house.entry.entry_id, "provider_id": provider_id}
    assert reauths(hass) == 0

    await house.describe()
    assert set(reported(hass)) <= {name}
    resting = name != "endpoint_moved"
    assert len(sim.requests("openai", "describe")) == (1 if resting else 2)


@pytest.mark.parametrize(("name", "fault"), FAULTS)
async def test_row_16_the_first_success_takes_the_report_back(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    name: str,
    fault: dict[str, Any],
) -> None:
    """An answer to an event or to the test: either shows that it works again."""
    provider_id = await in_trouble(house, sim, fault)
    house.runtime.chain.standing(provider_id).pardon()  # as when its time is over
    assert set(reported(hass)) == {name}
    assert (await house.describe())["provider"] == "openai"
    assert reported(hass) == {}

    sim.fail("openai", **fault)
    await house.describe()
    assert set(reported(hass)) == {name}
    await hass.services.async_call(DOMAIN, "test_chain", blocking=True)
    assert reported(hass) == {}
    assert (await house.describe())["provider"] == "openai"


async def test_another_providers_success_takes_nothing_back(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Two providers can be in trouble, each with a report of its own."""
    await in_trouble(house, sim, {"kind": "quota"})
    sim.fail("grok", **FORBIDDEN)
    with pytest.raises(HomeAssistantError):
        await house.describe()
    assert set(reported(hass)) == {"quota", "access_denied"}
    house.runtime.chain.standing(house.provider("grok").subentry_id).pardon()
    await house.describe()
    assert set(reported(hass)) == {"quota"}


async def test_five_rejected_requests_in_a_row_are_worth_a_report(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """One may have been about its picture."""
    await house.set_up("openai", "grok")
    sim.fail("openai", "status", status=422, count=5)
    for _ in range(4):
        await house.describe()
    assert reported(hass) == {}
    await house.describe()
    assert set(reported(hass)) == {"rejected"}


async def test_row_36_an_expired_certificate_is_reported(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Nothing is sent without a good one."""
    with untrusted() as server:
        await house.set_up(
            house.subentry("openai_compatible", model="llava", base_url=server.url), "grok"
        )
        response = await house.describe(providers=["openai_compatible", "grok"])
        assert [a["outcome"] for a in response["attempts"]] == ["tls", "ok"]
        assert server.requests == []
    assert set(reported(hass)) == {"tls"}
    issue = reported(hass)["tls"]
    assert issue.is_fixable
    assert issue.translation_placeholders == {"provider": "OpenAI-compatible server"}


@pytest.mark.parametrize("fault", ["server_error", "rate_limit", "refusal", "html", "reset"])
async def test_what_passes_by_itself_is_not_reported(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    quick: None,
    fault: Any,
) -> None:
    """A person could do nothing about it."""
    await house.set_up("openai", "grok")
    sim.fail("openai", fault, repeat=True)
    await house.describe()
    assert reported(hass) == {}


async def test_row_15_a_report_lasts_as_long_as_the_quota_rests(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Also over a restart, for nobody would ask the provider again before it is over."""
    provider_id = await in_trouble(house, sim, {"kind": "quota"})
    await hass.config_entries.async_unload(house.entry.entry_id)
    issues.async_end(hass)  # Home Assistant forgets them when it stops
    await hass.config_entries.async_setup(house.entry.entry_id)
    assert set(reported(hass)) == {"quota"}
    assert reported(hass)["quota"].issue_id == f"quota_{provider_id}"
    assert (await house.describe())["provider"] == "grok"
    assert len(sim.requests("openai", "describe")) == 1


async def test_a_report_goes_with_its_provider(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """There is nothing left to mend."""
    provider_id = await in_trouble(house, sim, {"kind": "quota"})
    hass.config_entries.async_remove_subentry(house.entry, provider_id)
    await hass.async_block_till_done()
    assert reported(hass) == {}


async def test_a_report_goes_with_the_entry(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Eyewitness leaves none behind, and takes back none of anybody else."""
    await in_trouble(house, sim, {"kind": "quota"})
    ir.async_create_issue(
        hass,
        "other",
        "theirs",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="theirs",
    )
    await hass.config_entries.async_remove(house.entry.entry_id)
    assert list(ir.async_get(hass).issues) == [("other", "theirs")]


@pytest.mark.parametrize("changes", [{"model": "gpt-4.1-mini"}, {"base_url": "http://127.0.0.1:1"}])
async def test_a_report_goes_when_the_provider_gets_new_settings(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    changes: dict[str, str],
) -> None:
    """The next event will show whether they are better."""
    await in_trouble(house, sim, {"kind": "quota"})
    mine = house.provider("Mine")
    hass.config_entries.async_update_subentry(house.entry, mine, data={**mine.data, **changes})
    await hass.async_block_till_done()
    assert reported(hass) == {}


async def test_row_67_without_a_provider_that_is_reported(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
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
