"""Change the order and the few limits that a person may want to change."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfInformation, UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..chain import policy
from ..const import (
    CONF_ATTEMPT_SECONDS,
    CONF_BUDGET,
    CONF_COOLDOWN_SECONDS,
    CONF_HEDGE_SECONDS,
    CONF_HISTORY_DAYS,
    CONF_HISTORY_MEGABYTES,
    CONF_PROVIDER_ORDER,
    CONF_RESERVE_CAMERAS,
    CONF_RESERVE_PERCENT,
    CONF_RETENTION_DAYS,
    CONF_TOTAL_SECONDS,
)
from ..pictures.rules import EntityRef
from ..pictures.views import DOMAINS
from ..runtime.budget import RESERVE_PERCENT
from ..runtime.settings import (
    HISTORY_DAYS,
    HISTORY_MEGABYTES,
    LIMITS,
    RETENTION_DAYS,
    numbered_titles,
    provider_order,
)
from .fields import BUDGET, budget_error, read_budget

SECTION_LIMITS: Final = "limits"
SECTION_HISTORY: Final = "history"


class _SortedSelector(SelectSelector):
    """A list of choices that can be dragged; the front end can do it, the selector's schema not."""

    @override
    def serialize(self) -> dict[str, dict[str, Any]]:
        """Return the selector for the front end."""
        config: dict[str, Any] = {**self.config, "reorder": True}
        return {"selector": {self.selector_type: config}}


def _seconds(least: float, most: float) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=least,
            max=most,
            step=1,
            unit_of_measurement=UnitOfTime.SECONDS,
            mode=NumberSelectorMode.BOX,
        )
    )


def _days(*choices: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(choices),
            mode=SelectSelectorMode.DROPDOWN,
            translation_key="retention",
        )
    )


_LIMITS: Final = vol.Schema(
    {
        vol.Required(CONF_TOTAL_SECONDS): _seconds(
            policy.TOTAL_SECONDS_MIN, policy.TOTAL_SECONDS_MAX
        ),
        vol.Required(CONF_ATTEMPT_SECONDS): _seconds(policy.ATTEMPT_FLOOR_SECONDS, 60),
        vol.Required(CONF_HEDGE_SECONDS): _seconds(0, 30),
        vol.Required(CONF_COOLDOWN_SECONDS): _seconds(0, 3600),
        vol.Required(CONF_RETENTION_DAYS): _days("30", "90", "365", "730", "0"),
    }
)

_HISTORY: Final = vol.Schema(
    {
        vol.Required(CONF_HISTORY_DAYS): _days("7", "30", "90", "365", "0"),
        vol.Required(CONF_HISTORY_MEGABYTES): NumberSelector(
            NumberSelectorConfig(
                min=50,
                max=100_000,
                step=1,
                unit_of_measurement=UnitOfInformation.MEGABYTES,
                mode=NumberSelectorMode.BOX,
            )
        ),
    }
)

_BUDGET: Final = vol.Schema(
    {
        **BUDGET,
        vol.Optional(CONF_RESERVE_CAMERAS): EntitySelector(
            EntitySelectorConfig(domain=list(DOMAINS), multiple=True)
        ),
        vol.Optional(CONF_RESERVE_PERCENT): NumberSelector(
            NumberSelectorConfig(
                min=1, max=90, step=1, unit_of_measurement="%", mode=NumberSelectorMode.SLIDER
            )
        ),
    }
)


class EyewitnessOptionsFlow(OptionsFlow):
    """The form for the order of the providers, the limits and the budget."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the order of the providers, as a list that can be sorted, and for the limits.

        Home Assistant shows no error at a field of a section, so it stands above all.
        """
        entry = self.config_entry
        order = provider_order(entry)
        budget = (user_input or {}).get(CONF_BUDGET, {})
        error = budget_error(budget)
        if user_input is not None and error is None:
            chosen = list(dict.fromkeys(user_input[CONF_PROVIDER_ORDER]))
            limits = dict(user_input.get(SECTION_LIMITS, {}))
            if limits:
                limits[CONF_RETENTION_DAYS] = int(limits[CONF_RETENTION_DAYS])
            chosen += [key for key in order if key not in chosen]
            history = {
                name: int(value) for name, value in user_input.get(SECTION_HISTORY, {}).items()
            }
            options = {**entry.options, CONF_PROVIDER_ORDER: chosen, **limits, **history}
            if CONF_BUDGET in user_input:
                options[CONF_BUDGET] = self._stored_budget(budget)
            return self.async_create_entry(data=options)
        choices = [
            SelectOptionDict(value=key, label=name) for key, name in numbered_titles(entry).items()
        ]
        sorted_list = _SortedSelector(SelectSelectorConfig(options=choices, multiple=True))
        schema = vol.Schema(
            {
                vol.Required(CONF_PROVIDER_ORDER): sorted_list,
                vol.Optional(SECTION_LIMITS): section(_LIMITS, {"collapsed": True}),
                vol.Optional(SECTION_HISTORY): section(_HISTORY, {"collapsed": True}),
                vol.Optional(CONF_BUDGET): section(_BUDGET, {"collapsed": error is None}),
            }
        )
        limits = {**LIMITS, **_limits(entry.options)}
        limits[CONF_RETENTION_DAYS] = str(entry.options.get(CONF_RETENTION_DAYS, RETENTION_DAYS))
        shown = {
            CONF_PROVIDER_ORDER: order,
            SECTION_LIMITS: limits,
            SECTION_HISTORY: {
                CONF_HISTORY_DAYS: str(entry.options.get(CONF_HISTORY_DAYS, HISTORY_DAYS)),
                CONF_HISTORY_MEGABYTES: entry.options.get(
                    CONF_HISTORY_MEGABYTES, HISTORY_MEGABYTES
                ),
            },
            CONF_BUDGET: self._shown_budget(),
            **(user_input or {}),
        }
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors={"base": error} if error else {},
        )

    def _stored_budget(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """Return the budget that was typed; its cameras may be renamed later."""
        stored: dict[str, Any] = read_budget(typed)
        if cameras := typed.get(CONF_RESERVE_CAMERAS):
            refs = [EntityRef.find(self.hass, each) for each in cameras]
            stored[CONF_RESERVE_CAMERAS] = [ref.registry_id or ref.entity_id for ref in refs]
            percent = typed.get(CONF_RESERVE_PERCENT, RESERVE_PERCENT)
            stored[CONF_RESERVE_PERCENT] = int(percent)
        return stored

    def _shown_budget(self) -> dict[str, Any]:
        stored = self.config_entry.options.get(CONF_BUDGET, {})
        registry = er.async_get(self.hass)
        cameras = [
            er.async_resolve_entity_id(registry, each) or each
            for each in stored.get(CONF_RESERVE_CAMERAS, [])
        ]
        return {CONF_RESERVE_PERCENT: RESERVE_PERCENT, **stored, CONF_RESERVE_CAMERAS: cameras}


def _limits(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in LIMITS if name in options}
