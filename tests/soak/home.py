"""A Home Assistant in this process, on whatever loop runs, with vendors in another process."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, override

from homeassistant.helpers import frame, translation
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    async_test_home_assistant,
    setup_test_component_platform,
)

from tests.kit import FakeCamera, House, picture
from tests.simulator import KEYS, VENDORS, Simulator, SimulatorUrls, Vendor


@dataclass(frozen=True)
class Elsewhere:
    """What a `House` needs of a simulator that runs in another process."""

    urls: SimulatorUrls
    keys = KEYS


class LiveCamera(FakeCamera):
    """Never send the same picture twice in a row: that would be an old one."""

    def __init__(self, name: str, number: int) -> None:
        """Have two pictures in a colour of its own."""
        super().__init__(name)
        colour = f"hsl({number * 30 % 360}, 60%, 40%)"
        self._pictures = [picture(640, height, colour) for height in (360, 352)]

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        self.sends = self._pictures[self.asked % 2]
        return await super().async_camera_image(width, height)


@contextlib.asynccontextmanager
async def home(
    folder: Path,
    urls: SimulatorUrls,
    cameras: Iterable[str],
    options: Mapping[str, Any] | None = None,
    elsewhere: Mapping[Vendor, str] | None = None,
) -> AsyncGenerator[House]:
    """Set up cameras and Eyewitness with all four vendors, some of them at other addresses."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        frame.async_setup(hass)
        await translation.async_load_integrations(hass, {"homeassistant"})
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        hass.config.media_dirs = {"local": str(folder / "media")}
        entities = [LiveCamera(name, number) for number, name in enumerate(cameras)]
        setup_test_component_platform(hass, "camera", entities)
        assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
        house = House(hass, cast("Simulator", Elsewhere(urls)))
        bases = {vendor: urls.base(vendor) for vendor in VENDORS} | dict(elsewhere or {})
        try:
            await house.set_up(
                *(house.subentry(vendor, base_url=url) for vendor, url in bases.items()),
                options=options,
            )
            yield house
        finally:
            await hass.config_entries.async_unload(house.entry.entry_id)
            await hass.async_stop(force=True)
