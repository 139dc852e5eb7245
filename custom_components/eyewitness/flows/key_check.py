"""Check what was typed about a provider, with requests that cost nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
import os
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context

from ..chain import policy
from ..chain.failures import Kind, ProviderError
from ..const import (
    COMPATIBLE,
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_LOCAL,
    SUBENTRY_PROVIDER,
)
from ..keys import master_key, vault
from ..providers import registry
from ..providers.models import offers
from ..providers.models.offers import Offer
from ..providers.spec import Spec
from ..providers.wire.pinning import RefusedAddressError
from .address import _same_server, acceptable


@dataclass(frozen=True, slots=True)
class Found:
    """Hold what a provider said to a key."""

    error: str | None = None
    """The name of an error of the flows; None when the key can be used."""
    offers: list[Offer] = field(default_factory=list)
    """Models of the account, empty when it may not list them."""

    @property
    def errors(self) -> dict[str, str]:
        """Return the error where a form shows it: at the key only what is wrong with the key."""
        if self.error is None:
            return {}
        return {CONF_API_KEY if self.error.endswith("invalid_auth") else "base": self.error}


async def async_open_vault(hass: HomeAssistant) -> vault.Vault:
    """Return the vault; raise ``vault.MasterKeyError``."""
    return await hass.async_add_executor_job(
        master_key.load, Path(hass.config.config_dir), os.environ
    )


def well_formed(api_key: str) -> bool:
    """Say whether a text can be a key: anything else could smuggle a line into a header."""
    return api_key.isascii() and api_key.isprintable() and " " not in api_key and bool(api_key)


def mistyped(
    data: Mapping[str, Any], api_key: str, stored_for: str | None = None
) -> dict[str, str]:
    """Return what can be told without asking anybody, by the field.

    ``stored_for`` is the address that the key was stored for, None when the key was typed just now.
    """
    compatible = data[CONF_KIND] == COMPATIBLE
    url = data[CONF_BASE_URL]
    if compatible and not url:
        return {"base": "url_missing"}
    if url and not acceptable(url, local=bool(data.get(CONF_LOCAL)) if compatible else None):
        return {"base": "url_invalid"}
    if not api_key and not compatible:
        return {CONF_API_KEY: "key_missing"}
    if api_key and not well_formed(api_key):
        return {CONF_API_KEY: "key_malformed"}
    if api_key and stored_for is not None and not _same_server(url, stored_for):
        return {CONF_API_KEY: "key_again"}
    return {}


async def async_ask(hass: HomeAssistant, spec: Spec) -> Found:
    """Ask a provider for its models, which tells whether it takes the key."""
    provider = await hass.async_add_executor_job(registry.build, spec, get_default_context())
    try:
        async with asyncio.timeout(policy.CHECK_SECONDS):
            listed = await provider.list_models()
        return Found(
            offers=await hass.async_add_executor_job(
                offers.offers, spec.kind, listed, spec.base_url
            )
        )
    except TimeoutError:
        return Found("cannot_connect")
    except RefusedAddressError:
        return Found("address_refused")
    except ProviderError as err:
        return Found(_error(spec.kind, err.kind))
    finally:
        await provider.close()


def _error(kind: str, failure: Kind) -> str | None:
    match failure:
        case Kind.AUTH:
            return f"{kind}_invalid_auth"
        case Kind.RATE_LIMIT | Kind.QUOTA | Kind.FORBIDDEN:
            # The vendor knows the key; it may only not list models, or not now.
            return None
        case Kind.TLS:
            return "not_trusted"
        case Kind.NETWORK | Kind.TIMEOUT | Kind.SERVER:
            return "cannot_connect"
        case _:
            return "unexpected_answer"


def same_account(
    entry: ConfigEntry,
    opened: vault.Vault,
    data: Mapping[str, Any],
    api_key: str,
    but: str | None = None,
) -> bool:
    """Say whether another provider of the entry has the same kind, address and key already."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER):
        if subentry.subentry_id == but or any(
            subentry.data[name] != data[name] for name in (CONF_KIND, CONF_BASE_URL)
        ):
            continue
        try:
            if opened.decrypt(subentry.data[CONF_API_KEY]) == api_key:
                return True
        except vault.UndecryptableError:
            continue
    return False
