"""What the budget leaves to one event: before it begins, and before each of its requests."""

from collections.abc import Callable, Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..chain.task import Provider
from ..runtime import Runtime
from ..runtime.budget import Limit, Standing, standing


class EventBudget:
    """The limits that hold for a camera, and what the providers cost; a gate for the chain."""

    def __init__(self, hass: HomeAssistant, runtime: Runtime, camera: str) -> None:
        """Take what holds now: prices and limits stay until the event has ended."""
        budget = runtime.settings.budget
        is_kept_for = camera in reserve_cameras(hass, runtime)
        self._limits = budget.limits if is_kept_for else budget.for_others
        self._expenses = runtime.expenses
        self.usd: dict[str, float | None] = {}
        """What a description costs with each provider, by subentry id; empty without limits."""
        if self._limits:
            self.usd = expected_usd(runtime)
        self._free = free(self.usd)

    def standing(self) -> Standing:
        """Return what is left now."""
        return standing(self._limits, self._used, self.usd)

    def allows(self, provider: Provider) -> bool:
        """Return whether there is enough left for a request to a provider."""
        usd = {provider.id: self.usd.get(provider.id)}
        return not standing(self._limits, self._used, usd).used_up

    def begin(self, provider: Provider) -> Callable[[], None]:
        """Count a request as spent while it is under way."""
        return self._expenses.begin(provider.id, self.usd.get(provider.id))

    def _used(self, limit: Limit) -> float:
        return self._expenses.used(limit, self._free)


def expected_usd(runtime: Runtime) -> dict[str, float | None]:
    """Return what a description costs with each provider, None where nobody knows."""
    return {key: each.expected_usd for key, each in runtime.built.items()}


def free(usd: Mapping[str, float | None]) -> list[str]:
    """Return those among them who cost nothing."""
    return [key for key, each in usd.items() if each == 0]


def reserve_cameras(hass: HomeAssistant, runtime: Runtime) -> list[str]:
    """Return the present entity ids of the cameras for which a part of the budget is kept."""
    registry = er.async_get(hass)
    stored = runtime.settings.budget.reserve_cameras
    return [er.async_resolve_entity_id(registry, each) or each for each in stored]
