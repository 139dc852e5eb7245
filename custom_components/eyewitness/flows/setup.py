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
    FlowType,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
import voluptuous as vol

from ..const import (
    COMPATIBLE,
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_MODEL,
    KINDS,
    SUBENTRY_PROVIDER,
    VENDORS,
)
from ..keys.master_key import MasterKeyError
from ..keys.vault import Vault
from ..providers.spec import AUTO
from ..runtime.outcome_texts import kind_name, listed
from ..runtime.settings import provider_order
from . import look
from .address import normalize_url
from .camera_fields import cameras
from .fields import (
    ADDRESS,
    EXAMPLE,
    KEY_PAGES,
    PASSWORD,
    URL,
    new_title,
    read_address,
    read_key,
)
from .provider_form import ProviderForm, async_open_vault
from .reauth import ReauthFlow

SECTION_ENDPOINTS: Final = "endpoints"
SECTION_OWN_SERVER: Final = "own_server"

_KEYS: Final = {vol.Optional(f"{kind}_{CONF_API_KEY}"): PASSWORD for kind in VENDORS}
_ENDPOINTS: Final = {vol.Optional(f"{kind}_{CONF_BASE_URL}"): URL for kind in VENDORS}
_FIELDS: Final = (CONF_API_KEY, CONF_BASE_URL)
_OWN_SERVER: Final = {**ADDRESS, vol.Optional(CONF_API_KEY): PASSWORD}


