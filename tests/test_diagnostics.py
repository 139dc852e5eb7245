"""Download the diagnostics, and look for everything that must not be in them."""

from collections.abc import Mapping
from importlib import import_module
import json
from typing import Any, Final
from unittest.mock import Mock

from cryptography.fernet import Fernet
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.eyewitness import diagnostics
from custom_components.eyewitness.const import DATABASE
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.providers.anthropic import AnthropicProvider
from tests.kit import CAMERA, FakeCamera, House, pick
from tests.simulator import VENDORS, Simulator

pytestmark = pytest.mark.usefixtures("camera")

USAGE: Final = {"input_tokens", "output_tokens", "response_time_ms"}
TOTALS: Final = USAGE | {"calls", "answers", "failures", "outcome", "cost", "recent"}
HEALTH: Final = {"cooldown_failure", "cooldown_seconds_left"} | {
    *("circuit_open", "circuit_openings", "circuit_seconds_left"),
}
MODELS: Final = {"listed", "missing", "dropped_parameters"}
LAST: Final = {"seconds_ago", "model", "outcome", "status", "response_time_ms"}
LIMITS: Final = {"total_seconds", "attempt_seconds", "hedge_seconds", "cooldown_seconds"}
STORED: Final = {"kind", "own_address", "model"}
ROW: Final = USAGE | {"timestamp", "provider", "model", "outcome", "error", "image_bytes"}
SHAPE: Final[Mapping[str, Any]] = {
    "versions": {
        "eyewitness",
        "openai",
        "anthropic",
        "google-genai",
        "genai-prices",
        "json-repair",
    },
    "state": None,
    "reason": None,
    "options": LIMITS | {"order"},
    "cameras": None,
    "providers": STORED
    | {"chosen_model", "left_out", "key_refused", "models", "health", "last", "totals"},
    "runs": {"running", "waiting"},
    "budget": {"limits", "free", "reserve_cameras", "reserve_percent"},
    "master_key": {"source", "keys"},
    "ledger": {"bytes", "rows", "events", "picture_bytes", "unwritten", "recent"},
    "spent": {"day", "month", "ever"},
}
"""Every name at the first two levels; whoever adds one has to say here that it may be seen."""


async def download(hass: HomeAssistant, house: House) -> Any:
    """Return the diagnostics as the file would hold them: JSON that every program reads."""
    found = await diagnostics.async_get_config_entry_diagnostics(hass, house.entry)
    return json.loads(json.dumps(found, allow_nan=False))


def names(value: Mapping[str, Any] | list[Mapping[str, Any]]) -> set[str]:
    """Return the keys of a mapping, or of all of a list."""
    return set(value) if isinstance(value, Mapping) else {key for item in value for key in item}


async def test_nothing_but_what_is_allowed(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    hass_client: ClientSessionGenerator,
) -> None:
    """A canary in all that a user, a camera or a vendor can write does not come out at the end."""
    keys = {kind: f"{kind}-canary-key-0123456789" for kind in VENDORS}
    for kind, key in keys.items():
        sim.set_key(kind, key)
    camera._attr_name = "canary-camera"
    camera.async_write_ha_state()
    answer = {"title": "canary-title", "description": "canary-description of somebody."}
    await house.set_up(
        *(house.subentry(kind, title=f"canary-name {kind}") for kind in VENDORS),
        ConfigSubentryData(
            subentry_type="camera",
            title="canary-subentry",
            unique_id="canary-unique",
            data={"entity_id": CAMERA, "prompt": "canary-prompt"},
        ),
    )
    sim.fail("openai", "answer", text=json.dumps(answer))
    response = await house.describe(prompt="canary-prompt", event_context="canary-context")
    assert response["description"] == answer["description"]
    assert response["camera_name"] == "canary-camera"
    (request,) = sim.requests("openai", "describe")
    for planted in ("canary-prompt", "canary-context", "canary-camera"):
        assert planted in json.dumps(request.body)
    body = {"error": {"message": "canary-words of a vendor"}}
    sim.fail("openai", "status", status=400, body=body, repeat=True)
    await house.describe(prompt="canary-prompt")
    found: Any = await get_diagnostics_for_config_entry(hass, hass_client, house.entry)
    text = json.dumps(found)
    entry = house.entry
    secrets = {"canary", CAMERA, entry.entry_id, response["event_id"], *keys.values()}
    for subentry in entry.subentries.values():
        secrets |= {subentry.subentry_id, subentry.title}
        secrets |= {subentry.data.get(name, CAMERA) for name in ("api_key", "base_url")}
    secrets |= {"http:", "127.0.0.1", hass.config.config_dir}
    assert [secret for secret in secrets if secret in text] == []
    assert [row["error"] for row in found["ledger"]["recent"]] == [None, "bad_request 400", None]
    assert {
        name: names(inside) if isinstance(inside, dict | list) else None
        for name, inside in found.items()
    } == SHAPE
    for provider in found["providers"]:
        assert (set(provider["health"]), set(provider["totals"])) == (HEALTH, TOTALS)
        assert set(provider["models"]) == MODELS
    assert names(found["providers"][0]["last"]) == LAST
    assert names(found["ledger"]["recent"]) == ROW


