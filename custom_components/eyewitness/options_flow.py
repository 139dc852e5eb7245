"""Sort the providers."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import ObjectSelector, ObjectSelectorConfig, TextSelector
import voluptuous as vol

from .const import CONF_PROVIDER_ORDER
from .runtime import provider_order

_NAME: Final = "name"


class EyewitnessOptionsFlow(OptionsFlow):
    """Change the fallback order."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the providers as a list that can be sorted."""
        errors: dict[str, str] = {}
        entry = self.config_entry
        names = _names(entry)
        if user_input is not None:
            order = [item[_NAME] for item in user_input[CONF_PROVIDER_ORDER]]
            if sorted(order) == sorted(names):
                keys = [names[name] for name in order]
                return self.async_create_entry(data={**entry.options, CONF_PROVIDER_ORDER: keys})
            # The list comes with buttons to add and delete; providers live elsewhere.
            errors[CONF_PROVIDER_ORDER] = "only_sort"
        selector = ObjectSelector(
            ObjectSelectorConfig(
                multiple=True,
                label_field=_NAME,
                translation_key=CONF_PROVIDER_ORDER,
                fields={_NAME: {"selector": TextSelector(), "required": True}},
            )
        )
        schema = vol.Schema({vol.Required(CONF_PROVIDER_ORDER): selector})
        shown = {CONF_PROVIDER_ORDER: [{_NAME: name} for name in names]}
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
        )


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
