"""Set Eyewitness up as a person would, with vendors that check the keys over HTTP."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any
from unittest.mock import ANY

from homeassistant.config_entries import ConfigEntryState
import pytest
from pytest_homeassistant_custom_component.common import flush_store

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import DOMAIN, NAMES
from custom_components.eyewitness.keys import master_key
from tests.flows.forms import NOBODY, check_shown, key_of, open_setup, send
from tests.kit import House, until
from tests.simulator import VENDORS, Simulator, Vendor

pytestmark = pytest.mark.usefixtures("camera")


def typed(
    sim: Simulator, *kinds: Vendor, server: dict[str, Any] | None = None, **changes: str
) -> dict[str, Any]:
    """Return what is typed for these vendors and a server of one's own, with changes."""
    endpoints = {f"{kind}_base_url": sim.urls.base(kind) for kind in VENDORS if kinds or changes}
    keys = {f"{kind}_api_key": sim.keys[kind] for kind in kinds}
    endpoints |= {name: text for name, text in changes.items() if name.endswith("base_url")}
    keys |= {name: text for name, text in changes.items() if name.endswith("api_key")}
    user_input: dict[str, Any] = {**keys, "endpoints": endpoints}
    if server is not None:
        good = {"base_url": f"{sim.urls.openai}/", "local": True, "api_key": sim.keys["openai"]}
        user_input["own_server"] = good | server
    return user_input


def pulled_out(user_input: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    """Return what was typed where the form shows it: wrong addresses beside their keys."""
    urls = user_input["endpoints"]
    outside = {name: text for name, text in urls.items() if name in errors}
    inside = {name: text for name, text in urls.items() if name not in errors}
    return {**user_input, **outside, "endpoints": inside}


async def submit(house: House, user_input: dict[str, Any], form: Any = None) -> Any:
    """Send the first form, or the one that came back; the house gets the entry that results."""
    result = await send(house, form or await open_setup(house), **user_input)
    if result["type"] == "create_entry":
        house.entry = result["result"]
    return result


def key_file_mode(house: House) -> int | None:
    """Return the permissions of our own file for the master key, None when there is none."""
    file = Path(house.hass.config.path(master_key.KEY_FILE))
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
async def test_one_to_four_keys_make_an_entry(house: House, kinds: tuple[Vendor, ...]) -> None:
    """Each key becomes a provider, in the default order, and the free call is all that is made."""
    spaced: dict[str, Any] = {
        f"{kind}_api_key": f" {house.sim.keys[kind]}\r\n" for kind in kinds
    }  # as people copy it
    result = await submit(house, typed(house.sim, **spaced))
    assert result["title"] == "Eyewitness"
    entry = house.entry
    assert (dict(entry.data), dict(entry.options)) == ({}, {})
    assert (entry.version, entry.minor_version) == (1, 2)
    assert entry.state is ConfigEntryState.LOADED
    expected = [kind for kind in VENDORS if kind in kinds]
    assert [subentry.data["kind"] for subentry in entry.subentries.values()] == expected
    for kind in expected:
        subentry = house.provider(NAMES[kind])
        assert subentry.subentry_type == "provider"
        assert key_of(house, kind) == house.sim.keys[kind]
        url = house.sim.urls.base(kind)
        data = {"kind": kind, "model": "auto", "base_url": url, "api_key": ANY}
        assert subentry.data == data
    asked = sorted((request.vendor, request.endpoint) for request in house.sim.requests())
    assert asked == [(kind, "models") for kind in sorted(kinds)]


async def test_a_server_of_ones_own_is_enough(house: House, sim: Simulator) -> None:
    """No company needs to be paid, or shown anything."""
    await submit(house, typed(sim, server={}))
    (subentry,) = house.entry.subentries.values()
    assert subentry.title == "OpenAI-compatible server"
    assert subentry.data == {
        "kind": "openai_compatible",
        "model": "auto",
        "base_url": sim.urls.openai,
        "local": True,
        "api_key": ANY,
    }
    assert key_of(house, "openai_compatible") == sim.keys["openai"]
    assert [request.endpoint for request in sim.requests()] == ["models"]
    assert (await house.describe())["provider"] == "openai_compatible"


async def test_a_server_of_ones_own_comes_last(house: House, sim: Simulator) -> None:
    """After the companies, whose keys are checked at the same time."""
    await submit(house, typed(sim, "gemini", server={}))
    assert house.order == ["gemini", "openai_compatible"]
    assert sorted(request.vendor for request in sim.requests()) == ["gemini", "openai"]


async def test_ac4_keys_are_stored_encrypted(house: House, hass_storage: dict[str, Any]) -> None:
    """AC4: neither the entry nor what is written to the disk holds a key that can be read."""
    await submit(house, typed(house.sim, *VENDORS))
    await flush_store(house.hass.config_entries._store)
    stored = json.dumps(hass_storage["core.config_entries"], default=dict)
    entry = json.dumps(house.entry.as_dict(), default=str)
    assert house.entry.entry_id in stored
    assert len(house.entry.subentries) == 4
    for kind in VENDORS:
        assert house.sim.keys[kind] not in stored + entry
    assert key_file_mode(house) == 0o600


WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    *(({f"{k}_api_key": "wrong"}, {f"{k}_api_key": f"{k}_invalid_auth"}) for k in VENDORS),
    *(({f"{k}_base_url": NOBODY}, {f"{k}_api_key": "cannot_connect"}) for k in VENDORS),
    (
        {"grok_api_key": "wrong", "anthropic_api_key": "wrong-too"},
        {"grok_api_key": "grok_invalid_auth", "anthropic_api_key": "anthropic_invalid_auth"},
    ),
    (
        {"grok_api_key": "schlüssel", "anthropic_api_key": "sim\tkey"},
        {"grok_api_key": "key_malformed", "anthropic_api_key": "key_malformed"},
    ),
    ({"grok_api_key": "key\r\nX-Evil: 1"}, {"grok_api_key": "key_malformed"}),
    ({"openai_base_url": "https://me:secret@127.0.0.1/"}, {"openai_base_url": "url_login"}),
    ({"openai_base_url": "file:///etc/passwd"}, {"openai_base_url": "url_scheme"}),
    ({"openai_base_url": "https://999.1.1.1/"}, {"openai_base_url": "url_invalid"}),
]
WRONG_SERVER: list[tuple[dict[str, Any], str]] = [
    ({"local": False}, "url_local"),
    ({"base_url": " "}, "url_missing"),
    ({"api_key": "two words"}, "key_malformed"),
    ({"api_key": "wrong-key"}, "openai_compatible_invalid_auth"),
    ({"api_key": ""}, "openai_compatible_invalid_auth"),
    ({"base_url": NOBODY}, "cannot_connect"),
]