async def test_the_budget(hass: HomeAssistant, house: House) -> None:
    """What is used of each limit, and no camera by its name."""
    free = {"price_input": 0.0, "price_output": 0.0, "budget": {"calls_per_day": 20}}
    budget = {"cost_per_month": 5, "reserve_cameras": [CAMERA]}
    await house.set_up("openai", house.subentry("gemini", **free), options={"budget": budget})
    await house.describe(providers="gemini")
    assert (await download(hass, house))["budget"] == {
        "limits": [
            {"provider": None, "period": "month", "unit": "cost", "most": 5, "used": 0},
            {"provider": "gemini", "period": "day", "unit": "calls", "most": 20, "used": 1},
        ],
        "free": 1,
        "reserve_cameras": 1,
        "reserve_percent": 20,
    }


async def test_what_it_says(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """One provider that failed, one that answered, one whose key is lost."""
    import_module("json_repair")  # as the first reply that is no JSON does
    await house.set_up(
        "openai",
        "grok",
        house.subentry("gemini", ciphertext="lost", base_url="", model="gemini-3.8-flash"),
        options={"total_seconds": 45, "attempt_seconds": 20},
    )
    sim.fail("openai", "auth", repeat=True)
    sim.fail("openai", "auth", endpoint="models", repeat=True)
    response = await house.describe()
    await hass.async_block_till_done(wait_background_tasks=True)
    found = await download(hass, house)
    assert (found["state"], found["reason"], found["cameras"]) == ("loaded", None, 0)
    assert found["versions"]["eyewitness"] == "0.1.0"
    assert all(found["versions"].values())
    assert found["options"] == {
        "order": ["openai", "grok", "gemini"],
        "total_seconds": 45,
        "attempt_seconds": 20,
        "hedge_seconds": None,
        "cooldown_seconds": None,
    }
    assert found["runs"] == {"running": 0, "waiting": 0}
    assert found["master_key"] == {"source": "own file", "keys": 1}
    bad, good, lost = found["providers"]
    assert (bad["left_out"], bad["key_refused"]) == (None, True)
    assert bad["health"]["cooldown_failure"] == "auth"
    assert bad["health"]["cooldown_seconds_left"] == "endless"
    assert bad["totals"]["failures"] == 1
    assert (good["model"], good["own_address"]) == ("auto", True)
    assert good["chosen_model"] == response["model"]
    healthy = {"circuit_open": False, "circuit_openings": 0, "circuit_seconds_left": 0}
    assert good["health"] == {**healthy, "cooldown_failure": None, "cooldown_seconds_left": 0}
    assert (good["totals"]["calls"], good["totals"]["outcome"]) == (1, "ok")
    assert (lost["left_out"], lost["last"]) == ("key_undecryptable", [])
    assert lost["chosen_model"] is lost["health"] is lost["models"] is None
    assert (lost["model"], lost["own_address"]) == ("gemini-3.8-flash", False)
    rows = found["ledger"]["recent"]
    assert [(row["provider"], row["outcome"], row["error"]) for row in rows] == [
        ("grok", "ok", None),
        ("openai", "auth", "auth 401"),
    ]
    assert found["ledger"]["rows"] == 2
    assert found["spent"]["day"] == found["spent"]["ever"]
    cost = good["totals"]["cost"]
    assert found["spent"]["day"] == {
        "calls": 2,
        "cost": cost,
        "descriptions": 1,
        "saved_calls": 0,
        "saved_cost": 0,
    }
    assert good["totals"]["recent"] == {"requests": 1, "answers": 1}
    assert found["ledger"]["bytes"] > 4096


async def test_what_was_learnt_of_the_providers(
    hass: HomeAssistant, house: House, sim: Simulator, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a report leaves open: why one is left alone, what it is not sent any more."""
    monkeypatch.setattr(AnthropicProvider, "__init__", Mock(side_effect=ImportError("canary")))
    await house.set_up(house.subentry("openai", model="gpt-5-nano"), "grok", "gemini", "anthropic")
    blamed = {"error": {"message": "Unsupported parameter: 'response_format'"}}
    sim.fail("openai", "status", status=400, body=blamed)
    sim.fail("openai", "server_error", status=503, count=20)
    sim.fail("grok", "model_missing")
    for _ in range(3):
        await house.describe(providers=["openai", "grok"])
    openai, grok, gemini, anthropic = (await download(hass, house))["providers"]
    assert openai["models"] == {
        "listed": None,
        "missing": [],
        "dropped_parameters": {"gpt-5-nano": ["response_format"]},
    }
    assert openai["health"]["circuit_open"] is True
    assert openai["health"]["circuit_openings"] == 1
    assert 20 < openai["health"]["circuit_seconds_left"] <= 33
    assert pick(openai["last"], "outcome", "status", "model") == [("server", 503, "gpt-5-nano")] * 5
    assert 0 <= openai["last"][0]["seconds_ago"] <= openai["last"][-1]["seconds_ago"] < 60
    listed = [model for model in sim.models("grok") if model.offered and model.listed]
    assert grok["models"]["listed"] == len(listed)
    assert len(grok["models"]["missing"]) == 1
    assert pick(grok["last"], "outcome") == [("ok",), ("ok",), ("ok",), ("model_missing",)]
    assert gemini["models"] == {"listed": None, "missing": [], "dropped_parameters": {}}
    assert anthropic["left_out"] == "library_unusable"
    assert hass.config_entries.flow.async_progress() == [], "no key is wanted for that"
    assert "canary" not in json.dumps(await download(hass, house))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        *((model, model) for model in ("llava:7b", "hf.co/someone/model@v1")),
        *((text, "not an id") for text in ("http://10.0.0.7/model", "my camera at home", "")),
        *((text, "not an id") for text in ("sk-0123456789abcdef01234", "x" * 300)),
    ],
)
async def test_a_model_is_shown_when_it_is_one(typed: str, shown: str) -> None:
    """It is typed by a user, or sent by whoever answered."""
    assert diagnostics._model(typed) == shown


async def test_the_last_twenty(hass: HomeAssistant, house: House) -> None:
    """The newest first."""
    await house.set_up("openai")
    for _ in range(22):
        await house.describe()
    await house.runtime.accounts.writer.async_flush()
    found = await download(hass, house)
    times = [row["timestamp"] for row in found["ledger"]["recent"]]
    assert len(times) == 20
    assert times == sorted(times, reverse=True)
    assert times[0] == (await house.usage())[-1]["timestamp"]
    assert found["ledger"]["rows"] == 22


async def test_an_entry_that_cannot_be_loaded(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then they are needed most."""
    provider = house.subentry("openai")
    monkeypatch.setenv(master_key.ENV_KEY, "canary, not a key")
    await house.set_up(provider)
    assert house.state() is ConfigEntryState.SETUP_ERROR
    found = await download(hass, house)
    assert (found["state"], found["reason"]) == ("setup_error", "master_key_unusable")
    assert names(found["providers"]) == STORED
    absent = ("runs", "master_key", "ledger", "budget", "spent")
    assert [found[name] for name in absent] == [None] * len(absent)
    assert "canary" not in json.dumps(found)


async def test_a_damaged_ledger(hass: HomeAssistant, house: House) -> None:
    """The file broke while it was open."""
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    await house.runtime.accounts.writer.async_flush()
    engine = house.runtime.accounts.ledger._engine
    assert engine is not None
    engine.dispose()
    with open(hass.config.path(DATABASE), "r+b") as file:  # noqa: ASYNC230, PTH123
        file.write(b"canary" * 100)
    found = await download(hass, house)
    assert found["ledger"] == {"error": "DatabaseError", "unwritten": 0}


async def test_rows_that_could_not_be_written(hass: HomeAssistant, house: House) -> None:
    """A full disk shows."""
    await house.set_up("openai")
    await house.describe()
    await hass.async_block_till_done()
    await house.runtime.accounts.writer.async_flush()
    await house.runtime.accounts.writer.async_hold()
    await house.describe()
    unwritten = (await download(hass, house))["ledger"]["unwritten"]
    assert unwritten == 3, "a row, a description and an event"


@pytest.mark.parametrize("own_file", [False, True])
async def test_where_the_master_key_comes_from(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch, *, own_file: bool
) -> None:
    """By name only; a file from before still counts as a key."""
    if own_file:
        house.subentry("openai")
    key = Fernet.generate_key().decode()
    monkeypatch.setenv(master_key.ENV_KEY, key)
    await house.set_up("openai")
    found = await download(hass, house)
    assert found["master_key"] == {"source": "environment", "keys": 1 + own_file}
    assert key not in json.dumps(found)
