"""Add and change one provider as a person would."""

import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.eyewitness import vault
from custom_components.eyewitness.provider_flow import acceptable, well_formed
from tests.kit import FakeCamera, House
from tests.simulator import Simulator, Vendor


async def open_form(hass: HomeAssistant, house: House) -> Any:
    """Open the form that adds a provider."""
    form = await hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "provider"), context={"source": SOURCE_USER}
    )
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "user"
    assert form["errors"] == {}
    return form


async def open_change(hass: HomeAssistant, house: House, title: str) -> Any:
    """Open the form that changes a provider."""
    form = await house.entry_for_tests.start_subentry_reconfigure_flow(
        hass, house.provider(title).subentry_id
    )
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "reconfigure"
    return form


async def send(hass: HomeAssistant, form: Any, user_input: dict[str, Any]) -> Any:
    """Send a form."""
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


def new(sim: Simulator, kind: Vendor, **changes: str) -> dict[str, Any]:
    """Return what is typed to add a provider."""
    url = changes.pop("base_url", sim.urls.base(kind))
    typed = {"kind": kind, "api_key": sim.keys[kind], "model": "auto"}
    return {**typed, **changes, "advanced": {"base_url": url}}


def changed(sim: Simulator, kind: Vendor, **changes: str) -> dict[str, Any]:
    """Return what is typed to change a provider; the key field is empty."""
    typed = new(sim, kind, **changes)
    del typed["kind"]
    return typed if "api_key" in changes else {n: v for n, v in typed.items() if n != "api_key"}


def key_of(hass: HomeAssistant, house: House, title: str) -> str:
    """Return a provider's key."""
    opened = vault.load(Path(hass.config.config_dir), os.environ)
    return opened.decrypt(house.provider(title).data["api_key"])


