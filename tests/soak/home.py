"""A Home Assistant in this process, on whatever loop runs, with vendors in another process."""

from collections.abc import AsyncGenerator, Iterable, Mapping
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from homeassistant.core import HomeAssistant
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
    """Be for a `House` what it needs of a simulator that runs in another process."""

    urls: SimulatorUrls
    keys = KEYS


@contextlib.asynccontextmanager
async def home(
    folder: Path,
    urls: SimulatorUrls,
    cameras: Iterable[str],
    options: Mapping[str, Any] | None = None,
    elsewhere: Mapping[Vendor, str] | None = None,
) -> AsyncGenerator[House]:
    """Set up cameras and Eyewitness with all four vendors, some of them at other addresses."""
    async with async_test_home_assistant(config_dir=_made(folder)) as hass:
        frame.async_setup(hass)
        await translation.async_load_integrations(hass, {"homeassistant"})
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        hass.config.media_dirs = {"local": str(folder / "media")}
        await _add_cameras(hass, cameras)
        house = House(hass, cast("Simulator", Elsewhere(urls)))
        try:
            moved = elsewhere or {}
            await house.set_up(
                *(house.subentry(v, base_url=moved.get(v, urls.base(v))) for v in VENDORS),
                options=options,
            )
            yield house
        finally:
            await _stop(hass)


def _made(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder)


async def _add_cameras(hass: HomeAssistant, names: Iterable[str]) -> None:
    entities = [FakeCamera(name) for name in names]
    for number, entity in enumerate(entities):
        entity.sends = picture(640, 360, f"hsl({number * 30 % 360}, 60%, 40%)")
    setup_test_component_platform(hass, "camera", entities)
    assert await async_setup_component(hass, "camera", {"camera": {"platform": "test"}})
    await hass.async_block_till_done()


async def _stop(hass: HomeAssistant) -> None:
    for entry in hass.config_entries.async_loaded_entries("eyewitness"):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_stop(force=True)
