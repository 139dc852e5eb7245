"""Look through one of the user's cameras at once, and say what comes next."""

import asyncio
from collections.abc import Awaitable
from time import monotonic
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from ..const import CONF_ENTITY_ID, SUBENTRY_LOOK
from ..pictures.rules import EntityRef
from ..pictures.views import name_of
from ..pipeline.look import Look, async_look
from ..runtime import camera_devices
from ..runtime.markdown import image, plain
from ..runtime.outcome_texts import as_sentence, async_cents, async_seconds, kind_name
from ..runtime.settings import provider_order
from .camera_fields import camera_field, cameras


async def async_begin(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    """Return the id of a new flow that asks for a camera, None when it could not work."""
    if entry.state is not ConfigEntryState.LOADED or not cameras(hass):
        return None
    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, SUBENTRY_LOOK), context=SubentryFlowContext(source=SOURCE_USER)
    )
    return form["flow_id"]


MOMENT_SECONDS: Final = 1.0
"""A dialog that is told of the end before it listens waits for ever: all providers may be left
alone, and then the end comes at once."""


async def _after_a_moment(look: Awaitable[Look]) -> Look:
    """Return what was seen, or raise why nothing was, but not before the dialog listens."""
    moment = monotonic() + MOMENT_SECONDS
    try:
        return await look
    finally:
        await asyncio.sleep(moment - monotonic())


class LookFlow(ConfigSubentryFlow):
    """The forms that show a picture of a camera and what was said about it.

    It stores no subentry. It is one of the subentries' flows since those are offered on the page of
    the integration, and since Home Assistant can open one by itself after the set-up.
    """

    _entity_id: str
    _task: asyncio.Task[Look] | None = None
    _result: dict[str, str]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a camera; the first one is chosen already."""
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        if not (found := cameras(self.hass)):
            return self.async_abort(reason="no_camera")
        if not (order := provider_order(entry)):
            return self.async_abort(reason="no_provider")
        if user_input is not None:
            self._entity_id = user_input[CONF_ENTITY_ID]
            return await self.async_step_look()
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {vol.Required(CONF_ENTITY_ID, default=found[0]): camera_field(self.hass)}
            ),
            description_placeholders={"provider": entry.subentries[order[0]].title},
        )

    async def async_step_look(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Describe what the camera sees; words tell meanwhile what is going on."""
        entry = self._get_entry()
        if self._task is None:
            if entry.state is not ConfigEntryState.LOADED:
                return self.async_abort(reason="not_loaded")
            camera = EntityRef.find(self.hass, self._entity_id)
            camera_devices.async_add(self.hass, entry, camera)
            look = async_look(self.hass, entry, self._entity_id, Context(), by_person=True)
            self._task = self.hass.async_create_task(_after_a_moment(look))
        if not self._task.done():
            return self.async_show_progress(
                step_id="look",
                progress_action="look",
                description_placeholders={"camera": self._camera},
                progress_task=self._task,
            )
        task, self._task = self._task, None
        try:
            seen = task.result()
        except HomeAssistantError as err:
            self._result = {"camera": self._camera, "reason": plain(as_sentence(self.hass, err))}
            return self.async_show_progress_done(next_step_id="failed")
        self._result = await _async_result(self.hass, seen) | {"camera": self._camera}
        priced = seen.cost is not None
        return self.async_show_progress_done(next_step_id="seen" if priced else "seen_unpriced")

    @property
    def _camera(self) -> str:
        return plain(name_of(self.hass, self._entity_id))

    async def async_step_seen(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the picture, what was said and what that cost."""
        return self._menu("seen", ["next", "look", "user"])

    async def async_step_seen_unpriced(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the picture and what was said, at an unknown cost."""
        return self._menu("seen_unpriced", ["next", "look", "user"])

    async def async_step_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say why there is no description."""
        return self._menu("failed", ["look", "user", "next"])

    def _menu(self, step_id: str, options: list[str]) -> SubentryFlowResult:
        return self.async_show_menu(
            step_id=step_id, menu_options=options, description_placeholders=self._result
        )

    async def async_step_next(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what comes next, and where that is."""
        camera = EntityRef.find(self.hass, self._entity_id)
        device_id = camera_devices.async_add(self.hass, self._get_entry(), camera)
        return self.async_abort(
            reason="next_steps",
            description_placeholders={
                "camera": self._camera,
                "device": f"/config/devices/device/{device_id}",
                "automation": "/config/automation/edit/new",
                "blueprints": "/config/blueprint/dashboard",
            },
        )


async def _async_result(hass: HomeAssistant, look: Look) -> dict[str, str]:
    """Return what a description's menu shows."""
    response, picture = look.response, look.picture
    return {
        "picture": image(picture) if picture else "",
        "title": plain(response["title"]),
        "description": plain(response["description"]),
        "provider": kind_name(hass, response["provider"]),
        "seconds": await async_seconds(hass, response["total_time_ms"]),
        "cents": "" if look.cost is None else await async_cents(hass, look.cost),
    }
