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
from homeassistant.helpers.storage import Store

from ..chain.failures import Kind
from ..chain.policy import RULES
from ..chain.walk import Chain
from ..const import CONF_API_KEY, CONF_BASE_URL, CONF_KIND, CONF_MODEL, DOMAIN

_VERSION: Final = 1
_SAVE_SECONDS: Final = 30
_SHORT_SECONDS: Final = 60.0
"""A bench that ends sooner is not worth a write to an SD card."""
_ENDLESS: Final = frozenset({Kind.AUTH, Kind.MODEL_MISSING})
"""What only a person can change."""


class Mark(TypedDict):
    """Say until when a provider is out, and why."""

    fingerprint: str
    kind: str
    until: float | None
    """Unix seconds, None for until the provider's settings change."""


def fingerprint(data: Mapping[str, str]) -> str:
    """Return what changes whenever a person confirms a provider's settings.

    The encrypted key is another one each time, even for the same key: whoever enters it again
    wants the provider to be asked again.
    """
    told = [data[name] for name in (CONF_KIND, CONF_API_KEY, CONF_MODEL, CONF_BASE_URL)]
    return sha256("\n".join(told).encode()).hexdigest()[:16]


class Memory:
    """Load the marks into a chain and save them when they have changed."""

    def __init__(self, hass: HomeAssistant, chain: Chain, fingerprints: dict[str, str]) -> None:
        """Take the fingerprints of the providers by id."""
        self._store: Store[dict[str, Mark]] = Store(hass, _VERSION, f"{DOMAIN}.marks")
        self._chain = chain
        self._fingerprints = fingerprints
        self._kept: dict[str, Mark] = {}
        """What the file holds, or will hold soon."""

    async def async_load(self) -> set[str]:
        """Bench the providers that were benched before; return those whose key was refused twice.

        A clock that was set meanwhile can shorten a bench or stretch it to the longest that its
        kind allows, never further. Raises ``HomeAssistantError`` for a file that cannot be read or
        is from a newer version.
        """
        refused: set[str] = set()
        self._kept = _valid(await self._store.async_load())
        for key, mark in self._kept.items():
            if mark["fingerprint"] != self._fingerprints.get(key):
                continue
            kind, until = Kind(mark["kind"]), mark["until"]
            longest = max(RULES[kind].bench_max_seconds, RULES[kind].bench_seconds)
            seconds = inf if until is None else min(until - time(), longest)
            if seconds > 0:
                self._chain.standing(key).bench(kind, seconds)
            if kind is Kind.AUTH and until is None:
                refused.add(key)
        return refused

    @callback
    def async_save(self) -> None:
        """Write the marks soon if they have changed, at the latest when Home Assistant stops."""
        if (marks := self._marks()) != self._kept:
            self._kept = marks
            self._store.async_delay_save(self._marks, _SAVE_SECONDS)

    @callback
    def async_reseal(self, provider_id: str, data: Mapping[str, str]) -> None:
        """Keep a provider's mark although its key is encrypted anew."""
        self._fingerprints[provider_id] = fingerprint(data)
        self.async_save()

    async def async_flush(self) -> None:
        """Write the marks now."""
        await self._store.async_save(self._marks())

    def _marks(self) -> dict[str, Mark]:
        marks: dict[str, Mark] = {}
        for key, known in self._fingerprints.items():
            standing = self._chain.standing(key)
            left, kind = standing.bench_left, standing.bench_kind
            if kind is not None and left > _SHORT_SECONDS:
                until = float(round(time() + left)) if isfinite(left) else None
                marks[key] = Mark(fingerprint=known, kind=kind.value, until=until)
        return marks


def _valid(stored: object) -> dict[str, Mark]:
    """Return the marks that make sense: a damaged one costs a request, nothing else."""
    found: dict[str, Mark] = {}
    for key, mark in stored.items() if isinstance(stored, dict) else ():
        match mark:
            case {
                "fingerprint": str(known),
                "kind": str(kind),
                "until": float() | int() | None as until,
            }:
                known_kind = kind in RULES
                if known_kind and (kind in _ENDLESS if until is None else isfinite(until)):
                    found[key] = Mark(fingerprint=known, kind=kind, until=until)
    return found
