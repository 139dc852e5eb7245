"""Look by ourselves whether a provider in trouble is well again, before a person has to.

Only its reports need this: an event asks it anyway, once a minute when nobody else is left. But
while others answer nobody asks it, and it would be reported long after it was mended. A look that
is refused costs nothing, and one that is answered a fraction of a cent, once: then it is over.
"""

from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from ..const import LOGGER
from ..ledger.rows import NO_CAMERA
from ..runtime import EyewitnessConfigEntry, model_check
from .budget import EventBudget
from .self_test import async_probe

LEAST_SECONDS: Final = 900.0
"""Between two looks, unless another provider gets well: four in an hour at most."""
MOST_SECONDS: Final = 3600.0
SOON_SECONDS: Final = 5.0
"""After another one got well: a person who tries all of them again has asked this one by then."""


class Recovery:
    """The looks that are due, of one run of the entry."""

    def __init__(self, hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
        """Begin with the troubles of the run before this one."""
        self._hass = hass
        self._entry = entry
        self._due: dict[str, float] = {}
        """Loop time of the next look, by subentry id: those that are known to be in trouble."""
        self._cancel: CALLBACK_TYPE | None = None
        entry.async_on_unload(self._stop)
        self.async_reflect()

    @callback
    def async_reflect(self) -> None:
        """Plan looks at those who got into trouble; soon at all if one of them is well again."""
        runtime, now = self._entry.runtime_data, self._hass.loop.time()
        troubles = {each for each in runtime.troubles if each in runtime.providers}
        is_one_well = any(each in runtime.providers for each in self._due.keys() - troubles)
        self._due = {
            each: self._due.get(each, now + self._pause(each)) for each in sorted(troubles)
        }
        if is_one_well:
            soon = now + SOON_SECONDS
            self._due = {each: min(due, soon) for each, due in self._due.items()}
        self._schedule()

    def _pause(self, provider_id: str) -> float:
        """Return the seconds to the next look: as long as an event would leave it alone."""
        left = self._entry.runtime_data.chain.health(provider_id).guess_left
        return min(max(left, LEAST_SECONDS), MOST_SECONDS)

    def _schedule(self) -> None:
        self._stop()
        if self._due:
            seconds = max(0.0, min(self._due.values()) - self._hass.loop.time())
            job = HassJob(self._look, cancel_on_shutdown=True)
            self._cancel = async_call_later(self._hass, seconds, job)

    @callback
    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    @callback
    def _look(self, _now: datetime) -> None:
        now = self._hass.loop.time()
        for provider_id in [each for each, due in self._due.items() if due <= now]:
            self._due[provider_id] = now + self._pause(provider_id)
            self._entry.async_create_background_task(
                self._hass, self._async_look(provider_id), "eyewitness look"
            )
        self._cancel = None
        self._schedule()

    async def _async_look(self, provider_id: str) -> None:
        """Ask a provider; not while its vendor forbids it, or the budget does."""
        runtime = self._entry.runtime_data
        health, provider = runtime.chain.health(provider_id), runtime.providers.get(provider_id)
        if provider is None:
            return
        if not EventBudget(self._hass, runtime, NO_CAMERA).allows(provider):
            return
        if model_check.is_gone_for_good(health):
            await model_check.async_look_again(self._hass, self._entry, provider_id)
        elif not health.firm_left:
            try:
                await async_probe(self._hass, self._entry, provider)
            except HomeAssistantError as err:
                LOGGER.debug("The look at %s was stopped: %s", provider.kind, err)