class SetupFlow(ReauthFlow):
    """The forms for the keys of all vendors at once: at set-up, and to change them."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for keys, or for a server of one's own, and check all of them at once."""
        errors: dict[str, str] = {}
        if user_input is not None:
            providers, errors = await self._check(user_input)
            if not errors and not providers:
                errors["base"] = "no_key"
            if not errors:
                return self.async_create_entry(
                    title="Eyewitness",
                    data={},
                    description=None if cameras(self.hass) else "no_camera",
                    subentries=[_subentry_data(self.hass, data) for data in providers],
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self._form(user_input or {}, errors, first=True),
            errors=errors,
            description_placeholders=_placeholders(self.hass, errors),
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with a look through one of the user's cameras, if there is any."""
        if (flow_id := await look.async_begin(self.hass, result["result"])) is not None:
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, flow_id)
        return result

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for new keys and addresses; what is left as it is shown stays."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            providers, errors = await self._check(user_input, entry)
            if not errors:
                self._store(entry, providers)
                return self._finish(entry)
        urls = {
            f"{kind}_{CONF_BASE_URL}": subentry.data[CONF_BASE_URL]
            for kind, subentry in _first_by_vendor(entry).items()
        }
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self._form(user_input or {SECTION_ENDPOINTS: urls}, errors),
            errors=errors,
            description_placeholders=_placeholders(self.hass, errors),
        )

    def _form(
        self, shown: Mapping[str, Any], errors: Mapping[str, str], *, first: bool = False
    ) -> vol.Schema:
        """Return the form; a section is open when something in it is filled in.

        Home Assistant shows no error at a field of a section, so an address with an error comes out
        of it and stands below its key.
        """
        typed = {**shown.get(SECTION_ENDPOINTS, {}), **shown}
        urls = {name.schema: typed[name.schema] for name in _ENDPOINTS if name.schema in typed}
        shown = {**shown, **urls, SECTION_ENDPOINTS: urls}
        inside = {name: field for name, field in _ENDPOINTS.items() if name.schema not in errors}
        fields: dict[Any, Any] = {}
        for (key, password), address in zip(_KEYS.items(), _ENDPOINTS, strict=True):
            fields[key] = password
            if address not in inside:
                fields[address] = URL
        values = {name.schema: urls.get(name.schema) for name in inside}
        fields[vol.Required(SECTION_ENDPOINTS)] = _section(inside, values)
        if first:
            own_server = shown.get(SECTION_OWN_SERVER, {})
            fields[vol.Optional(SECTION_OWN_SERVER)] = _section(_OWN_SERVER, own_server)
        return self.add_suggested_values_to_schema(vol.Schema(fields), shown)

    async def _check(
        self, user_input: Mapping[str, Any], entry: ConfigEntry | None = None
    ) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Check what is new; return what is to be stored of each provider, and the errors."""
        try:
            vault = await async_open_vault(self.hass)
        except MasterKeyError:
            return [], {"base": "master_key_unusable"}
        errors: dict[str, str] = {}
        forms = _provider_forms(user_input, vault, _first_by_vendor(entry) if entry else {})
        for form in forms:
            wrong = form.errors()
            if not wrong and entry and form.is_duplicate(entry, vault):
                wrong = {CONF_API_KEY: "already_configured"}
            errors |= {_field(form.kind, name): error for name, error in wrong.items()}
        if errors:
            return [], {"base": "see_below", **errors}
        checks = await asyncio.gather(*(form.async_ask(self.hass) for form in forms))
        errors = {
            _field(form.kind, CONF_BASE_URL if CONF_BASE_URL in check.errors else CONF_API_KEY): (
                check.error
            )
            for form, check in zip(forms, checks, strict=True)
            if check.error
        }
        if errors:
            errors["base"] = "see_below"
        return [form.encrypted(vault) for form in forms], errors

    def _store(self, entry: ConfigEntry, providers: list[dict[str, Any]]) -> None:
        present = _first_by_vendor(entry)
        for data in providers:
            kind = data[CONF_KIND]
            if kind in present:
                self.hass.config_entries.async_update_subentry(entry, present[kind], data=data)
            else:
                added = ConfigSubentry(
                    subentry_type=SUBENTRY_PROVIDER,
                    title=new_title(self.hass, entry, kind),
                    unique_id=None,
                    data=MappingProxyType(data),
                )
                self.hass.config_entries.async_add_subentry(entry, added)


def _provider_forms(
    user_input: Mapping[str, Any], vault: Vault, present: Mapping[str, ConfigSubentry]
) -> list[ProviderForm]:
    """Return what was typed about each kind of provider, where something of it is new."""
    forms: list[ProviderForm] = []
    for kind in KINDS:
        api_key, address = _typed(user_input, kind)
        changed = present.get(kind)
        before = changed.data if changed else {CONF_MODEL: AUTO, CONF_BASE_URL: "", CONF_KIND: kind}
        moved = address[CONF_BASE_URL] != before[CONF_BASE_URL]
        # The address alone of a company that nobody has an account with says nothing.
        if api_key or (moved and (changed or kind == COMPATIBLE)):
            forms.append(ProviderForm.read(vault, {**before, **address}, api_key, changed))
    return forms


def _typed(user_input: Mapping[str, Any], kind: str) -> tuple[str, dict[str, Any]]:
    """Return the key and the address that were typed for a kind of provider."""
    if kind == COMPATIBLE:
        fields = user_input.get(SECTION_OWN_SERVER, {})
        return read_key(fields), read_address(fields)
    fields = {**user_input[SECTION_ENDPOINTS], **user_input}
    url = normalize_url(fields.get(f"{kind}_{CONF_BASE_URL}", ""))
    return read_key(user_input, f"{kind}_{CONF_API_KEY}"), {CONF_BASE_URL: url}


def _field(kind: str, name: str) -> str:
    """Return where the form shows an error of a kind's key or address."""
    if kind == COMPATIBLE:
        return SECTION_OWN_SERVER
    return f"{kind}_{name}"


def _placeholders(hass: HomeAssistant, errors: Mapping[str, str]) -> dict[str, str]:
    """Return the links for the form, and the providers that it says are to be looked at."""
    wrong = [
        kind_name(hass, kind)
        for kind in KINDS
        if errors.keys() & {_field(kind, n) for n in _FIELDS}
    ]
    links = {f"{kind}_keys": page for kind, page in KEY_PAGES.items()}
    return {**EXAMPLE, **links, "names": listed(hass, wrong)}


def _section(fields: dict[Any, Any], values: Mapping[str, Any]) -> section:
    return section(vol.Schema(fields), {"collapsed": not any(values.values())})


def _first_by_vendor(entry: ConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the first provider of each vendor; further accounts are changed where they are."""
    first: dict[str, ConfigSubentry] = {}
    for provider_id in provider_order(entry):
        subentry = entry.subentries[provider_id]
        if subentry.data[CONF_KIND] in VENDORS:
            first.setdefault(subentry.data[CONF_KIND], subentry)
    return first


def _subentry_data(hass: HomeAssistant, data: Mapping[str, Any]) -> ConfigSubentryData:
    return ConfigSubentryData(
        subentry_type=SUBENTRY_PROVIDER,
        title=kind_name(hass, data[CONF_KIND]),
        unique_id=None,
        data=data,
    )
