"""Remember over a restart which providers must not be asked yet.

Only what outlasts a short pause is kept: a spent quota, a long Retry-After, a refused key, a model
that is gone. A new key, model or address makes a provider a new one, and its past is forgotten.
"""

from collections.abc import Mapping
from hashlib import sha256
from math import inf, isfinite
from time import time
from typing import Final, TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from ..chain.failures import Failure
from ..chain.policy import POLICIES
from ..chain.walk import Chain
from ..const import CONF_API_KEY, CONF_BASE_URL, CONF_KIND, CONF_MODEL, DOMAIN, LOGGER

_VERSION: Final = 1
_SAVE_SECONDS: Final = 30
_SHORT_SECONDS: Final = 60.0
"""A cooldown that ends sooner is not worth a write to an SD card."""
_UNREADABLE: Final = (
    *(HomeAssistantError, AttributeError, KeyError, NotImplementedError),
    *(TypeError, ValueError),
)
"""Home Assistant reports what is no JSON, and stumbles over JSON that is no store of its own."""
_ENDLESS: Final = frozenset({Failure.AUTH, Failure.MODEL_MISSING})
"""What only a person can change."""


class Mark(TypedDict):
    """A cooldown as it is stored: until when a provider is not asked, and why."""

    fingerprint: str
    """That of the provider's settings when they failed."""
    kind: str
    """The failure's value."""
    until: float | None
    """Unix seconds, None for until the provider's settings change."""


def fingerprint(data: Mapping[str, str]) -> str:
    """Return a hash that changes whenever a person confirms a provider's settings.

    The encrypted key is another one each time, even for the same key: whoever enters it again
    wants the provider to be asked again.
    """
    confirmed = [data[name] for name in (CONF_KIND, CONF_API_KEY, CONF_MODEL, CONF_BASE_URL)]
    return sha256("\n".join(confirmed).encode()).hexdigest()[:16]


def _store(hass: HomeAssistant) -> Store[dict[str, Mark]]:
    return Store(hass, _VERSION, f"{DOMAIN}.marks")


async def async_forget(hass: HomeAssistant) -> None:
    """Delete the file."""
    await _store(hass).async_remove()


class CooldownStore:
    """The marks in Home Assistant's storage, kept in step with a chain's cooldowns."""

    def __init__(self, hass: HomeAssistant, chain: Chain, fingerprints: dict[str, str]) -> None:
        """Take the fingerprints of the providers by id."""
        self._store = _store(hass)
        self._chain = chain
        self._fingerprints = fingerprints
        self._saved: dict[str, Mark] = {}
        """What the file holds, or will hold soon."""
        self._closed = False

    async def async_load(self) -> set[str]:
        """Restore the cooldowns; return the ids of the providers whose key was refused twice.

        A clock that was set meanwhile can shorten a cooldown or stretch it to the longest that its
        failure allows, never further. A file that cannot be read costs the marks in it and
        nothing else; one of a newer version is left as it is.
        """
        refused: set[str] = set()
        self._saved = _valid_marks(await self._async_read())
        for provider_id, mark in self._saved.items():
            if mark["fingerprint"] != self._fingerprints.get(provider_id):
                continue
            failure, until = Failure(mark["kind"]), mark["until"]
            policy = POLICIES[failure]
            longest = max(policy.cooldown_max_seconds, policy.cooldown_seconds)
            seconds = inf if until is None else min(until - time(), longest)
            if seconds > 0:
                self._chain.health(provider_id).cool_down(failure, seconds)
            if failure is Failure.AUTH and until is None:
                refused.add(provider_id)
        return refused

    async def _async_read(self) -> object:
        try:
            return await self._store.async_load()
        except UnsupportedStorageVersionError:
            LOGGER.warning("The cooldowns were stored by a newer version and are left alone")
            self._store.make_read_only()
        except _UNREADABLE as err:
            LOGGER.warning("The stored cooldowns cannot be read (%s)", type(err).__name__)
        return None

    @callback
    def async_save(self) -> None:
        """Write the marks soon if they have changed, at the latest when Home Assistant stops.

        Not after they were closed: the file belongs to the entry's next run by then.
        """
        if self._closed:
            return
        if (marks := self._marks()) != self._saved:
            self._saved = marks
            self._store.async_delay_save(self._marks, _SAVE_SECONDS)

    @callback
    def async_reseal(self, provider_id: str, data: Mapping[str, str]) -> None:
        """Keep a provider's mark although its key is encrypted anew."""
        self._fingerprints[provider_id] = fingerprint(data)
        self.async_save()

    async def async_close(self) -> None:
        """Write the marks for the last time."""
        self._closed = True
        await self.async_flush()

    async def async_flush(self) -> None:
        """Write the marks now."""
        await self._store.async_save(self._marks())

    def _marks(self) -> dict[str, Mark]:
        marks: dict[str, Mark] = {}
        for provider_id, digest in self._fingerprints.items():
            health = self._chain.health(provider_id)
            left, failure = health.cooldown_left, health.cooldown_failure
            if failure is not None and left > _SHORT_SECONDS:
                until = float(round(time() + left)) if isfinite(left) else None
                marks[provider_id] = Mark(fingerprint=digest, kind=failure.value, until=until)
        return marks


def _valid_marks(stored: object) -> dict[str, Mark]:
    """Return the marks that make sense: a damaged one costs a request, nothing else."""
    valid: dict[str, Mark] = {}
    for provider_id, mark in stored.items() if isinstance(stored, dict) else ():
        match mark:
            case {
                "fingerprint": str(digest),
                "kind": str(kind),
                "until": float() | int() | None as until,
            } if kind in POLICIES and (kind in _ENDLESS if until is None else isfinite(until)):
                valid[provider_id] = Mark(fingerprint=digest, kind=kind, until=until)
    return valid
