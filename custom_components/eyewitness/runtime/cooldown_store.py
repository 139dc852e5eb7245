"""Remember over a restart which providers must not be asked yet, and what their models reject.

Of cooldowns only what outlasts a short pause is worth a write: a spent quota, a long Retry-After, a
refused key, a model that is gone. But what is written when a run ends holds short ones as well: a
reload takes a second, and what a vendor named is kept. A new key, model or address makes a provider
a new one, and its past is forgotten.
"""

from collections.abc import Mapping
from hashlib import sha256
from math import ceil, inf, isfinite
from time import time
from typing import Final, NotRequired, TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from ..chain.failures import Failure
from ..chain.policy import POLICIES
from ..chain.redaction import redact
from ..chain.walk import Chain
from ..const import CONF_API_KEY, CONF_BASE_URL, CONF_KIND, CONF_MODEL, DOMAIN, LOGGER
from ..providers.base import VendorProvider

_VERSION: Final = 1
_SAVE_SECONDS: Final = 30
_NOISE_SECONDS: Final = 0.01
"""Between a look at the wall clock and one at the loop's."""
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
    """What is stored of a provider: until when it is not asked, and what its models reject."""

    fingerprint: str
    """That of the provider's settings at the time."""
    kind: NotRequired[str]
    """The value of the failure after which it cools down."""
    until: NotRequired[float | None]
    """Unix seconds, None for until the provider's settings change."""
    dropped: NotRequired[dict[str, list[str]]]
    """By model, the parameters that it gets no more."""
    guess: NotRequired[bool]
    """Whether part of the time is a guess of ours; marks of before 0.2 do not say, and hold."""


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

    def __init__(
        self,
        hass: HomeAssistant,
        chain: Chain,
        fingerprints: dict[str, str],
        providers: Mapping[str, VendorProvider],
    ) -> None:
        """Take the fingerprints of the providers, and those that can be asked, by id."""
        self._store = _store(hass)
        self._chain = chain
        self._fingerprints = fingerprints
        self._providers = providers
        self._saved: dict[str, Mark] = {}
        """What the file holds, or will hold soon."""
        self._closed = False

    async def async_load(self) -> set[str]:
        """Restore what was learnt; return the ids of the providers whose key was refused twice.

        A clock that was set meanwhile can shorten a cooldown or stretch it to the longest that its
        failure allows, never further. A file that cannot be read costs the marks in it and
        nothing else; one of a newer version is left as it is.
        """
        refused: set[str] = set()
        self._saved = _valid_marks(await self._async_read())
        for provider_id, mark in self._saved.items():
            if mark["fingerprint"] != self._fingerprints.get(provider_id):
                continue
            if (provider := self._providers.get(provider_id)) is not None:
                provider.drop_parameters(mark.get("dropped", {}))
            if "kind" not in mark:
                continue
            failure, until = Failure(mark["kind"]), mark["until"]
            policy = POLICIES[failure]
            longest = max(policy.cooldown_max_seconds, policy.cooldown_seconds)
            seconds = inf if until is None else min(until - time(), longest)
            if seconds > 0:
                named = not mark.get("guess", False)
                self._chain.health(provider_id).cool_down(failure, seconds, named=named)
            if failure is Failure.AUTH and until is None:
                refused.add(provider_id)
        return refused

    async def _async_read(self) -> object:
        try:
            return await self._store.async_load()
        except UnsupportedStorageVersionError:
            LOGGER.warning(
                "The notes on who must not be asked yet are from a newer version and are not used"
            )
            self._store.make_read_only()
        except _UNREADABLE as err:
            LOGGER.warning(
                "The notes on who must not be asked yet cannot be read (%s)", type(err).__name__
            )
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
        await self._store.async_save(self._marks(shortest=0.0))

    async def async_flush(self) -> None:
        """Write the marks now."""
        await self._store.async_save(self._marks())

    def _marks(self, shortest: float = _SHORT_SECONDS) -> dict[str, Mark]:
        marks: dict[str, Mark] = {}
        for provider_id, digest in self._fingerprints.items():
            mark = Mark(fingerprint=digest)
            health = self._chain.health(provider_id)
            left, failure = health.cooldown_left, health.cooldown_failure
            if failure is not None and left > shortest:
                # Rounded up: nobody is to be asked before the time that was named. But a time that
                # was rounded before shall not grow by a second at each start.
                until = float(ceil(time() + left - _NOISE_SECONDS)) if isfinite(left) else None
                mark |= {"kind": failure.value, "until": until}
                if not health.cooldown_named:
                    mark["guess"] = True
            if dropped := _dropped(self._providers.get(provider_id)):
                mark["dropped"] = dropped
            if len(mark) > 1:
                marks[provider_id] = mark
        return marks


def _dropped(provider: VendorProvider | None) -> dict[str, list[str]]:
    """Return what a provider's models reject, but for one whose name is a key that was mistyped."""
    return {
        model: sorted(names)
        for model, names in (provider.dropped_parameters if provider else {}).items()
        if redact(model) == model
    }


def _valid_marks(stored: object) -> dict[str, Mark]:
    """Return the marks that make sense: a damaged one costs a request, nothing else."""
    valid: dict[str, Mark] = {}
    for provider_id, found in stored.items() if isinstance(stored, dict) else ():
        match found:
            case {"fingerprint": str(digest)}:
                valid[provider_id] = Mark(fingerprint=digest)
            case _:
                continue
        match found:
            case {"kind": str(kind), "until": float() | int() | None as until} if (
                kind in POLICIES and (kind in _ENDLESS if until is None else isfinite(until))
            ):
                valid[provider_id] |= {"kind": kind, "until": until}
                if found.get("guess") is True:
                    valid[provider_id]["guess"] = True
        match found:
            case {"dropped": dict(dropped)}:
                valid[provider_id]["dropped"] = {
                    str(model): [name for name in names if isinstance(name, str)]
                    for model, names in dropped.items()
                    if isinstance(names, list)
                }
    return {provider_id: mark for provider_id, mark in valid.items() if len(mark) > 1}
