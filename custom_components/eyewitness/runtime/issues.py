"""Ask the user for help: the only module that starts a reauthentication or touches repairs."""

from collections.abc import Container, Iterable, Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..chain.attempt import Attempt
from ..chain.failures import Failure
from ..const import CONF_MODEL, DATABASE, DOMAIN, SUBENTRY_PROVIDER
from ..providers.spec import AUTO
from . import EyewitnessConfigEntry, LeftOut
from .accounts import DAMAGED, NEWER, SIGNAL_ACCOUNTS, UNWRITABLE

QUOTA: Final = "quota"
ACCESS_DENIED: Final = "access_denied"
MODEL_MISSING: Final = "model_missing"
MODEL_RETIRES: Final = "model_retires"
NO_MODEL: Final = "no_model"
REJECTED: Final = "rejected"
ENDPOINT_MOVED: Final = "endpoint_moved"
TLS: Final = "tls"
PROVIDERS_OUT: Final = "providers_out"
NO_PROVIDER: Final = "no_provider"
CAMERA_GONE: Final = "camera_gone"
CAMERA_UNCOVERED: Final = "camera_uncovered"
CAMERAS_FAILING: Final = "cameras_failing"
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

_ANSWERED: Final = frozenset({Failure.REFUSED, Failure.BLIND, Failure.MALFORMED})
"""Answers, if no good ones: whoever gives one has a quota, access and a model."""

_NAMES: Final = (*_ISSUES.values(), NO_MODEL)
"""Of the reports about one provider."""


