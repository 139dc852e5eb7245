"""Set up what may be shown of a camera, and to whom."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..const import (
    CONF_ALLOWED,
    CONF_ENTITY_ID,
    CONF_KEEP,
    CONF_MASKS,
    CONF_POLYGONS,
    CONF_REGISTRY_ID,
    SUBENTRY_CAMERA,
)
from ..pictures.rules import all_rules, read_rules
from ..runtime.settings import provider_order

_PERCENT: Final = NumberSelector(
    NumberSelectorConfig(
        min=0, max=100, step=1, unit_of_measurement="%", mode=NumberSelectorMode.SLIDER
    )
)
_MASKS: Final = ObjectSelector(
    ObjectSelectorConfig(
        multiple=True,
        label_field="name",
        translation_key=CONF_MASKS,
        fields={
            "name": {"selector": TextSelector(), "required": True},
            **{
                side: {"selector": _PERCENT, "required": True}
                for side in ("left", "top", "right", "bottom")
            },
        },
    )
)


def _form(entry: ConfigEntry, *, new: bool) -> vol.Schema:
    """Return the form; a provider that was removed stays on the list, by its id."""
    stored = {
        key
        for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        for key in camera.data[CONF_ALLOWED]
    }
    order = provider_order(entry)
    options = [SelectOptionDict(value=key, label=entry.subentries[key].title) for key in order]
    options += [SelectOptionDict(value=key, label=key) for key in sorted(stored - set(order))]
    entity = EntitySelector(EntitySelectorConfig(domain=["camera", "image"]))
    return vol.Schema(
        {
            **({vol.Required(CONF_ENTITY_ID): entity} if new else {}),
            vol.Optional(CONF_MASKS): _MASKS,
            vol.Optional(CONF_POLYGONS): TextSelector(TextSelectorConfig(multiple=True)),
            vol.Optional(CONF_ALLOWED): SelectSelector(
                SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
            ),
            vol.Required(CONF_KEEP, default=True): BooleanSelector(),
        }
    )


class CameraFlow(ConfigSubentryFlow):
    """The forms that add or change the rules for a camera."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a camera and its rules."""
        errors: dict[str, str] = {}
        entry = self._get_entry()
        if user_input is not None:
            entity_id = user_input[CONF_ENTITY_ID]
            present = {rules.current_entity_id(self.hass) for rules in all_rules(entry)}
            if entity_id in present:
                return self.async_abort(reason="already_configured")
            data = _data(user_input, entity_id, self._registry_id(entity_id))
            if not (errors := _errors(data)):
                state = self.hass.states.get(entity_id)
                title = state.name if state else entity_id
                return self.async_create_entry(title=title, data=data)
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_form(entry, new=True), user_input),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change the rules of the same camera."""
        errors: dict[str, str] = {}
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if user_input is not None:
            # Under its new name, and with a new id should it have been removed and added again.
            entity_id = read_rules(subentry.data).current_entity_id(self.hass)
            data = _data(user_input, entity_id, self._registry_id(entity_id))
            if not (errors := _errors(data)):
                return self.async_update_and_abort(entry, subentry, data=data)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _form(entry, new=False), user_input or subentry.data
            ),
            errors=errors,
            description_placeholders={"camera": subentry.title},
        )

    def _registry_id(self, entity_id: str) -> str | None:
        entity = er.async_get(self.hass).async_get(entity_id)
        return entity.id if entity else None


def _data(user_input: dict[str, Any], entity_id: str, registry_id: str | None) -> dict[str, Any]:
    return {
        CONF_ENTITY_ID: entity_id,
        CONF_REGISTRY_ID: registry_id,
        CONF_MASKS: user_input.get(CONF_MASKS, []),
        CONF_POLYGONS: [text for text in user_input.get(CONF_POLYGONS, []) if text.strip()],
        CONF_ALLOWED: user_input.get(CONF_ALLOWED, []),
        CONF_KEEP: user_input[CONF_KEEP],
    }


def _errors(data: dict[str, Any]) -> dict[str, str]:
    try:
        read_rules({**data, CONF_POLYGONS: []})
    except vol.Invalid:
        return {CONF_MASKS: "mask_invalid"}
    try:
        read_rules(data)
    except vol.Invalid:
        return {CONF_POLYGONS: "polygon_invalid"}
    return {}
