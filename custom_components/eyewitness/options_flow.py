"""Sort the providers."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import ObjectSelector, ObjectSelectorConfig, TextSelector
import voluptuous as vol

from .const import CONF_PROVIDER_ORDER
from .runtime import provider_order

_NAME: Final = "name"
_ID: Final = "id"


class EyewitnessOptionsFlow(OptionsFlow):
    """Change the fallback order."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the providers as a list that can be sorted."""
        errors: dict[str, str] = {}
        entry = self.config_entry
        titles = {key: entry.subentries[key].title for key in provider_order(entry)}
        if user_input is not None:
            order = [item.get(_ID) for item in user_input[CONF_PROVIDER_ORDER]]
            if sorted(map(str, order)) == sorted(titles):
                return self.async_create_entry(data={**entry.options, CONF_PROVIDER_ORDER: order})
            # The list comes with buttons to add and delete; providers live elsewhere.
            errors[CONF_PROVIDER_ORDER] = "only_sort"
        # The id travels along with the name, because two providers may be renamed alike.
        selector = ObjectSelector(
            ObjectSelectorConfig(
                multiple=True,
                label_field=_NAME,
                translation_key=CONF_PROVIDER_ORDER,
                fields={
                    _NAME: {"selector": TextSelector(), "required": True},
                },
            )
        )
        schema = vol.Schema({vol.Required(CONF_PROVIDER_ORDER): selector})
        shown = {CONF_PROVIDER_ORDER: [{_NAME: title, _ID: key} for key, title in titles.items()]}
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
        )
