"""Check what was typed about a provider, before anybody is asked."""

from typing import Any

from cryptography.fernet import Fernet
from homeassistant.config_entries import ConfigSubentryData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.eyewitness.flows.provider_form import ProviderForm, is_well_formed
from custom_components.eyewitness.keys import master_key, vault

VAULT = vault.Vault([Fernet(Fernet.generate_key())], master_key.KEY_FILE)
COMPANY = {"kind": "openai", "model": "auto", "base_url": "https://a.example/v1"}
SERVER = {
    "kind": "openai_compatible",
    "model": "auto",
    "base_url": "http://10.0.0.2",
    "local": True,
}


def entry_with(*providers: dict[str, Any]) -> MockConfigEntry:
    """Return an entry with providers; one without a key of its own has the key ``stored``."""
    stored = {"api_key": VAULT.encrypt("stored")}
    return MockConfigEntry(
        subentries_data=[
            ConfigSubentryData(
                subentry_type="provider", title="A", unique_id=None, data=stored | provider
            )
            for provider in providers
        ]
    )


MALFORMED = ["", " ", "two words", "tab\tkey", "key\r\nX-Evil: 1", "key\n", "key\x00", "schlüssel"]


@pytest.mark.parametrize("key", [*MALFORMED, "key\u200b", "key\u00a0"])
def test_row_72_what_can_be_a_key(key: str) -> None:
    """Printable ASCII without spaces, as every vendor gives out."""
    assert not is_well_formed(key)
    assert is_well_formed("sim-openai-key")
    assert is_well_formed("AQ.Ab8_~+/=")


@pytest.mark.parametrize(
    ("data", "api_key", "errors"),
    [
        (COMPANY, "key", {}),
        (COMPANY, "", {"api_key": "key_missing"}),
        (COMPANY, "two words", {"api_key": "key_malformed"}),
        (COMPANY | {"base_url": ""}, "key", {}),
        (COMPANY | {"base_url": "http://example.com"}, "key", {"base_url": "url_plain"}),
        (COMPANY | {"base_url": "file:///"}, "two words", {"base_url": "url_scheme"}),
        (SERVER, "key", {}),
        (SERVER, "", {}),
        (SERVER, "two words", {"api_key": "key_malformed"}),
        (SERVER | {"base_url": ""}, "key", {"base_url": "url_missing"}),
        (SERVER | {"local": False}, "key", {"base_url": "url_local"}),
    ],
)
def test_what_is_wrong_with_a_new_provider(
    data: dict[str, Any], api_key: str, errors: dict[str, str]
) -> None:
    """A company needs a key, a server an address; the address comes first."""
    assert ProviderForm.read(VAULT, data, api_key).errors() == errors


def test_what_is_wrong_with_a_changed_provider() -> None:
    """Its key is kept on its own server only, and not when it is lost."""
    kept, lost = entry_with(COMPANY, COMPANY | {"api_key": "lost"}).subentries.values()
    moved = COMPANY | {"base_url": "https://a.example:8443"}
    for stored, data, api_key, errors in (
        (kept, COMPANY, "", {}),
        (kept, moved, "", {"api_key": "key_again"}),
        (kept, moved, "key", {}),
        (lost, COMPANY, "", {"api_key": "key_lost"}),
        (lost, COMPANY, "key", {}),
    ):
        form = ProviderForm.read(VAULT, data, api_key, stored)
        assert form.errors() == errors
        known = "" if stored is lost else "stored"
        assert VAULT.decrypt(form.encrypted(VAULT)["api_key"]) == (api_key or known)


def test_row_71_the_same_account_twice_is_a_duplicate() -> None:
    """Kind, address and key make an account; a provider is no duplicate of itself."""
    entry = entry_with(COMPANY, COMPANY | {"api_key": "lost"})
    first = next(iter(entry.subentries.values()))
    assert ProviderForm.read(VAULT, COMPANY, "stored").is_duplicate(entry, VAULT)
    assert not ProviderForm.read(VAULT, COMPANY, "stored", first).is_duplicate(entry, VAULT)
    assert not ProviderForm.read(VAULT, COMPANY, "another").is_duplicate(entry, VAULT)
    for changes in ({"kind": "grok"}, {"base_url": ""}):
        other = ProviderForm.read(VAULT, COMPANY | changes, "stored")
        assert not other.is_duplicate(entry, VAULT)
