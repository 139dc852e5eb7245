"""Set Eyewitness up: the keys of the vendors, a server of one's own, and later other ones."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryData,
)
from homeassistant.data_entry_flow import section
import voluptuous as vol

from ..const import (
    COMPATIBLE,
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_LOCAL,
    CONF_MODEL,
    KINDS,
    NAMES,
    SUBENTRY_PROVIDER,
    VENDORS,
)
from ..keys import master_key, vault
from ..providers.spec import AUTO
from ..runtime.settings import provider_order, spec_of
from .address import tidy
from .fields import ADDRESS, EXAMPLE, PASSWORD, URL, new_title
from .key_check import async_ask, async_open_vault, mistyped, same_account
from .reauth import ReauthFlow

SECTION_ENDPOINTS: Final = "endpoints"
SECTION_OWN_SERVER: Final = "own_server"

_KEYS: Final = {vol.Optional(f"{kind}_{CONF_API_KEY}"): PASSWORD for kind in VENDORS}
_ENDPOINTS: Final = {vol.Optional(f"{kind}_{CONF_BASE_URL}"): URL for kind in VENDORS}
_OWN_SERVER: Final = {**ADDRESS, vol.Optional(CONF_API_KEY): PASSWORD}
_NEW: Final = {CONF_MODEL: AUTO, CONF_BASE_URL: ""}


class SetupFlow(ReauthFlow):
    """Ask for the keys."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take keys, or a server of one's own, and ask there about them, all at once."""
        errors: dict[str, str] = {}
        if user_input is not None:
            typed, errors = await self._take(user_input)
            if not errors and not typed:
                errors["base"] = "no_key"
            if not errors:
                return self.async_create_entry(
                    title="Eyewitness",
                    data={},
                    subentries=[_subentry(data) for data in typed.values()],
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self._form(user_input or {}, first=True),
            errors=errors,
            description_placeholders={"example": EXAMPLE},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take new keys and addresses; what is left as it was stays."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            typed, errors = await self._take(user_input, entry)
            if not errors:
                self._store(entry, typed)
                return self._take_up(entry)
        urls = {
            f"{kind}_{CONF_BASE_URL}": subentry.data[CONF_BASE_URL]
            for kind, subentry in _by_kind(entry).items()
        }
        shown = user_input or {SECTION_ENDPOINTS: urls}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self._form(shown),
            errors=errors,
        )

    def _form(self, shown: Mapping[str, Any], *, first: bool = False) -> vol.Schema:
        """Return the form; its parts are open where something is filled in."""
        endpoints, own = (shown.get(name, {}) for name in (SECTION_ENDPOINTS, SECTION_OWN_SERVER))
        fields: dict[Any, Any] = {
            **_KEYS,
            vol.Required(SECTION_ENDPOINTS): _part(_ENDPOINTS, endpoints),
        }
        if first:
            fields[vol.Optional(SECTION_OWN_SERVER)] = _part(_OWN_SERVER, own)
        return self.add_suggested_values_to_schema(vol.Schema(fields), shown)

    async def _take(
        self, user_input: Mapping[str, Any], entry: ConfigEntry | None = None
    ) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Check what is new; return the data of its subentries by kind, and the errors."""
        try:
            opened = await async_open_vault(self.hass)
        except master_key.MasterKeyError:
            return {}, {"base": "master_key_unusable"}
        present = _by_kind(entry) if entry else {}
        typed: dict[str, dict[str, Any]] = {}
        keys: dict[str, str] = {}
        errors: dict[str, str] = {}
        for kind in KINDS:
            key, address = _told(user_input, kind)
            field = _field(kind)
            known = present[kind].data if kind in present else _NEW
            if not key and (
                address[CONF_BASE_URL] == known[CONF_BASE_URL]
                # The address alone of a company that nobody has an account with says nothing.
                or (kind in VENDORS and kind not in present)
            ):
                continue
            data = {**known, CONF_KIND: kind, **address}
            stored_for = None
            if not key and kind in present:
                stored_for = known[CONF_BASE_URL]
                try:
                    key = opened.decrypt(known[CONF_API_KEY])
                except vault.UndecryptableError:
                    errors[field] = "key_lost"
                    continue
            wrong = mistyped(data, key, stored_for)
            but = present[kind].subentry_id if kind in present else None
            if entry and same_account(entry, opened, data, key, but):
                errors[field] = "already_configured"
            errors |= {_field(kind, name): text for name, text in wrong.items()}
            keys[kind] = key
            typed[kind] = {**data, CONF_API_KEY: opened.encrypt(key)}
        if not errors:
            specs = [spec_of(data, keys[kind]) for kind, data in typed.items()]
            found = await asyncio.gather(*(async_ask(self.hass, spec) for spec in specs))
            errors = {
                _field(spec.kind): told.error
                for spec, told in zip(specs, found, strict=True)
                if told.error
            }
        return typed, errors

    def _store(self, entry: ConfigEntry, typed: Mapping[str, dict[str, Any]]) -> None:
        present = _by_kind(entry)
        for kind, data in typed.items():
            if kind in present:
                self.hass.config_entries.async_update_subentry(entry, present[kind], data=data)
            else:
                added = ConfigSubentry(
                    subentry_type=SUBENTRY_PROVIDER,
                    title=new_title(entry, kind),
                    unique_id=None,
                    data=MappingProxyType(data),
                )
                self.hass.config_entries.async_add_subentry(entry, added)


def _told(user_input: Mapping[str, Any], kind: str) -> tuple[str, dict[str, Any]]:
    """Return what the form says of one kind: its key, and where it is."""
    if kind == COMPATIBLE:
        own = user_input.get(SECTION_OWN_SERVER, {})
        return own.get(CONF_API_KEY, "").strip(), {
            CONF_BASE_URL: tidy(own.get(CONF_BASE_URL, "")),
            CONF_LOCAL: own.get(CONF_LOCAL, False),
        }
    url = user_input[SECTION_ENDPOINTS].get(f"{kind}_{CONF_BASE_URL}", "")
    return user_input.get(f"{kind}_{CONF_API_KEY}", "").strip(), {CONF_BASE_URL: tidy(url)}


def _part(fields: dict[Any, Any], filled: Mapping[str, Any]) -> section:
    return section(vol.Schema(fields), {"collapsed": not any(filled.values())})


def _field(kind: str, name: str = CONF_API_KEY) -> str:
    """Return where the form shows what is wrong with a kind's key or address."""
    if kind == COMPATIBLE:
        return SECTION_OWN_SERVER
    return f"{kind}_{CONF_API_KEY}" if name == CONF_API_KEY else SECTION_ENDPOINTS


def _by_kind(entry: ConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the first provider of each vendor; further accounts are changed where they are."""
    found: dict[str, ConfigSubentry] = {}
    for key in provider_order(entry):
        found.setdefault(entry.subentries[key].data[CONF_KIND], entry.subentries[key])
    return {kind: subentry for kind, subentry in found.items() if kind in VENDORS}


def _subentry(data: Mapping[str, Any]) -> ConfigSubentryData:
    return ConfigSubentryData(
        subentry_type=SUBENTRY_PROVIDER,
        title=NAMES[data[CONF_KIND]],
        unique_id=None,
        data=data,
    )
