"""Set Eyewitness up as a person would, with vendors that check the keys over HTTP."""

import json
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import flush_store, get_schema_suggested_value

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import DOMAIN, NAMES
from custom_components.eyewitness.flows.key_check import Found
from custom_components.eyewitness.keys import master_key, vault
from custom_components.eyewitness.providers.spec import Spec
from custom_components.eyewitness.providers.wire.pinning import Reach
from tests.kit import CAMERA, FakeCamera, House, until
from tests.simulator import VENDORS, Simulator, Vendor
from tests.tls import untrusted

NOBODY = "http://127.0.0.1:1"
"""Nothing listens there."""


def filled_in(sim: Simulator, *kinds: Vendor, **changes: str) -> dict[str, Any]:
    """Return what is typed into the first form; a change replaces a key or an address."""
    endpoints = {f"{kind}_base_url": sim.urls.base(kind) for kind in VENDORS}
    keys = {f"{kind}_api_key": sim.keys[kind] for kind in kinds}
    endpoints |= {name: text for name, text in changes.items() if name in endpoints}
    keys |= {name: text for name, text in changes.items() if name not in endpoints}
    return {**keys, "endpoints": endpoints}


async def submit(hass: HomeAssistant, user_input: dict[str, Any]) -> Any:
    """Open the first form and send it."""
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "user"
    assert form["errors"] == {}
    return await send(hass, form, user_input)


async def send(hass: HomeAssistant, form: Any, user_input: dict[str, Any]) -> Any:
    """Send a form."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


def suggested(form: Any) -> dict[str, Any]:
    """Return what a form shows again, the section's fields among the others."""
    schema = form["data_schema"].schema
    fields = [*schema, *schema["endpoints"].schema.schema]
    shown = {
        str(name): get_schema_suggested_value(schema, name)
        or get_schema_suggested_value(schema["endpoints"].schema.schema, name)
        for name in fields
    }
    return {name: text for name, text in shown.items() if text}


def decrypted(hass: HomeAssistant, ciphertext: str) -> str:
    """Open a stored key as the integration would."""
    return master_key.load(Path(hass.config.config_dir), os.environ).decrypt(ciphertext)


def mode_of(path: str) -> int | None:
    """Return a file's permissions, None when it does not exist."""
    file = Path(path)
    return file.stat().st_mode & 0o777 if file.exists() else None


@pytest.mark.parametrize(
    "kinds",
    [
        ("grok",),
        ("openai", "gemini"),
        ("anthropic", "grok", "openai"),
        ("anthropic", "gemini", "grok", "openai"),
    ],
    ids="+".join,
)
async def test_one_to_four_keys_make_an_entry(
    hass: HomeAssistant, sim: Simulator, kinds: tuple[Vendor, ...]
) -> None:
    """Each key becomes a provider, in the default order, and the free call is all that is made."""
    result = await submit(hass, filled_in(sim, *kinds))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Eyewitness"
    entry = result["result"]
    assert (entry.data, entry.options) == ({}, {})
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (1, 2)
    expected = [kind for kind in VENDORS if kind in kinds]
    subentries = list(entry.subentries.values())
    assert [subentry.data["kind"] for subentry in subentries] == expected
    assert [subentry.title for subentry in subentries] == [NAMES[kind] for kind in expected]
    for subentry in subentries:
        kind = subentry.data["kind"]
        assert subentry.subentry_type == "provider"
        assert decrypted(hass, subentry.data["api_key"]) == sim.keys[kind]
        assert subentry.data["model"] == "auto"
        assert subentry.data["base_url"] == sim.urls.base(kind)
    assert sorted((r.vendor, r.endpoint) for r in sim.requests()) == [
        (kind, "models") for kind in sorted(kinds)
    ]