async def test_a_provider_is_added(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """It is checked, stored encrypted, and asked from then on."""
    await house.set_up("anthropic")
    form = await open_form(hass, house)
    result = await send(hass, form, new(sim, "grok", model=" grok-4.20 "))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    provider = house.provider("xAI Grok")
    assert provider.data["model"] == "grok-4.20"
    assert provider.data["base_url"] == sim.urls.grok
    assert sim.keys["grok"] not in str(provider.data)
    assert key_of(hass, house, "xAI Grok") == sim.keys["grok"]
    assert house.order == ["grok", "anthropic"]
    assert (await house.describe())["model"] == "grok-4.20"


async def test_an_empty_model_means_auto(hass: HomeAssistant, house: House, sim: Simulator) -> None:
    """Spaces are no model, and an empty address is the vendor's own."""
    await house.set_up("anthropic")
    await send(hass, await open_form(hass, house), new(sim, "grok", model="  "))
    assert house.provider("xAI Grok").data["model"] == "auto"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"api_key": "wrong-key"}, {"api_key": "openai_invalid_auth"}),
        ({"api_key": "sim key"}, {"api_key": "key_malformed"}),
        ({"api_key": "sim\r\nX: 1"}, {"api_key": "key_malformed"}),
        ({"base_url": "http://example.com"}, {"base": "url_invalid"}),
        ({"base_url": "http://127.0.0.1:1"}, {"api_key": "cannot_connect"}),
    ],
)
async def test_what_is_wrong_is_told_and_can_be_mended(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    changes: dict[str, str],
    errors: dict[str, str],
) -> None:
    """The same checks as at set-up; what was typed is shown again."""
    await house.set_up("grok")
    typed = new(sim, "openai", model="gpt-4.1-mini", **changes)
    form = await send(hass, await open_form(hass, house), typed)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == errors
    schema = form["data_schema"].schema
    for name in ("kind", "api_key", "model"):
        assert get_schema_suggested_value(schema, name) == typed[name]
    advanced = schema["advanced"].schema.schema
    assert get_schema_suggested_value(advanced, "base_url") == typed["advanced"]["base_url"]
    assert len(house.entry.subentries) == 1

    result = await send(hass, form, new(sim, "openai"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_row_71_the_same_account_twice_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It would only be asked, and fail, twice. A provider whose key is lost is no obstacle."""
    await house.set_up(house.subentry("openai", ciphertext="lost", title="Lost"), "openai")
    for slash in ("", "/"):
        typed = new(sim, "openai", base_url=sim.urls.openai + slash)
        result = await send(hass, await open_form(hass, house), typed)
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"
    assert len(house.entry.subentries) == 2


async def test_a_second_account_gets_a_number(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Two accounts, or the same key at another address, are different providers."""
    await house.set_up("openai")
    sim.set_key("openai", "second-key")
    await send(hass, await open_form(hass, house), new(sim, "openai"))
    sim.set_key("openai", "third-key")
    await send(hass, await open_form(hass, house), new(sim, "openai"))
    async with Simulator() as other:
        other.set_key("openai", "third-key")
        await send(
            hass, await open_form(hass, house), new(sim, "openai", base_url=other.urls.openai)
        )
    titles = [subentry.title for subentry in house.entry.subentries.values()]
    assert titles == ["OpenAI", "OpenAI 2", "OpenAI 3", "OpenAI 4"]


async def test_an_unusable_master_key_is_told(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both forms say so, ask nobody, and can be sent again."""
    await house.set_up("openai")
    before = house.provider("openai").data
    add = await open_form(hass, house)
    change = await open_change(hass, house, "OpenAI")
    monkeypatch.setenv(vault.ENV_KEY, "not a key")
    sim.clear_requests()
    add = await send(hass, add, new(sim, "grok"))
    change = await send(hass, change, changed(sim, "openai", api_key="any"))
    assert add["errors"] == change["errors"] == {"base": "master_key_unusable"}
    assert sim.requests() == []
    assert house.provider("openai").data == before

    monkeypatch.delenv(vault.ENV_KEY)
    assert (await send(hass, change, changed(sim, "openai")))["type"] is FlowResultType.ABORT
    assert (await send(hass, add, new(sim, "grok")))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_change_keeps_the_key_when_its_field_is_empty(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Model and address are shown as they are, the key never is."""
    await house.set_up(house.subentry("grok", model="grok-4.20"))
    form = await open_change(hass, house, "xAI Grok")
    schema = form["data_schema"].schema
    assert get_schema_suggested_value(schema, "model") == "grok-4.20"
    assert get_schema_suggested_value(schema, "api_key") is None
    advanced = schema["advanced"].schema.schema
    assert get_schema_suggested_value(advanced, "base_url") == sim.urls.grok
    assert form["description_placeholders"] == {"provider": "xAI Grok"}

    result = await send(hass, form, changed(sim, "grok", model="grok-4.3"))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert key_of(hass, house, "xAI Grok") == sim.keys["grok"]
    assert (await house.describe())["model"] == "grok-4.3"


async def test_key_and_address_can_be_changed(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """A wrong one is refused and nothing is stored; a right one is, encrypted."""
    await house.set_up("openai")
    before = house.provider("openai").data
    sim.set_key("openai", "second-key")
    form = await open_change(hass, house, "OpenAI")
    form = await send(hass, form, changed(sim, "openai", api_key="wrong-key"))
    assert form["errors"] == {"api_key": "openai_invalid_auth"}
    form = await send(hass, form, changed(sim, "openai", base_url="ftp://example.com"))
    assert form["errors"] == {"base": "url_invalid"}
    assert house.provider("openai").data == before

    async with Simulator() as other:
        other.set_key("openai", "second-key")
        typed = changed(sim, "openai", api_key=" second-key ", base_url=f" {other.urls.openai}/ ")
        result = await send(hass, form, typed)
    assert result["reason"] == "reconfigure_successful"
    assert house.provider("openai").data["base_url"] == other.urls.openai
    assert key_of(hass, house, "openai") == "second-key"


async def test_a_lost_key_has_to_be_typed_anew(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """An empty field cannot keep what cannot be decrypted."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    form = await open_change(hass, house, "OpenAI")
    form = await send(hass, form, changed(sim, "openai"))
    assert form["errors"] == {"api_key": "key_lost"}
    assert sim.requests() == []
    result = await send(hass, form, changed(sim, "openai", api_key=sim.keys["openai"]))
    assert result["reason"] == "reconfigure_successful"
    assert house.order == ["openai"]


async def test_row_71_a_change_into_another_account_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The provider itself is no duplicate of itself; another one is."""
    other = "http://127.0.0.1:1"
    await house.set_up("openai", house.subentry("openai", title="Other", base_url=other))
    form = await open_change(hass, house, "Other")
    result = await send(hass, form, changed(sim, "openai"))
    assert result["reason"] == "already_configured"
    assert house.provider("Other").data["base_url"] == other


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("sim-openai-key", True),
        ("AQ.Ab8_~+/=", True),
        ("", False),
        (" ", False),
        ("two words", False),
        ("tab\tkey", False),
        ("key\r\nX-Evil: 1", False),
        ("key\n", False),
        ("key\x00", False),
        ("schlüssel", False),
        ("key\u200b", False),
        ("key\u00a0", False),
    ],
)
def test_row_72_what_can_be_a_key(key: str, good: bool) -> None:
    """Printable ASCII without spaces, as every vendor gives out."""
    assert well_formed(key) is good


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://api.x.ai/v1", True),
        ("HTTPS://gateway.example/openai/v1/", True),
        ("https://gateway.example:8443", True),
        ("https://192.168.1.5/v1", True),
        ("http://192.168.1.5:11434/v1", True),
        ("http://10.0.0.2", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://[fd00::5]:8080", True),
        ("https://[2001:4860:4860::8888]/", True),
        ("", False),
        ("api.x.ai/v1", False),
        ("//api.x.ai/v1", False),
        ("https://", False),
        ("https:///v1", False),
        ("file:///etc/passwd", False),
        ("file://host/etc/passwd", False),
        ("ftp://example.com", False),
        ("javascript:alert(1)", False),
        ("http://api.x.ai/v1", False),
        ("http://homeassistant.local:8080", False),
        ("http://8.8.8.8", False),
        ("http://169.254.169.254/latest", False),
        ("https://169.254.169.254", False),
        ("http://[fe80::1]", False),
        ("http://[::ffff:169.254.169.254]", False),
        ("https://[::ffff:169.254.169.254]", False),
        ("http://0.0.0.0:8080", False),
        ("https://0.0.0.0", False),
        ("http://[::]", False),
        ("http://224.0.0.1", False),
        ("https://user:pass@example.com", False),
        ("https://user@example.com", False),
        ("https://:pass@example.com", False),
        ("https://@example.com", False),
        ("\\\\host\\share", False),
        ("https:\\\\example.com", False),
        ("https://example.com\\@evil.example", False),
        ("https://example.com/?key=1", False),
        ("https://example.com/#there", False),
        ("https://exa mple.com", False),
        ("https://example.com/\r\nX-Evil: 1", False),
        ("https://example.com/\x00", False),
        ("https://bücher.example", False),
        ("https://example.com:99999", False),
        ("https://example.com:x", False),
        ("https://[::1", False),
        ("https://[fe80::1%25eth0]", False),
    ],
)
def test_row_73_where_a_key_may_be_sent(url: str, good: bool) -> None:
    """Over TLS to anybody that was named, unencrypted only within the house."""
    assert acceptable(url) is good
