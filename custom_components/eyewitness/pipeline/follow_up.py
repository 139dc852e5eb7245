"""What an event leaves to be done: cooldowns, repairs, checks, its camera's device and picture."""

from collections import deque
from dataclasses import replace
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..ledger.rows import Purpose
from ..pictures.rules import EntityRef
from ..runtime import (
    EyewitnessConfigEntry,
    Runtime,
    auth_check,
    camera_devices,
    issues,
    model_check,
)
from ..runtime.device_models import async_show_answered
from .failing_cameras import FailingCameras
from .publish import SIGNAL_PUBLISHED
from .record import EventRecord, Status
from .recovery import Recovery

_REMEMBERED: Final = 5
"""Requests to each provider, for the diagnostics."""


@callback
def async_follow_up(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Look at every event from now on, also one that was stopped, until the entry is unloaded."""
    recovery = Recovery(hass, entry)
    failing = FailingCameras(hass, entry)

    @callback
    def look_after(record: EventRecord) -> None:
        if record.purpose is Purpose.TRIAL:
            return
        _remember(entry.runtime_data, record)
        async_show_answered(hass, entry, record.attempts)
        entry.runtime_data.cooldowns.async_save()
        issues.async_reflect(hass, entry, record.attempts)
        recovery.async_reflect()
        if record.purpose is Purpose.EVENT:
            failing.async_count(record)
            auth_check.async_check_refused(hass, entry, record.attempts)
            model_check.async_check_missing(hass, entry, record.attempts)
            if record.status is Status.DESCRIBED:
                _show(hass, entry, record)

    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_PUBLISHED, look_after))


@callback
def _show(hass: HomeAssistant, entry: EyewitnessConfigEntry, record: EventRecord) -> None:
    """Let the camera have a device that shows its last description, and keep the picture for it."""
    runtime = entry.runtime_data
    runtime.described[record.camera] = replace(record, picture=None)
    camera_devices.async_add(hass, entry, EntityRef.find(hass, record.camera))
    if (picture := record.picture) is not None:
        hass.async_create_background_task(
            runtime.last_pictures.async_keep(
                hass, record.event_id, record.camera, picture.jpeg, record.masks
            ),
            "eyewitness keep of the last picture",
        )


def _remember(runtime: Runtime, record: EventRecord) -> None:
    for attempt in record.attempts:
        last = runtime.last_attempts.setdefault(attempt.provider_id, deque(maxlen=_REMEMBERED))
        last.append(attempt)