@pytest.mark.parametrize(
    ("kinds", "changes", "errors"),
    [
        *((VENDORS, *case) for case in WRONG),
        *(((), {"server": changes}, {"own_server": error}) for changes, error in WRONG_SERVER),
        ((), {}, {"base": "no_key"}),
        ((), {"openai_api_key": "  "}, {"base": "no_key"}),
    ],
)
async def test_what_is_wrong_is_shown_in_its_place(
    house: House, kinds: tuple[Vendor, ...], changes: dict[str, Any], errors: dict[str, str]
) -> None:
    """Every error at once and in its place (rows 72 and 73); nothing that was typed is lost.

    What cannot be right is not sent, nor are the keys beside it.
    """
    user_input = typed(house.sim, *kinds, **changes)
    form = await submit(house, user_input)
    assert form["errors"] == {"base": "see_below"} | errors
    check_shown(form, pulled_out(user_input, errors))
    sections = form["data_schema"].schema
    assert sections["endpoints"].options == {
        "collapsed": not any(pulled_out(user_input, errors)["endpoints"].values())
    }
    assert sections["own_server"].options == {"collapsed": "server" not in changes}
    asked = any(error.endswith(("invalid_auth", "cannot_connect")) for error in errors.values())
    assert asked or house.sim.requests() == []
    assert house.hass.config_entries.async_entries(DOMAIN) == []
    await submit(house, pulled_out(typed(house.sim, *VENDORS), errors), form)
    assert len(house.entry.subentries) == 4


async def test_all_keys_are_checked_at_once(house: House, sim: Simulator) -> None:
    """The four checks overlap: every vendor is asked before the first one has answered."""
    for kind in VENDORS:
        sim.fail(kind, "latency", latency=0.7, endpoint="models")
    assert (await submit(house, typed(sim, *VENDORS)))["type"] == "create_entry"
    requests = sim.requests(endpoint="models")
    assert len(requests) == 4
    answered = [r.answered_monotonic for r in requests if r.answered_monotonic is not None]
    assert max(r.received_monotonic for r in requests) < min(answered)


async def test_a_vendor_that_hangs_is_given_up(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check has a time limit of its own, and hangs up."""
    monkeypatch.setattr(policy, "CHECK_SECONDS", 0.2)
    sim.fail("anthropic", "hang", endpoint="models")
    form = await submit(house, typed(sim, "anthropic", "openai"))
    assert form["errors"] == {"base": "see_below", "anthropic_api_key": "cannot_connect"}
    (request,) = sim.requests("anthropic")
    await until(lambda: request.client_gone)


async def test_a_bad_master_key_is_shown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key is stored in the clear, and none with a master key that was not asked for."""
    monkeypatch.setenv(master_key.ENV_KEY, "not a key")
    form = await submit(house, typed(house.sim, "openai"))
    assert form["errors"] == {"base": "master_key_unusable"}
    assert key_file_mode(house) is None
    monkeypatch.delenv(master_key.ENV_KEY)
    assert (await submit(house, typed(house.sim, "openai"), form))["type"] == "create_entry"


async def test_there_is_one_entry(house: House) -> None:
    """A second set-up ends at once."""
    await house.set_up("openai")
    assert (await open_setup(house))["reason"] == "single_instance_allowed"
