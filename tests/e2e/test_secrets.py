"""No key can be read anywhere but in the header of a request."""

import asyncio
import json

import pytest

from tests.e2e.world import E2E, World
from tests.harness.client import HassError
from tests.harness.eyewitness import DOMAIN, provider_form
from tests.harness.flows import entries, start_subentry, subentries
from tests.harness.loop import on_loop
from tests.simulator import KEYS

pytestmark = E2E

WRONG_KEY = "planted-wrong-key"


@on_loop
async def test_ac4_no_key_is_readable_in_any_file(home: World) -> None:
    """Keys are used, refused and failed with; then every file that Home Assistant wrote is read."""
    await home.describe()
    flow = await start_subentry(home.hass.api, home.entry_id, "provider")
    await flow.choose("openai")
    step = await flow.answer(provider_form(home.vendors.urls, "openai", WRONG_KEY))
    assert step["errors"] == {"api_key": "openai_invalid_auth"}
    await flow.abandon()
    for vendor in KEYS:
        await home.vendors.fail(vendor, "auth", repeat=True)
    with pytest.raises(HassError):
        await home.describe()
    await asyncio.sleep(3)  # entries and history are written a second after they change

    stored = json.loads(home.hass.path(".storage", "core.config_entries").read_text("utf-8"))
    ours = [entry for entry in stored["data"]["entries"] if entry["domain"] == DOMAIN]
    assert len(ours[0]["subentries"]) == 4
    files = [file for file in home.hass.folder.rglob("*") if file.is_file()]
    names = {file.name for file in files}
    assert {"eyewitness.db", "home-assistant_v2.db", "process.log"} <= names
    planted = [key.encode() for key in (*KEYS.values(), WRONG_KEY)]
    for file in files:
        data = file.read_bytes()
        assert not [key for key in planted if key in data], file
    # The log was worth reading: it is at debug level, and the vendors' libraries talk in it.
    log = home.hass.log()
    assert all(
        f" DEBUG (MainThread) [{name}" in log for name in ("openai.", "anthropic.", "httpcore.")
    )
    # The generated master key lies outside of `.storage`, and nobody else may read it.
    assert home.hass.path(".eyewitness_master_key").stat().st_mode & 0o777 == 0o600


@on_loop
async def test_no_key_is_shown_by_the_api(home: World) -> None:
    """States, entries, subentries and repairs hold no key."""
    api = home.hass.api
    shown = [
        await api.states(),
        await entries(api, DOMAIN),
        await subentries(api, home.entry_id),
        await api.ws("repairs/list_issues"),
    ]
    text = json.dumps(shown)
    assert not [key for key in KEYS.values() if key in text]
