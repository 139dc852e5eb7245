"""Fix what was reported about the rules for a camera."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
import voluptuous as vol

from ..const import CONF_ENTITY_ID, CONF_FORMER
from ..pictures.rules import EntityRef, read_entities
from ..pictures.views import name_of
from .camera_fields import camera_field, read_views, rules_of, views_field
from .fix_flow import FixFlow


class _CameraFlow(FixFlow):
    """A flow that fixes the rules of one camera."""

    def __init__(self, entry_id: str, subentry_id: str) -> None:
        super().__init__(entry_id)
        self._subentry_id = subentry_id

    def _find(self) -> tuple[ConfigEntry, ConfigSubentry] | None:
        """Return the entry and the rules, None when there is nothing to fix any more."""
        if (entry := self._entry) is None:
            return None
        subentry = entry.subentries.get(self._subentry_id)
        return None if subentry is None else (entry, subentry)


class CameraGoneFlow(_CameraFlow):
    """A flow that gives the rules of a camera that is gone to another one, or removes them."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask what has become of the camera."""
        if (found := self._find()) is None:
            return self.async_abort(reason="not_loaded")
        return self.async_show_menu(
            step_id="init",
            menu_options=["replace", "remove"],
            description_placeholders=_placeholders(found[1]),
        )

    async def async_step_replace(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask which camera has taken its place."""
        if (found := self._find()) is None:
            return self.async_abort(reason="not_loaded")
        entry, subentry = found
        errors: dict[str, str] = {}
        if user_input is not None:
            camera = EntityRef.find(self.hass, user_input[CONF_ENTITY_ID])
            if not rules_of(self.hass, entry, camera.entity_id):
                old, *_ = read_entities(subentry.data)
                # It may come back: its view must not be bare then.
                former = [*subentry.data.get(CONF_FORMER, []), *old.keys]
                self.hass.config_entries.async_update_subentry(
                    entry,
                    subentry,
                    data={**subentry.data, **asdict(camera), CONF_FORMER: former},
                    title=name_of(self.hass, camera.entity_id),
                )
                return self.async_create_entry(data={})
            errors[CONF_ENTITY_ID] = "already_configured"
        return self.async_show_form(
            step_id="replace",
            data_schema=vol.Schema({vol.Required(CONF_ENTITY_ID): camera_field(self.hass)}),
            errors=errors,
            description_placeholders=_placeholders(subentry),
        )

    async def async_step_remove(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Remove the rules, once that was confirmed."""
        if (found := self._find()) is None:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            self.hass.config_entries.async_remove_subentry(found[0], self._subentry_id)
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="remove",
            data_schema=vol.Schema({}),
            description_placeholders=_placeholders(found[1]),
        )


class CameraUncoveredFlow(_CameraFlow):
    """A flow that asks which other views of a camera's device its rules cover."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the choice."""
        return await self.async_step_views()

    async def async_step_views(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the views, all of which are chosen that were not left out before."""
        if (found := self._find()) is None:
            return self.async_abort(reason="not_loaded")
        entry, subentry = found
        if user_input is not None:
            views = read_views(self.hass, subentry.data, user_input)
            self.hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, **views}
            )
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="views",
            data_schema=vol.Schema(views_field(self.hass, subentry.data)),
            description_placeholders=_placeholders(subentry),
        )


def _placeholders(subentry: ConfigSubentry) -> dict[str, str]:
    return {"camera": subentry.title, "entity_id": subentry.data[CONF_ENTITY_ID]}
