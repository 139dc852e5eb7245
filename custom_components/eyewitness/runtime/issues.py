"""Ask the user for help: the only module that starts a reauthentication or touches repairs."""

from collections.abc import Container, Iterable, Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..chain.attempt import Attempt
from ..chain.failures import Failure
from ..const import DATABASE, DOMAIN, SUBENTRY_PROVIDER
from . import EyewitnessConfigEntry, LeftOut
from .accounts import DAMAGED, NEWER, SIGNAL_ACCOUNTS, UNWRITABLE

QUOTA: Final = "quota"
ACCESS_DENIED: Final = "access_denied"
MODEL_MISSING: Final = "model_missing"
REJECTED: Final = "rejected"
ENDPOINT_MOVED: Final = "endpoint_moved"
TLS: Final = "tls"
NO_PROVIDER: Final = "no_provider"
CAMERA_GONE: Final = "camera_gone"
CAMERA_UNCOVERED: Final = "camera_uncovered"
SDK_UNUSABLE: Final = "sdk_unusable"
type About = dict[str, str | int | float | None]
"""What a fix flow is given."""

_STARTING_SECONDS: Final = 600.0
"""A cooldown that is shorter than this may be that of a server which has not loaded its model."""

_CAMERA: Final = (CAMERA_GONE, CAMERA_UNCOVERED)

_ISSUES: Final = {
    Failure.QUOTA: QUOTA,
    Failure.FORBIDDEN: ACCESS_DENIED,
    Failure.MODEL_MISSING: MODEL_MISSING,
    Failure.BAD_REQUEST: REJECTED,
    Failure.REDIRECT: ENDPOINT_MOVED,
    Failure.TLS: TLS,
}
"""What only a person can mend. A refused key is asked for by a reauthentication."""


@callback
def async_ask_for_key(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Start the one flow that asks for every key that is needed."""
    entry.async_start_reauth(hass)


@callback
def async_reflect(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, attempts: Iterable[Attempt]
) -> None:
    """Report what a person has to mend, and take the report back once the provider answers."""
    for provider_id, last in {attempt.provider_id: attempt for attempt in attempts}.items():
        if last.success:
            async_clear(hass, provider_id)
        elif last.failure is not None and _is_worth_a_report(entry, provider_id, last.failure):
            _async_report(hass, entry, provider_id, last.failure)


def _is_worth_a_report(entry: EyewitnessConfigEntry, provider_id: str, failure: Failure) -> bool:
    """Return whether a person has to mend this.

    Neither a single rejected request is worth it nor a model that may only not be there yet.
    """
    health = entry.runtime_data.chain.health(provider_id)
    left = health.cooldown_left if health.cooldown_failure is failure else 0.0
    if failure is Failure.MODEL_MISSING:
        return left > _STARTING_SECONDS
    return failure in _ISSUES and (failure is not Failure.BAD_REQUEST or left > 0)


@callback
def async_begin(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Report what is known at the start, and take back what was about something that is gone.

    The others stay until the provider answers or its settings change: Home Assistant forgets that
    somebody ignored a report when it is deleted. After a restart it knows no more of a report
    than that, and shows it once it is raised again.
    """
    known = {
        f"{name}_{subentry.subentry_id}"
        for name in _ISSUES.values()
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER)
    } or {NO_PROVIDER}
    unusable = {
        provider_id
        for provider_id, reason in entry.runtime_data.left_out.items()
        if reason is LeftOut.LIBRARY
    }
    known |= {f"{SDK_UNUSABLE}_{provider_id}" for provider_id in unusable}
    ours = (NO_PROVIDER, *(f"{name}_" for name in (SDK_UNUSABLE, *_ISSUES.values())))
    _async_take_back(hass, ours, still=known)
    if NO_PROVIDER in known:
        ir.async_create_issue(
            hass,
            DOMAIN,
            NO_PROVIDER,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=NO_PROVIDER,
        )
    for provider_id in unusable:
        ir.async_create_issue(
            hass,
            DOMAIN,
            f"{SDK_UNUSABLE}_{provider_id}",
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=SDK_UNUSABLE,
            translation_placeholders={"provider": entry.subentries[provider_id].title},
        )
    for provider_id in entry.runtime_data.providers:
        health = entry.runtime_data.chain.health(provider_id)
        failure = health.cooldown_failure
        if failure and health.cooldown_left and _is_worth_a_report(entry, provider_id, failure):
            _async_report(hass, entry, provider_id, failure)


@callback
def async_end(hass: HomeAssistant) -> None:
    """Take every report back."""
    _async_take_back(hass, ("",), still=())


@callback
def async_clear(hass: HomeAssistant, provider_id: str) -> None:
    """Take a provider's reports back."""
    for name in _ISSUES.values():
        ir.async_delete_issue(hass, DOMAIN, f"{name}_{provider_id}")


@callback
def async_report_cameras(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    reports: Mapping[tuple[str, str], dict[str, str]],
) -> None:
    """Report what is wrong with rules for cameras, and take back what is not any more.

    ``reports`` are the placeholders by the report's name and the subentry's id.
    """
    current = {f"{name}_{subentry_id}" for name, subentry_id in reports}
    _async_take_back(hass, _CAMERA, still=current)
    for (name, subentry_id), placeholders in reports.items():
        about: About = {"entry_id": entry.entry_id, "subentry_id": subentry_id}
        _async_create(hass, name, subentry_id, about, placeholders)


@callback
def async_watch_ledger(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Report trouble with the ledger now and from now on, and that there is none any more."""

    @callback
    def reflect() -> None:
        for name in (DAMAGED, NEWER, UNWRITABLE):
            if name != entry.runtime_data.accounts.trouble:
                ir.async_delete_issue(hass, DOMAIN, name)
                continue
            ir.async_create_issue(
                hass,
                DOMAIN,
                name,
                data={"entry_id": entry.entry_id},
                is_fixable=name == DAMAGED,
                severity=ir.IssueSeverity.ERROR,
                translation_key=name,
                translation_placeholders={"file": DATABASE},
            )

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_ACCOUNTS, reflect))
    reflect()


def _async_take_back(hass: HomeAssistant, begin: tuple[str, ...], *, still: Container[str]) -> None:
    """Take back all reports whose ids begin like one of these, but for those ``still`` true."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(begin) and issue_id not in still:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _async_report(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str, failure: Failure
) -> None:
    if (subentry := entry.subentries.get(provider_id)) is None:
        return  # removed while it was asked
    about: About = {"entry_id": entry.entry_id, "provider_id": provider_id}
    _async_create(hass, _ISSUES[failure], provider_id, about, {"provider": subentry.title})


def _async_create(
    hass: HomeAssistant,
    name: str,
    subentry_id: str,
    about: About,
    placeholders: dict[str, str],
) -> None:
    """Report something about a provider or a camera that a flow can fix."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{name}_{subentry_id}",
        data=about,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=name,
        translation_placeholders=placeholders,
    )
