"""Set up what may be shown of a camera, and to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
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
    CONF_SAME_SCENE,
    CONF_WAKE,
    CONF_WAKE_ENTITY,
    CONF_WAKE_REGISTRY_ID,
    CONF_WAKE_SECONDS,
    MASKS_PATH,
    SUBENTRY_CAMERA,
)
from ..pictures.areas import Faults, find_faults
from ..pictures.rules import NOBODY, WAKE_DOMAINS, WAKE_SECONDS, EntityRef, read_entities
from ..pictures.size import Detail
from ..pictures.views import name_of
from ..runtime.settings import numbered_titles, provider_order
from .camera_fields import DEFAULTS, camera_field, read_views, rules_of, views_field

_FOLLOWED: Final = (CONF_ENTITY_ID, CONF_REGISTRY_ID, CONF_ALSO, CONF_FORMER, CONF_LEFT_OUT)
"""What the form does not show; a rename is followed by ``runtime.camera_registry``."""

_PERCENT: Final = NumberSelector(
    NumberSelectorConfig(
        min=0, max=100, step=0.1, unit_of_measurement="%", mode=NumberSelectorMode.SLIDER
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
        for key in _ticked(entry, camera.data[CONF_ALLOWED])
    }
    titles = numbered_titles(entry)
    options = [SelectOptionDict(value=key, label=title) for key, title in titles.items()]
    options += [SelectOptionDict(value=key, label=key) for key in sorted(stored - titles.keys())]
    return vol.Schema(
        {
            **first,
            vol.Optional(CONF_MASKS): _MASKS,
            vol.Optional(CONF_POLYGONS): TextSelector(TextSelectorConfig(multiple=True)),
            vol.Optional(CONF_ALLOWED): SelectSelector(
                SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
            ),
            vol.Required(CONF_DETAIL, default=DEFAULTS[CONF_DETAIL]): _DETAIL,
            vol.Required(CONF_KEEP, default=DEFAULTS[CONF_KEEP]): BooleanSelector(),
            vol.Required(CONF_SAME_SCENE, default=DEFAULTS[CONF_SAME_SCENE]): BooleanSelector(),
            vol.Optional(CONF_WAKE): _WAKE,
        }
    )


class CameraFlow(ConfigSubentryFlow):
    """The forms that add or change the rules for a camera."""

    _data: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a camera and its rules."""
        faults = Faults()
        entry = self._get_entry()
        if user_input is not None:
            camera = EntityRef.find(self.hass, user_input[CONF_ENTITY_ID])
            if rules_of(self.hass, entry, camera.entity_id):
                return self.async_abort(reason="already_configured")
            self._data = asdict(camera) | _typed(self.hass, user_input)
            self._data[CONF_ALLOWED] = _allowed(entry, user_input, [])
            if not (faults := find_faults(self._data)).errors:
                return await self.async_step_views()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _form(entry, {vol.Required(CONF_ENTITY_ID): camera_field(self.hass)}),
                {CONF_ALLOWED: provider_order(entry)} if user_input is None else user_input,
            ),
            errors=faults.errors,
            description_placeholders={"area": faults.area, "draw": f"/{MASKS_PATH}"},
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
        faults = Faults()
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if user_input is not None:
            kept = {name: subentry.data[name] for name in _FOLLOWED if name in subentry.data}
            data = kept | _typed(self.hass, user_input)
            data[CONF_ALLOWED] = _allowed(entry, user_input, subentry.data[CONF_ALLOWED])
            data |= read_views(self.hass, subentry.data, user_input)
            if not (faults := find_faults(data)).errors:
                self.hass.config_entries.async_update_subentry(entry, subentry, data=data)
                return self.async_abort(reason="reconfigure_successful")
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _form(entry, views_field(self.hass, subentry.data)),
                _shown(entry, subentry.data)
                if user_input is None
                else {CONF_ALSO: [], **user_input},
            ),
            errors=faults.errors,
            description_placeholders={
                "camera": subentry.title,
                "area": faults.area,
                "draw": self._page(subentry),
            },
        )

    def _page(self, subentry: ConfigSubentry) -> str:
        """Return where black areas are drawn on the camera's own picture."""
        camera = read_entities(subentry.data)[0].current_entity_id(self.hass)
        return f"/{MASKS_PATH}?camera={camera}"


def _typed(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed as it is stored, but for the entities that the rules are for."""
    data = {
        CONF_MASKS: user_input.get(CONF_MASKS, []),
        CONF_POLYGONS: [text for text in user_input.get(CONF_POLYGONS, []) if text.strip()],
        CONF_DETAIL: user_input[CONF_DETAIL],
        CONF_KEEP: user_input[CONF_KEEP],
        CONF_SAME_SCENE: user_input[CONF_SAME_SCENE],
    }
    wake = user_input.get(CONF_WAKE, {})
    if CONF_WAKE_ENTITY in wake:
        entity = EntityRef.find(hass, wake[CONF_WAKE_ENTITY])
        data[CONF_WAKE_ENTITY] = entity.entity_id
        data[CONF_WAKE_REGISTRY_ID] = entity.registry_id
        data[CONF_WAKE_SECONDS] = wake[CONF_WAKE_SECONDS]
    return data


def _allowed(entry: ConfigEntry, user_input: Mapping[str, Any], before: Sequence[str]) -> list[str]:
    """Return who may see the camera, empty for everybody, those who come later included.

    That is when all are ticked. A list that nobody has changed stays a list, also when all the
    others are gone: otherwise a new provider would see a camera that was closed to others.
    """
    shown = _ticked(entry, before)
    chosen: list[str] = user_input.get(CONF_ALLOWED, shown)
    if set(chosen) == set(shown):
        return list(before)
    return [] if set(provider_order(entry)) <= set(chosen) else chosen or [NOBODY]


def _ticked(entry: ConfigEntry, allowed: Sequence[str]) -> list[str]:
    """Return the stored list as the form shows it."""
    return [key for key in allowed if key != NOBODY] if allowed else provider_order(entry)


def _shown(entry: ConfigEntry, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored as the form shows it: everybody is all ticked."""
    wake = {key: data[key] for key in (CONF_WAKE_ENTITY, CONF_WAKE_SECONDS) if key in data}
    shown = {key: value for key, value in data.items() if key != CONF_ALSO}
    return shown | {CONF_WAKE: wake, CONF_ALLOWED: _ticked(entry, data[CONF_ALLOWED])}
