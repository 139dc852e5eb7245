"""What a set-up entry consists of: settings, chain, accounts, and what is remembered.

The sensors show what ``Runtime`` holds and nothing else.
"""

from collections import deque
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..chain.attempt import Attempt
from ..chain.failures import Failure
from ..chain.run_queue import RunQueue
from ..chain.walk import Chain
from ..pictures import kept_files
from ..pictures.freshness import SeenPictures
from ..pictures.keep import KeptPictures
from ..pictures.rules import CameraRules, rules_for
from ..providers.base import VendorProvider
from .accounts import Accounts
from .cooldown_store import CooldownStore
from .described_scenes import DescribedScenes
from .expenses import Expenses
from .history import History
from .history_care import Limits
from .recent_answers import RecentAnswers
from .reload_timer import ReloadTimer
from .settings import Settings

type Response = dict[str, Any]
"""What the action returns."""

type EyewitnessConfigEntry = ConfigEntry[Runtime]


_BYTES_IN_MEGABYTE: Final = 1_000_000


class LeftOut(StrEnum):
    """Why a provider cannot be asked."""

    KEY = "key_undecryptable"
    LIBRARY = "library_unusable"


@dataclass(slots=True, kw_only=True)
class Runtime:
    """Everything that belongs to a set-up entry."""

    hass: InitVar[HomeAssistant]
    settings: Settings
    """What the entry says; replaced as a whole when it changes."""
    built: dict[str, VendorProvider]
    """By subentry id; a provider that was left out is not among them."""
    left_out: dict[str, LeftOut]
    """By subentry id."""
    chain: Chain
    accounts: Accounts
    runs: RunQueue[Response]
    tests: RunQueue[Response]
    """The self-test: apart from the events, whose place it must not take."""
    trials: RunQueue[Any]
    """Providers that a flow tries out."""
    probes: RunQueue[None]
    """Providers in trouble that are looked at again, without a person."""
    cooldowns: CooldownStore
    reload: ReloadTimer
    master_key_source: str
    """In words for everybody, never the key or a path."""
    master_keys: int
    """How many there are; all but the newest only decrypt."""
    troubles: dict[str, Failure] = field(default_factory=dict)
    """What only a person can mend, by the subentry's id; ``issues`` reports it."""
    refused: set[str] = field(default_factory=set)
    """Subentries whose key the vendor has refused twice."""
    doubted: set[str] = field(default_factory=set)
    """Subentries whose key is being looked at for the second time."""
    last_attempts: dict[str, deque[Attempt]] = field(default_factory=dict)
    """The last requests to each provider, by subentry id, trials apart."""
    recent: RecentAnswers[Response] = field(default_factory=RecentAnswers)
    scenes: DescribedScenes[Any] = field(default_factory=DescribedScenes)
    seen: SeenPictures = field(default_factory=SeenPictures)
    described: dict[str, Any] = field(default_factory=dict)
    """The record of each camera's last description since the start, by entity id: what is added
    because of it has to show it."""
    kept: KeptPictures = field(init=False)
    """The pictures of failed events."""
    last_pictures: KeptPictures = field(init=False)
    """The last described picture of each camera."""
    history: History = field(init=False)
    """The events with their pictures, described or not."""
    expenses: Expenses = field(init=False)

    def __post_init__(self, hass: HomeAssistant) -> None:
        """Let the pictures know the rules of the moment, and the expenses the accounts."""
        self.expenses = Expenses(self.accounts)
        self.kept = KeptPictures(rules_for=self.rules_for, masked=self._has_masks)
        self.last_pictures = KeptPictures(
            rules_for=self.rules_for,
            masked=self._has_masks,
            root=kept_files.last_root,
            newest_only=True,
        )
        self.history = History(hass, self.accounts, self.rules_for, self._limits)

    def _limits(self) -> Limits:
        return Limits(
            self.settings.history_days, self.settings.history_megabytes * _BYTES_IN_MEGABYTE
        )

    def _has_masks(self) -> bool:
        return any(each.rules.masks for each in self.settings.cameras)

    def rules_for(self, hass: HomeAssistant, entity_id: str) -> CameraRules:
        """Return the rules that a camera has now."""
        return rules_for(hass, self.settings.cameras, entity_id)

    @property
    def providers(self) -> dict[str, VendorProvider]:
        """Return the providers that can be asked, by subentry id, in the user's order."""
        return {key: self.built[key] for key in self.settings.order if key in self.built}

    def seconds_to_next_try(self, provider_id: str) -> float:
        """Return when an event may ask a provider again: sooner when nobody else is left."""
        healths = [self.chain.health(each) for each in self.providers]
        health = self.chain.health(provider_id)
        somebody_is_ready = any(not each.guess_left for each in healths)
        return health.guess_left if somebody_is_ready else health.firm_left

    def reset(self, provider_id: str) -> None:
        """Trust a provider again that has just proved itself in a test."""
        self.refused.discard(provider_id)
        self.chain.health(provider_id).reset()
        self.cooldowns.async_save()

    async def async_stop(self) -> None:
        """Begin nothing any more, and stop what is under way; what it sent is booked then."""
        self.reload.async_cancel()
        for queue in (self.runs, self.tests, self.trials, self.probes):
            await queue.close()
