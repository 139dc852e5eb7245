"""What the tests in a real browser share: a person in front of a Home Assistant."""

from collections.abc import AsyncGenerator
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page
import pytest

from tests.harness.browser import open_page
from tests.harness.demo.dashboard import AUTOMATIONS
from tests.harness.eyewitness import DOMAIN, describe
from tests.harness.flows import delete_entry, entries, titles
from tests.harness.hass import Hass
from tests.harness.simulator import SimulatorProcess

BROWSER = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("browser")]


@dataclass
class Visit:
    """A person in front of a Home Assistant that has the demo's camera."""

    page: Page
    hass: Hass
    vendors: SimulatorProcess
    camera: str

    async def describe(self, **fields: Any) -> dict[str, Any]:
        """Describe what the camera sees; the action waits for a reload that is due."""
        return await describe(self.hass.api, self.camera, **fields)

    async def entry_id(self) -> str:
        """Return the id of the one entry."""
        (entry,) = await entries(self.hass.api, DOMAIN)
        return str(entry["entry_id"])

    async def titles(self) -> dict[str, str]:
        """Return the subentries' ids by title."""
        return await titles(self.hass.api, await self.entry_id())

    async def leave(self) -> None:
        """Take Eyewitness away, and what earlier tests did to the vendors."""
        await self.page.wait_for_timeout(300)  # a dialog that closes goes back in the history
        await self.page.goto("about:blank")
        await self.vendors.reset()
        for entry in await entries(self.hass.api, DOMAIN):
            await delete_entry(self.hass.api, entry["entry_id"])


@contextlib.asynccontextmanager
async def begin(program: str, folder: Path) -> AsyncGenerator[Visit]:
    """Start Home Assistant and a browser, and log in."""
    async with (
        SimulatorProcess(folder) as vendors,
        Hass(folder / "config", automations=AUTOMATIONS) as hass,
    ):
        camera = await hass.add_camera("Front door")
        size = {"width": 1280, "height": 1000}
        async with open_page(program, hass.url, viewport=size) as page:
            yield Visit(page, hass, vendors, camera)
