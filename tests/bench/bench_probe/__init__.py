"""A custom integration for the bench: cameras without a lens, and what measures from within."""

import asyncio
from typing import Any, Final

from homeassistant.components.camera.img_util import TurboJPEGSingleton
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers.start import async_at_started

from . import floors, measure

DOMAIN: Final = "bench_probe"


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry[None]) -> bool:
    """Add the cameras and the actions."""
    bench = Bench(hass)
    for action in (bench.nothing, bench.fetch, bench.encode, bench.post, bench.peer):
        hass.services.async_register(DOMAIN, action.__name__, action)
    for question in (
        bench.prepare,
        bench.time_calls,
        bench.watch_calls,
        bench.burst,
        bench.figures,
    ):
        hass.services.async_register(
            DOMAIN, question.__name__, question, supports_response=SupportsResponse.ONLY
        )
    entry.async_on_unload(async_at_started(hass, bench.note_start))
    await hass.config_entries.async_forward_entry_setups(entry, [Platform.CAMERA])
    return True


class Bench:
    """The probe's actions: the floors, which are measured, and those that measure."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._at_start: asyncio.Future[dict[str, Any]] = hass.loop.create_future()
        self._photo = self._body = b""

    async def note_start(self, _: HomeAssistant) -> None:
        """Keep what the process is at the end of Home Assistant's start."""
        self._at_start.set_result(await self._hass.async_add_executor_job(measure.figures))

    async def nothing(self, call: ServiceCall) -> None:
        """Be called."""

    async def fetch(self, call: ServiceCall) -> None:
        """Ask the camera for its picture."""
        await floors.fetch(self._hass, call.data["entity_id"])

    async def encode(self, call: ServiceCall) -> None:
        """Make the prepared picture smaller, as any code that blocks: in the executor."""
        await self._hass.async_add_executor_job(floors.encode, self._photo)

    async def post(self, call: ServiceCall) -> None:
        """Send the prepared body."""
        await floors.post(self._hass, call.data["url"], self._body)

    async def peer(self, call: ServiceCall) -> None:
        """Do what the peer does."""
        await floors.peer(self._hass, call.data["entity_id"], call.data["url"])

    async def prepare(self, call: ServiceCall) -> ServiceResponse:
        """Keep a picture and a body for the floors; say who has found libturbojpeg."""
        # By now it is loaded; a start that is measured without Eyewitness must not load it.
        from custom_components.eyewitness.pictures import turbo  # noqa: PLC0415

        self._photo = await floors.fetch(self._hass, call.data["entity_id"])
        self._body = floors.body_with(
            await self._hass.async_add_executor_job(floors.encode, self._photo)
        )
        own = await self._hass.async_add_executor_job(turbo.library)
        return {"core": bool(TurboJPEGSingleton.instance()), "eyewitness": own is not None}

    async def time_calls(self, call: ServiceCall) -> ServiceResponse:
        """Measure times."""
        return await measure.time_calls(self._hass, **call.data)

    async def watch_calls(self, call: ServiceCall) -> ServiceResponse:
        """Measure stalls."""
        return await measure.watch_calls(self._hass, **call.data)

    async def burst(self, call: ServiceCall) -> ServiceResponse:
        """Measure many calls at once."""
        return await measure.burst(self._hass, **call.data)

    async def figures(self, call: ServiceCall) -> ServiceResponse:
        """Return what the process was when Home Assistant had started."""
        return await self._at_start
