"""Change the order and the few limits that a person may want to change."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlow
from homeassistant.const import UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    TextSelector,
)
import voluptuous as vol

from ..chain import policy
from ..const import (
    CONF_ATTEMPT_SECONDS,
    CONF_COOLDOWN_SECONDS,
    CONF_HEDGE_SECONDS,
    CONF_PROVIDER_ORDER,
    CONF_TOTAL_SECONDS,
)
from ..runtime.settings import LIMITS, provider_order

SECTION_LIMITS: Final = "limits"
_NAME: Final = "name"

_ORDER: Final = ObjectSelector(
    ObjectSelectorConfig(
        multiple=True,
        label_field=_NAME,
        translation_key=CONF_PROVIDER_ORDER,
        fields={_NAME: {"selector": TextSelector(), "required": True}},
    )
)


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
    }
)
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_PROVIDER_ORDER): _ORDER,
        vol.Optional(SECTION_LIMITS): section(_LIMITS, {"collapsed": True}),
    }
)


class EyewitnessOptionsFlow(OptionsFlow):
    """The form for the order of the providers and for the limits."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the order of the providers, as a list that can be sorted, and for the limits."""
        errors: dict[str, str] = {}
        entry = self.config_entry
        names = _names(entry)
        shown = {
            CONF_PROVIDER_ORDER: [{_NAME: name} for name in names],
            SECTION_LIMITS: {**LIMITS, **_limits(entry.options)},
        }
        if user_input is not None:
            order = [item[_NAME] for item in user_input[CONF_PROVIDER_ORDER]]
            limits = user_input.get(SECTION_LIMITS, _limits(entry.options))
            if sorted(order) == sorted(names):
                keys = [names[name] for name in order]
                return self.async_create_entry(
                    data={**entry.options, CONF_PROVIDER_ORDER: keys, **limits}
                )
            # The list comes with buttons to add and delete; providers live elsewhere.
            errors[CONF_PROVIDER_ORDER] = "only_sort"
            shown[SECTION_LIMITS] = limits
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, shown),
            errors=errors,
        )


def _limits(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in LIMITS if name in options}


def _names(entry: ConfigEntry) -> dict[str, str]:
    """Return the subentry ids in order by a name that no two have, though titles may be alike.

    The names are all that comes back: the selector takes no field that it does not show.
    """
    names: dict[str, str] = {}
    for key in provider_order(entry):
        number, name = 1, entry.subentries[key].title
        while name in names:
            number += 1
            name = f"{entry.subentries[key].title} ({number})"
        names[name] = key
    return names
