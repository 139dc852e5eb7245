"""Change the order and the few limits that a person may want to change."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
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
    CONF_COOLDOWN_SECONDS,
    CONF_HEDGE_SECONDS,
    CONF_PROVIDER_ORDER,
    CONF_RETENTION_DAYS,
    CONF_TOTAL_SECONDS,
)
from ..runtime.settings import LIMITS, RETENTION_DAYS, numbered_titles, provider_order

SECTION_LIMITS: Final = "limits"


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


_LIMITS: Final = vol.Schema(
    {
        vol.Required(CONF_TOTAL_SECONDS): _seconds(
            policy.TOTAL_SECONDS_MIN, policy.TOTAL_SECONDS_MAX
        ),
        vol.Required(CONF_ATTEMPT_SECONDS): _seconds(policy.ATTEMPT_FLOOR_SECONDS, 60),
        vol.Required(CONF_HEDGE_SECONDS): _seconds(0, 30),
        vol.Required(CONF_COOLDOWN_SECONDS): _seconds(0, 3600),
        vol.Optional(CONF_RETENTION_DAYS): SelectSelector(
            SelectSelectorConfig(
                options=["30", "90", "365", "730", "0"],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key="retention",
            )
        ),
    }
)


class EyewitnessOptionsFlow(OptionsFlow):
    """The form for the order of the providers and for the limits."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the order of the providers, as a list that can be sorted, and for the limits."""
        entry = self.config_entry
        order = provider_order(entry)
        if user_input is not None:
            chosen = list(dict.fromkeys(user_input[CONF_PROVIDER_ORDER]))
            limits = dict(user_input.get(SECTION_LIMITS, _limits(entry.options)))
            if CONF_RETENTION_DAYS in limits:
                limits[CONF_RETENTION_DAYS] = int(limits[CONF_RETENTION_DAYS])
            chosen += [key for key in order if key not in chosen]
            return self.async_create_entry(
                data={**entry.options, CONF_PROVIDER_ORDER: chosen, **limits}
            )
        options = [
            SelectOptionDict(value=key, label=name) for key, name in numbered_titles(entry).items()
        ]
        sorted_list = _SortedSelector(SelectSelectorConfig(options=options, multiple=True))
        schema = vol.Schema(
            {
                vol.Required(CONF_PROVIDER_ORDER): sorted_list,
                vol.Optional(SECTION_LIMITS): section(_LIMITS, {"collapsed": True}),
            }
        )
        limits = {**LIMITS, **_limits(entry.options)}
        limits[CONF_RETENTION_DAYS] = str(entry.options.get(CONF_RETENTION_DAYS, RETENTION_DAYS))
        shown = {CONF_PROVIDER_ORDER: order, SECTION_LIMITS: limits}
        return self.async_show_form(
            step_id="init", data_schema=self.add_suggested_values_to_schema(schema, shown)
        )


def _limits(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in LIMITS if name in options}