@callback
def async_ask_for_key(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Start the one flow that asks for every key that is needed."""
    entry.async_start_reauth(hass)


@callback
def async_reflect(
    hass: HomeAssistant, entry: EyewitnessConfigEntry, attempts: Iterable[Attempt]
) -> None:
    """Report what a person has to mend, and take the report back once the provider answers."""
    troubles = entry.runtime_data.troubles
    for provider_id, last in {attempt.provider_id: attempt for attempt in attempts}.items():
        if last.success or last.failure in _ANSWERED:
            async_clear(hass, entry, provider_id)
        elif last.failure is not None and _is_worth_a_report(entry, provider_id, last.failure):
            troubles[provider_id] = last.failure
    _async_show_troubles(hass, entry)


@callback
def _async_show_troubles(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Let there be a report for each provider in trouble, or one for all that are to be tried.

    Nobody wants to press the same button four times. What somebody ignored stays by itself.
    """
    registry = ir.async_get(hass)
    alone: dict[str, str] = {}
    together: dict[str, str] = {}
    for provider_id, failure in entry.runtime_data.troubles.items():
        if provider_id not in entry.subentries:
            continue  # removed while it was asked
        name = _name(entry, provider_id, failure)
        known = registry.async_get_issue(DOMAIN, f"{name}_{provider_id}")
        is_ignored = known is not None and known.dismissed_version is not None
        group = alone if failure is Failure.MODEL_MISSING or is_ignored else together
        group[provider_id] = name
    if len(together) == 1:
        alone |= together
        together = {}
    still = {f"{name}_{provider_id}" for provider_id, name in alone.items()}
    # One that is not active only says that it was ignored before Home Assistant was restarted.
    asleep = {
        issue_id
        for (_, issue_id), issue in registry.issues.items()
        if not issue.active and issue_id.rpartition("_")[2] in entry.subentries
    }
    async_take_back(hass, tuple(f"{name}_" for name in _NAMES), still=still | asleep)
    for provider_id, name in alone.items():
        about: About = {"entry_id": entry.entry_id, "provider_id": provider_id}
        title = entry.subentries[provider_id].title
        _async_create(hass, f"{name}_{provider_id}", name, about, {"provider": title})
        if name == MODEL_MISSING:
            async_report_retiring(hass, entry, provider_id, None)  # it has come true
    if not together:
        ir.async_delete_issue(hass, DOMAIN, PROVIDERS_OUT)
        return
    failures = {provider_id: entry.runtime_data.troubles[provider_id] for provider_id in together}
    _async_create(
        hass,
        PROVIDERS_OUT,
        PROVIDERS_OUT,
        {"entry_id": entry.entry_id, **failures},
        {"count": str(len(together))},
    )


def _name(entry: EyewitnessConfigEntry, provider_id: str, failure: Failure) -> str:
    """Return the name of the report; a model of our own choice has no name to look for."""
    is_auto = entry.subentries[provider_id].data.get(CONF_MODEL, AUTO) == AUTO
    return NO_MODEL if failure is Failure.MODEL_MISSING and is_auto else _ISSUES[failure]


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
    runtime = entry.runtime_data
    _async_remember_troubles(hass, entry)
    unusable = {
        provider_id for provider_id, reason in runtime.left_out.items() if reason is LeftOut.LIBRARY
    }
    known = {f"{SDK_UNUSABLE}_{provider_id}" for provider_id in unusable}
    if not entry.get_subentries_of_type(SUBENTRY_PROVIDER):
        known.add(NO_PROVIDER)
    known |= {f"{MODEL_RETIRES}_{provider_id}" for provider_id in entry.subentries}
    begin = (NO_PROVIDER, f"{SDK_UNUSABLE}_", f"{MODEL_RETIRES}_")
    async_take_back(hass, begin, still=known)
    if NO_PROVIDER in known:
        _async_create(hass, NO_PROVIDER, NO_PROVIDER)
    for provider_id in unusable:
        title, issue_id = entry.subentries[provider_id].title, f"{SDK_UNUSABLE}_{provider_id}"
        severity = ir.IssueSeverity.ERROR
        _async_create(hass, issue_id, SDK_UNUSABLE, None, {"provider": title}, severity)
    for provider_id in runtime.providers:
        health = runtime.chain.health(provider_id)
        failure = health.cooldown_failure
        if failure and health.cooldown_left and _is_worth_a_report(entry, provider_id, failure):
            runtime.troubles[provider_id] = failure
    _async_show_troubles(hass, entry)


@callback
def _async_remember_troubles(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Take up the troubles that the run before this one has reported."""
    by_name = {name: failure for failure, name in _ISSUES.items()} | {
        NO_MODEL: Failure.MODEL_MISSING
    }
    for (domain, issue_id), issue in ir.async_get(hass).issues.items():
        if domain != DOMAIN or not issue.active:
            continue
        name, _, provider_id = issue_id.rpartition("_")
        reported = (
            issue.data or {} if issue_id == PROVIDERS_OUT else {provider_id: by_name.get(name)}
        )
        entry.runtime_data.troubles |= {
            provider_id: Failure(str(failure))
            for provider_id, failure in reported.items()
            if failure and provider_id in entry.subentries
        }


@callback
def async_end(hass: HomeAssistant) -> None:
    """Take every report back."""
    async_take_back(hass, ("",), still=())


@callback
def async_clear(hass: HomeAssistant, entry: EyewitnessConfigEntry, provider_id: str) -> None:
    """Take a provider's reports back."""
    entry.runtime_data.troubles.pop(provider_id, None)
    for name in _NAMES:
        ir.async_delete_issue(hass, DOMAIN, f"{name}_{provider_id}")
    _async_show_troubles(hass, entry)


@callback
def async_report_retiring(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    provider_id: str,
    placeholders: dict[str, str] | None,
) -> None:
    """Report that a provider's model will be switched off; take it back when it will not.

    ``placeholders`` has an empty ``successor`` where no model is fit to take its place.
    """
    issue_id = f"{MODEL_RETIRES}_{provider_id}"
    is_missing = entry.runtime_data.troubles.get(provider_id) is Failure.MODEL_MISSING
    if placeholders is None or is_missing:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    about: About = {"entry_id": entry.entry_id, "provider_id": provider_id, **placeholders}
    _async_create(hass, issue_id, MODEL_RETIRES, about, placeholders)


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
    async_take_back(hass, _CAMERA, still=current)
    for (name, subentry_id), placeholders in reports.items():
        about: About = {"entry_id": entry.entry_id, "subentry_id": subentry_id}
        _async_create(hass, f"{name}_{subentry_id}", name, about, placeholders)


@callback
def async_report_failing(hass: HomeAssistant, placeholders: dict[str, str] | None) -> None:
    """Report the cameras whose events fail; take the report back when there are none."""
    if placeholders is None:
        ir.async_delete_issue(hass, DOMAIN, CAMERAS_FAILING)
    else:
        _async_create(hass, CAMERAS_FAILING, CAMERAS_FAILING, placeholders=placeholders)


@callback
def async_watch_ledger(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Report trouble with the ledger now and from now on, and that there is none any more."""

    @callback
    def reflect() -> None:
        for name in (DAMAGED, NEWER, UNWRITABLE):
            if name != entry.runtime_data.accounts.trouble:
                ir.async_delete_issue(hass, DOMAIN, name)
                continue
            about: About | None = {"entry_id": entry.entry_id} if name == DAMAGED else None
            _async_create(hass, name, name, about, {"file": DATABASE}, ir.IssueSeverity.ERROR)

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_ACCOUNTS, reflect))
    reflect()


@callback
def async_take_back(hass: HomeAssistant, begin: tuple[str, ...], *, still: Container[str]) -> None:
    """Take back all reports whose ids begin like one of these, but for those ``still`` true."""
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(begin) and issue_id not in still:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _async_create(
    hass: HomeAssistant,
    issue_id: str,
    name: str,
    about: About | None = None,
    placeholders: dict[str, str] | None = None,
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
) -> None:
    """Report something; what a flow can fix says what it is about."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data=about,
        is_fixable=about is not None,
        severity=severity,
        translation_key=name,
        translation_placeholders=placeholders,
    )