def own_server(sim: Simulator, **changes: Any) -> dict[str, Any]:
    """Return what is typed into the first form by somebody who only has a server of their own."""
    own = {"base_url": f"{sim.urls.openai}/", "local": True, "api_key": sim.keys["openai"]}
    return {"endpoints": {}, "own_server": own | changes}


async def test_a_server_of_ones_own_is_enough(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """No company needs to be paid, or shown anything."""
    result = await submit(hass, own_server(sim))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = result["result"].subentries.values()
    data = dict(subentry.data)
    assert decrypted(hass, data.pop("api_key")) == sim.keys["openai"]
    assert data == {
        "kind": "openai_compatible",
        "model": "auto",
        "base_url": sim.urls.openai,
        "local": True,
    }
    assert subentry.title == "OpenAI-compatible server"
    assert [request.endpoint for request in sim.requests()] == ["models"]
    response = await hass.services.async_call(
        DOMAIN,
        "describe_camera_event",
        {"entity_id": CAMERA},
        blocking=True,
        return_response=True,
    )
    assert response is not None
    assert response["provider"] == "openai_compatible"


async def test_a_server_of_ones_own_comes_last(hass: HomeAssistant, sim: Simulator) -> None:
    """After the companies, whose keys are checked at the same time."""
    result = await submit(hass, own_server(sim) | filled_in(sim, "gemini"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    kinds = [subentry.data["kind"] for subentry in result["result"].subentries.values()]
    assert kinds == ["gemini", "openai_compatible"]
    assert sorted(request.vendor for request in sim.requests()) == ["gemini", "openai"]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"local": False}, {"own_server": "url_invalid"}),
        ({"base_url": " "}, {"own_server": "url_missing"}),
        ({"api_key": "two words"}, {"own_server": "key_malformed"}),
        ({"api_key": "wrong-key"}, {"own_server": "openai_compatible_invalid_auth"}),
        ({"api_key": ""}, {"own_server": "openai_compatible_invalid_auth"}),
        ({"base_url": NOBODY}, {"own_server": "cannot_connect"}),
        ({"base_url": "http://169.254.169.254/v1"}, {"own_server": "url_invalid"}),
    ],
)
async def test_row_73_what_is_wrong_with_a_server_of_ones_own_is_told(
    hass: HomeAssistant, sim: Simulator, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    """Nothing that was typed is lost, and it can be mended."""
    typed = own_server(sim, **changes)
    form = await submit(hass, typed)
    assert form["errors"] == errors
    own = form["data_schema"].schema["own_server"].schema.schema
    shown = {str(name): get_schema_suggested_value(own, name) for name in own}
    assert shown == typed["own_server"]
    parts = form["data_schema"].schema
    assert [parts[name].options for name in ("endpoints", "own_server")] == [
        {"collapsed": True},
        {"collapsed": False},
    ]
    assert hass.config_entries.async_entries(DOMAIN) == []
    result = await send(hass, form, own_server(sim))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_ac4_keys_are_stored_encrypted(
    hass: HomeAssistant, sim: Simulator, hass_storage: dict[str, Any]
) -> None:
    """AC4: neither the entry nor what is written to the disk holds a key that can be read."""
    result = await submit(hass, filled_in(sim, *VENDORS))
    await flush_store(hass.config_entries._store)

    stored = json.dumps(hass_storage["core.config_entries"], default=dict)
    told = json.dumps(result["result"].as_dict(), default=str)
    assert result["result"].entry_id in stored
    for kind in VENDORS:
        for text in (stored, told):
            assert result["result"].subentries
            assert sim.keys[kind] not in text
    assert mode_of(hass.config.path(vault.KEY_FILE)) == 0o600


async def test_without_a_base_url_the_vendor_itself_is_asked(hass: HomeAssistant) -> None:
    """An empty field is stored as such, which means the vendor's own address."""
    asked: list[Spec] = []

    async def ask(hass: HomeAssistant, spec: Spec) -> Found:
        asked.append(spec)
        return Found()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("custom_components.eyewitness.flows.setup.async_ask", ask)
        result = await submit(hass, {"grok_api_key": "k", "endpoints": {"grok_base_url": "  "}})
    assert [(spec.base_url, spec.reach) for spec in asked] == [("", Reach.VENDOR)]
    assert [s.data["base_url"] for s in result["result"].subentries.values()] == [""]


async def test_no_key_is_refused(hass: HomeAssistant, sim: Simulator) -> None:
    """An empty form, or one with nothing but spaces, asks for a key; then it goes on."""
    form = await submit(hass, {"openai_api_key": "  ", "endpoints": {}})
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {"base": "no_key"}
    form = await send(hass, form, {"endpoints": {}})
    assert form["errors"] == {"base": "no_key"}

    result = await send(hass, form, filled_in(sim, "gemini"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("kind", VENDORS)
async def test_a_wrong_key_names_its_vendor(
    hass: HomeAssistant, sim: Simulator, kind: Vendor
) -> None:
    """The error stands at the field of the wrong key; the other fields keep what was typed."""
    typed = filled_in(sim, *VENDORS, **{f"{kind}_api_key": "wrong-key"})
    form = await submit(hass, typed)

    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == {f"{kind}_api_key": f"{kind}_invalid_auth"}
    assert suggested(form) == {**typed.pop("endpoints"), **typed}
    assert not hass.config_entries.async_entries(DOMAIN)

    result = await send(hass, form, filled_in(sim, *VENDORS))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(result["result"].subentries) == 4


async def test_every_wrong_key_is_named_at_once(hass: HomeAssistant, sim: Simulator) -> None:
    """Two wrong keys are two errors, not one after the other."""
    typed = filled_in(sim, *VENDORS, grok_api_key="wrong-key", anthropic_api_key="wrong-too")
    form = await submit(hass, typed)
    assert form["errors"] == {
        "grok_api_key": "grok_invalid_auth",
        "anthropic_api_key": "anthropic_invalid_auth",
    }
    sim.clear_requests()
    typed = filled_in(sim, *VENDORS, grok_api_key="wrong key", anthropic_api_key="wrong too")
    form = await send(hass, form, typed)
    assert form["errors"] == {
        "grok_api_key": "key_malformed",
        "anthropic_api_key": "key_malformed",
    }
    assert sim.requests() == []


async def test_all_keys_are_checked_at_once(hass: HomeAssistant, sim: Simulator) -> None:
    """The four checks overlap: every vendor is asked before the first one has answered."""
    for kind in VENDORS:
        sim.fail(kind, "latency", latency=0.7, endpoint="models")
    result = await submit(hass, filled_in(sim, *VENDORS))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    requests = sim.requests(endpoint="models")
    assert len(requests) == 4
    answered = [r.answered_monotonic for r in requests if r.answered_monotonic is not None]
    assert max(r.received_monotonic for r in requests) < min(answered)


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        ("auth", {}, "openai_invalid_auth"),
        ("rate_limit", {"retry_after": "30"}, None),
        ("quota", {"variant": "insufficient_quota"}, None),
        ("status", {"status": 403}, None),
        ("server_error", {}, "cannot_connect"),
        ("overloaded", {}, "cannot_connect"),
        ("reset", {}, "cannot_connect"),
        ("html", {}, "unexpected_answer"),
        ("redirect", {"location": "http://127.0.0.1:1/"}, "unexpected_answer"),
        ("status", {"status": 404}, "unexpected_answer"),
        ("non_json", {}, "unexpected_answer"),
    ],
)
async def test_what_a_check_means(
    hass: HomeAssistant, sim: Simulator, fault: Any, options: dict[str, Any], error: str | None
) -> None:
    """A vendor that knows the key is good enough, whatever else it says; the rest is named."""
    sim.fail("openai", fault, endpoint="models", **options)
    result = await submit(hass, filled_in(sim, "openai"))
    if error is None:
        assert result["type"] is FlowResultType.CREATE_ENTRY
    else:
        assert result["errors"] == {"openai_api_key": error}
        result = await send(hass, result, filled_in(sim, "openai"))
        assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("kind", VENDORS)
async def test_an_unreachable_vendor_is_named(
    hass: HomeAssistant, sim: Simulator, kind: Vendor
) -> None:
    """Nobody listens at the address."""
    typed = filled_in(sim, kind, **{f"{kind}_base_url": NOBODY})
    form = await submit(hass, typed)
    assert form["errors"] == {f"{kind}_api_key": "cannot_connect"}


async def test_a_vendor_that_hangs_is_given_up(
    hass: HomeAssistant, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check has a time limit of its own, and hangs up."""
    monkeypatch.setattr(policy, "CHECK_SECONDS", 0.2)
    sim.fail("anthropic", "hang", endpoint="models")
    form = await submit(hass, filled_in(sim, "anthropic", "openai"))
    assert form["errors"] == {"anthropic_api_key": "cannot_connect"}
    (request,) = sim.requests("anthropic")
    await until(lambda: request.client_gone)


async def test_row_36_an_untrusted_connection_is_told(hass: HomeAssistant, sim: Simulator) -> None:
    """It is not sent to whoever has the wrong certificate."""
    with untrusted() as server:
        form = await submit(hass, filled_in(sim, "openai", openai_base_url=server.url))
        assert form["errors"] == {"openai_api_key": "not_trusted"}
        assert server.requests == []


@pytest.mark.parametrize(
    "url", ["http://api.openai.com/v1", "https://me:secret@127.0.0.1/", "file:///etc/passwd"]
)
async def test_row_73_a_bad_address_is_refused(
    hass: HomeAssistant, sim: Simulator, url: str
) -> None:
    """Nothing is sent to an address that is not safe, and nothing that was typed is lost."""
    typed = filled_in(sim, "openai", "gemini", openai_base_url=url)
    form = await submit(hass, typed)
    assert form["errors"] == {"endpoints": "url_invalid"}
    assert suggested(form)["openai_base_url"] == url
    assert suggested(form)["gemini_api_key"] == sim.keys["gemini"]
    assert sim.requests() == []

    result = await send(hass, form, filled_in(sim, "openai", "gemini"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    "key", ["sim key", "sim\tkey", "key\r\nX-Evil: 1", "key\nmore", "schlüssel"]
)
async def test_row_72_what_cannot_be_a_key_is_refused(
    hass: HomeAssistant, sim: Simulator, key: str
) -> None:
    """A line break inside could smuggle a header in; no request is made."""
    form = await submit(hass, filled_in(sim, "grok", grok_api_key=key))
    assert form["errors"] == {"grok_api_key": "key_malformed"}
    assert sim.requests() == []


async def test_row_72_spaces_around_a_key_are_removed(hass: HomeAssistant, sim: Simulator) -> None:
    """People copy a space or a line end along with the key."""
    typed = filled_in(sim, "grok", grok_api_key=f" {sim.keys['grok']}\r\n")
    result = await submit(hass, typed)
    (subentry,) = result["result"].subentries.values()
    assert decrypted(hass, subentry.data["api_key"]) == sim.keys["grok"]


async def test_an_unusable_master_key_is_told(
    hass: HomeAssistant, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key is stored in the clear, and none with a master key that was not asked for."""
    monkeypatch.setenv(vault.ENV_KEY, "not a key")
    form = await submit(hass, filled_in(sim, "openai"))
    assert form["errors"] == {"base": "master_key_unusable"}
    assert mode_of(hass.config.path(vault.KEY_FILE)) is None

    monkeypatch.delenv(vault.ENV_KEY)
    result = await send(hass, form, filled_in(sim, "openai"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_there_is_one_entry(hass: HomeAssistant, house: House) -> None:
    """A second set-up ends at once."""
    await house.set_up("openai")
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"
