"""A custom integration for tests: cameras without a lens, and a look at the event loop."""

import asyncio
import ctypes
import gc
from time import perf_counter
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse

DOMAIN: Final = "soak_probe"
PLATFORMS: Final = (Platform.CAMERA,)
_STEP_SECONDS: Final = 0.001
_FULL: Final = 2
"""The oldest generation."""


def _give_back() -> None:
    """Let the interpreter collect its garbage, and the C library return what is free."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


class Watch:
    """A look at how late the loop wakes up every millisecond.

    The interpreter's full collections of Home Assistant's whole heap count for nothing: they take a
    third of a second here and strike whoever allocates.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._collection_began = 0.0
        self._collecting = 0.0
        """Seconds of all full collections."""
        self.longest = 0.0

    def collects(self, phase: str, info: dict[str, Any]) -> None:
        """Note a collection; for ``gc.callbacks``."""
        if info["generation"] < _FULL:
            return
        if phase == "start":
            self._collection_began = perf_counter()
        else:
            self._collecting += perf_counter() - self._collection_began

    def start(self) -> None:
        """Begin anew."""
        self.stop()
        self.longest = 0.0
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _watch(self) -> None:
        while True:
            began = perf_counter() - self._collecting
            await asyncio.sleep(_STEP_SECONDS)
            seconds = perf_counter() - self._collecting - began
            self.longest = max(self.longest, seconds - _STEP_SECONDS)


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry[None]) -> bool:
    """Add the cameras and four actions."""
    watch = Watch()
    gc.callbacks.append(watch.collects)

    async def start(call: ServiceCall) -> None:
        watch.start()

    async def read(call: ServiceCall) -> ServiceResponse:
        watch.stop()
        return {"longest_ms": watch.longest * 1000}

    async def tasks(call: ServiceCall) -> ServiceResponse:
        return {"count": len(asyncio.all_tasks())}

    async def give_back(call: ServiceCall) -> None:
        await hass.async_add_executor_job(_give_back)

    hass.services.async_register(DOMAIN, "start", start)
    hass.services.async_register(DOMAIN, "give_back", give_back)
    for name, action in (("read", read), ("tasks", tasks)):
        hass.services.async_register(DOMAIN, name, action, supports_response=SupportsResponse.ONLY)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True
