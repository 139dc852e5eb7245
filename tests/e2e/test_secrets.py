"""No key can be read anywhere but in the header of a request."""

import asyncio
import json

import pytest

from tests.e2e.world import E2E, World
from tests.harness.client import HassError
from tests.harness.flows import start_config, start_subentry
from tests.harness.loop import on_loop
from tests.harness.simulator import KEYS

pytestmark = E2E

WRONG_KEY = "planted-wrong-key"


@on_loop
async def test_ac4_no_key_is_readable_in_any_file(home: World) -> None:
    """Keys are used, refused and failed with; then every file that Home Assistant wrote is read."""
    await home.describe()
    flow = await start_subentry(home.hass.api, home.entry_id, "provider")
    step = await flow.answer(
        {
            "kind": "openai",
            "api_key": WRONG_KEY,
            "advanced": {"base_url": home.vendors.urls.openai, "local": False},
        }
    )
    assert step["errors"] == {"api_key": "openai_invalid_auth"}
    await flow.abandon()
    for vendor in KEYS:
        await home.vendors.fail(vendor, "auth", repeat=True)
    with pytest.raises(HassError):
        await home.describe()
    await asyncio.sleep(3)  # entries and history are written a second after they change

    stored = json.loads(home.hass.path(".storage", "core.config_entries").read_text("utf-8"))
    ours = [entry for entry in stored["data"]["entries"] if entry["domain"] == "eyewitness"]
    assert len(ours[0]["subentries"]) == 4
    names = {file.name for file in home.hass.folder.rglob("*") if file.is_file()}
    assert {"eyewitness.db", "home-assistant_v2.db", "process.log"} <= names
    planted = [key.encode() for key in (*KEYS.values(), WRONG_KEY)]
    for file in home.hass.folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not [key for key in planted if key in data], file
    # The log was worth reading: it is at debug level, and the vendors' libraries talk in it.
    log = home.hass.log()
    assert all(
        f" DEBUG (MainThread) [{name}" in log for name in ("openai.", "anthropic.", "httpcore.")
    )


@on_loop
async def test_no_key_is_shown_by_the_api(home: World) -> None:
    """States, entries, subentries and diagnostics hold no key."""
    shown = [
        await home.hass.api.states(),
        await home.entry(),
        await home.hass.api.ws("config_entries/subentries/list", entry_id=home.entry_id),
        await home.hass.api.ws("repairs/list_issues"),
    ]
    text = json.dumps(shown)
    assert not [key for key in KEYS.values() if key in text]


@on_loop
async def test_the_master_key_is_for_its_owner_only(home: World) -> None:
    """The generated master key lies outside of `.storage`, and nobody else may read it."""
    file = home.hass.path(".eyewitness_master_key")
    assert file.stat().st_mode & 0o777 == 0o600


@on_loop
async def test_a_second_entry_is_refused(home: World) -> None:
    """One entry is enough for all providers."""
    flow = await start_config(home.hass.api, "eyewitness")
    assert (flow.step["type"], flow.step["reason"]) == ("abort", "single_instance_allowed")
