"""Ask the user for help: the only module that starts a reauthentication or touches repairs."""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..chain.attempt import Attempt
from ..chain.failures import Kind
from ..const import DOMAIN, SUBENTRY_PROVIDER
from . import EyewitnessConfigEntry, Runtime

QUOTA: Final = "quota"
ACCESS_DENIED: Final = "access_denied"
MODEL_MISSING: Final = "model_missing"
REJECTED: Final = "rejected"
ENDPOINT_MOVED: Final = "endpoint_moved"
TLS: Final = "tls"
NO_PROVIDER: Final = "no_provider"

_ISSUES: Final = {
    Kind.QUOTA: QUOTA,
    Kind.FORBIDDEN: ACCESS_DENIED,
    Kind.MODEL_MISSING: MODEL_MISSING,
    Kind.BAD_REQUEST: REJECTED,
    Kind.REDIRECT: ENDPOINT_MOVED,
    Kind.TLS: TLS,
}
"""What only a person can mend (notes 4). A refused key is asked for by a reauthentication."""


@callback
def async_ask_for_key(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Start the one flow that asks for every key that is needed."""
    entry.async_start_reauth(hass)


@callback
def async_reflect(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    runtime: Runtime,
    attempts: Iterable[Attempt],
) -> None:
    """Report what a person has to mend, and take the report back once the provider answers."""
    for provider_id, last in {attempt.provider_id: attempt for attempt in attempts}.items():
        if last.success:
            async_clear(hass, provider_id)
        elif last.kind is not None and _worth_it(runtime, provider_id, last.kind):
            _async_report(hass, entry, provider_id, last.kind)


def _worth_it(runtime: Runtime, provider_id: str, kind: Kind) -> bool:
    """Say whether a failure is worth a report; a single rejected request is not."""
    standing = runtime.chain.standing(provider_id)
    benched = standing.bench_kind is kind and standing.bench_left > 0
    return kind in _ISSUES and (kind is not Kind.BAD_REQUEST or benched)


@callback
def async_begin(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Report what is known at the start, and nothing that has been mended or removed since."""
    async_end(hass)
    if not list(entry.get_subentries_of_type(SUBENTRY_PROVIDER)):
        ir.async_create_issue(
            hass,
            DOMAIN,
            NO_PROVIDER,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=NO_PROVIDER,
        )
    for provider_id in entry.runtime_data.providers:
        standing = entry.runtime_data.chain.standing(provider_id)
        if standing.bench_kind in _ISSUES and standing.bench_left > 0:
            _async_report(hass, entry, provider_id, standing.bench_kind)


@callback
def async_end(hass: HomeAssistant) -> None:
    """Take every report back."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_clear(hass: HomeAssistant, provider_id: str) -> None:
    """Take a provider's reports back."""
    for name in _ISSUES.values():
        ir.async_delete_issue(hass, DOMAIN, f"{name}_{provider_id}")


def _async_report(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str, kind: Kind
) -> None:
    if (subentry := entry.subentries.get(provider_id)) is None:
        return  # removed while it was asked
    name = _ISSUES[kind]
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{name}_{provider_id}",
        data={"entry_id": entry.entry_id, "provider_id": provider_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=name,
        translation_placeholders={"provider": subentry.title},
    )
