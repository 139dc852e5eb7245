"""Set up what may be shown of a camera, and to whom."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
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
    CONF_ALSO,
    CONF_DETAIL,
    CONF_ENTITY_ID,
    CONF_FORMER,
    CONF_KEEP,
    CONF_LEFT_OUT,
    CONF_MASKS,
    CONF_POLYGONS,
    CONF_REGISTRY_ID,
    CONF_WAKE,
    CONF_WAKE_ENTITY,
    CONF_WAKE_REGISTRY_ID,
    CONF_WAKE_SECONDS,
    SUBENTRY_CAMERA,
)
from ..pictures.masks import corners
from ..pictures.rules import WAKE_DOMAINS, WAKE_SECONDS, EntityRef, read_rules
from ..pictures.size import Detail
from ..pictures.views import name_of
from ..runtime.settings import provider_order
from .camera_fields import CAMERA, has_rules, read_views, views_field

MAX_AREAS: Final = 50
"""Rectangles, and as many other shapes."""
MAX_CORNERS: Final = 100
"""Of one shape: each side is compared with each other one."""
_FOLLOWED: Final = (CONF_ENTITY_ID, CONF_REGISTRY_ID, CONF_ALSO, CONF_FORMER, CONF_LEFT_OUT)
"""What the form does not show; a rename is followed by ``runtime.camera_registry``."""

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
_DETAIL: Final = SelectSelector(
    SelectSelectorConfig(
        options=[each.value for each in Detail],
        translation_key=CONF_DETAIL,
        mode=SelectSelectorMode.LIST,
    )
)
_WAKE: Final = section(
    vol.Schema(
        {
            vol.Optional(CONF_WAKE_ENTITY): EntitySelector(
                EntitySelectorConfig(domain=list(WAKE_DOMAINS))
            ),
            vol.Optional(CONF_WAKE_SECONDS, default=WAKE_SECONDS): NumberSelector(
                NumberSelectorConfig(min=0, max=30, step=1, unit_of_measurement="s")
            ),
        }
    ),
    {"collapsed": True},
)


def _form(entry: ConfigEntry, first: Mapping[vol.Marker, Any]) -> vol.Schema:
    """Return the form, with some fields before the others.

    A provider that was removed stays on the list, by its id.
    """
    stored = {
        key
        for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        for key in camera.data[CONF_ALLOWED]
    }
    order = provider_order(entry)
    options = [SelectOptionDict(value=key, label=entry.subentries[key].title) for key in order]
    options += [SelectOptionDict(value=key, label=key) for key in sorted(stored - set(order))]
    return vol.Schema(
        {
            **first,
            vol.Optional(CONF_MASKS): _MASKS,
            vol.Optional(CONF_POLYGONS): TextSelector(TextSelectorConfig(multiple=True)),
            vol.Optional(CONF_ALLOWED): SelectSelector(
                SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
            ),
            vol.Required(CONF_DETAIL, default=Detail.NORMAL.value): _DETAIL,
            vol.Required(CONF_KEEP, default=True): BooleanSelector(),
            vol.Optional(CONF_WAKE): _WAKE,
        }
    )


class CameraFlow(ConfigSubentryFlow):
    """The forms that add or change the rules for a camera."""

    _data: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a camera and its rules."""
        errors: dict[str, str] = {}
        entry = self._get_entry()
        if user_input is not None:
            camera = EntityRef.find(self.hass, user_input[CONF_ENTITY_ID])
            if has_rules(self.hass, entry, camera.entity_id):
                return self.async_abort(reason="already_configured")
            self._data = asdict(camera) | _typed(self.hass, user_input)
            if not (errors := _errors(self._data)):
                return await self.async_step_views()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _form(entry, {vol.Required(CONF_ENTITY_ID): CAMERA}), user_input
            ),
            errors=errors,
        )

    async def async_step_views(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where else the same view is shown, if the camera's device has more to show."""
        title = name_of(self.hass, self._data[CONF_ENTITY_ID])
        if (fields := views_field(self.hass, self._data)) and user_input is None:
            return self.async_show_form(
                step_id="views",
                data_schema=vol.Schema(fields),
                description_placeholders={"camera": title},
            )
        data = self._data | read_views(self.hass, self._data, user_input or {})
        return self.async_create_entry(title=title, data=data)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change the rules of the same camera."""
        errors: dict[str, str] = {}
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if user_input is not None:
            kept = {name: subentry.data[name] for name in _FOLLOWED if name in subentry.data}
            data = kept | _typed(self.hass, user_input)
            data |= read_views(self.hass, subentry.data, user_input)
            if not (errors := _errors(data)):
                self.hass.config_entries.async_update_subentry(entry, subentry, data=data)
                return self.async_abort(reason="reconfigure_successful")
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _form(entry, views_field(self.hass, subentry.data)),
                _shown(subentry.data) if user_input is None else {CONF_ALSO: [], **user_input},
            ),
            errors=errors,
            description_placeholders={"camera": subentry.title},
        )


def _typed(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed as it is stored, but for the entities that the rules are for."""
    data = {
        CONF_MASKS: user_input.get(CONF_MASKS, []),
        CONF_POLYGONS: [text for text in user_input.get(CONF_POLYGONS, []) if text.strip()],
        CONF_ALLOWED: user_input.get(CONF_ALLOWED, []),
        CONF_DETAIL: user_input[CONF_DETAIL],
        CONF_KEEP: user_input[CONF_KEEP],
    }
    wake = user_input.get(CONF_WAKE, {})
    if CONF_WAKE_ENTITY in wake:
        entity = EntityRef.find(hass, wake[CONF_WAKE_ENTITY])
        data[CONF_WAKE_ENTITY] = entity.entity_id
        data[CONF_WAKE_REGISTRY_ID] = entity.registry_id
        data[CONF_WAKE_SECONDS] = wake[CONF_WAKE_SECONDS]
    return data


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored as the form shows it."""
    wake = {key: data[key] for key in (CONF_WAKE_ENTITY, CONF_WAKE_SECONDS) if key in data}
    shown = {key: value for key, value in data.items() if key != CONF_ALSO}
    return shown | {CONF_WAKE: wake}


def _errors(data: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with the areas; too many would hold up all of Home Assistant."""
    for field in (CONF_MASKS, CONF_POLYGONS):
        if len(data[field]) > MAX_AREAS:
            return {field: "too_many_areas"}
    if any(len(corners(text)) > MAX_CORNERS for text in data[CONF_POLYGONS]):
        return {CONF_POLYGONS: "too_many_corners"}
    try:
        read_rules({**data, CONF_POLYGONS: []})
    except vol.Invalid:
        return {CONF_MASKS: "mask_invalid"}
    try:
        read_rules(data)
    except vol.Invalid:
        return {CONF_POLYGONS: "polygon_invalid"}
    return {}
