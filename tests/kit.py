"""Help the tests that run inside Home Assistant."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
import os
from pathlib import Path
import sqlite3
from typing import Any, Literal, cast, override

from homeassistant.components.camera import Camera
from homeassistant.components.image import ImageEntity
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry, ConfigSubentryData
from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util
from PIL import Image
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.eyewitness.const import DATABASE, DOMAIN, NAMES
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.runtime import EyewitnessConfigEntry, Runtime
from tests.simulator import VENDORS, Simulator, Vendor

CAMERA = "camera.front_door"
ACTION = "describe_camera_event"
type Kind = Vendor | Literal["openai_compatible"]
"""The compatible server is OpenAI's part of the simulator, in the own network."""

ENTRY_ID = "01EYEWITNESS0000000000TEST"


def picture(width: int = 1280, height: int = 720, colour: str = "navy") -> bytes:
    """Return a JPEG of one colour with a line across; one of a single colour would be blank."""
    out = BytesIO()
    image = Image.new("RGB", (width, height), colour)
    image.paste("white", (0, height // 2, width, height // 2 + height // 16))
    image.save(out, "JPEG")
    return out.getvalue()


class FakeCamera(Camera):
    """Send what a test says, or raise it."""

    def __init__(self, name: str) -> None:
        """Send a good picture until told otherwise."""
        super().__init__()
        self._attr_name = name
        self.sends: bytes | Exception | None = picture()
        self.first: list[bytes | Exception | None] = []
        """What it sends before that, one at a time."""
        self.hangs = False
        self.seconds = 0.0
        """How long it takes."""
        self.asked = 0

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        await asyncio.sleep(self.seconds)
        sends = self.first.pop(0) if self.first else self.sends
        if isinstance(sends, Exception):
            raise sends
        return sends


class FakeImage(ImageEntity):
    """Send a picture."""

    _attr_content_type = "image/jpeg"

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Have a picture."""
        super().__init__(hass)
        self._attr_name = name
        self._attr_image_last_updated = dt_util.utcnow()

    @override
    async def async_image(self) -> bytes | None:
        return picture(640, 480, "green")


@dataclass
class House:
    """Set Eyewitness up in a Home Assistant, with simulated vendors, and use it."""

    hass: HomeAssistant
    sim: Simulator
    entry: EyewitnessConfigEntry = field(init=False)
    entry_for_tests: MockConfigEntry = field(init=False)
    """The same entry, with the plugin's means to start flows."""

    def subentry(self, kind: Kind, **changes: Any) -> ConfigSubentryData:
        """Return a provider with the key that its vendor takes."""
        opened = master_key.load(Path(self.hass.config.config_dir), os.environ)
        vendor: Vendor = "openai" if kind == "openai_compatible" else kind
        data = {
            "kind": kind,
            "api_key": opened.encrypt(changes.pop("api_key", self.sim.keys[vendor])),
            "model": "auto",
            "base_url": self.sim.urls.base(vendor),
            "local": kind == "openai_compatible",
        }
        if lost := changes.pop("ciphertext", ""):
            data["api_key"] = lost
        title = changes.pop("title", NAMES[kind])
        return ConfigSubentryData(
            subentry_type="provider", title=title, unique_id=None, data={**data, **changes}
        )

    def add_entry(
        self,
        *providers: Kind | ConfigSubentryData,
        options: Mapping[str, Any] | None = None,
    ) -> EyewitnessConfigEntry:
        """Add an entry with these providers, or all four, without setting it up."""
        entry = MockConfigEntry(
            domain=DOMAIN,
            entry_id=ENTRY_ID,
            minor_version=2,
            title="Eyewitness",
            options=options,
            subentries_data=[
                self.subentry(item) if isinstance(item, str) else item
                for item in providers or VENDORS
            ],
        )
        entry.add_to_hass(self.hass)
        self.entry_for_tests = entry
        self.entry = cast("EyewitnessConfigEntry", entry)
        return self.entry

    async def set_up(
        self,
        *providers: Kind | ConfigSubentryData,
        options: Mapping[str, Any] | None = None,
    ) -> EyewitnessConfigEntry:
        """Set an entry up with these providers, or all four."""
        entry = self.add_entry(*providers, options=options)
        await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()
        return entry

    def put_master_key(self, text: str) -> str:
        """Write something else into our own file for the master key; return what was there."""
        own = Path(self.hass.config.path(master_key.KEY_FILE))
        before = own.read_text("ascii")
        own.write_text(text, "ascii")
        return before

    def state(self) -> ConfigEntryState:
        """Return whether the entry is loaded; a call, or mypy would think that it never changes."""
        return self.entry.state

    @property
    def runtime(self) -> Runtime:
        """Return what the entry consists of now."""
        return self.entry.runtime_data

    def provider(self, title: str) -> ConfigSubentry:
        """Return a provider by its title or its kind."""
        return next(
            subentry
            for subentry in self.entry.subentries.values()
            if title in (subentry.title, subentry.data["kind"])
        )

    @property
    def order(self) -> list[str]:
        """Return the kinds in the order in which they are asked."""
        return [provider.kind for provider in self.runtime.providers.values()]

    async def describe(self, context: Context | None = None, **data: Any) -> dict[str, Any]:
        """Call the action for the camera and return its response."""
        response = await self.hass.services.async_call(
            DOMAIN,
            ACTION,
            {"entity_id": CAMERA, **data},
            blocking=True,
            context=context,
            return_response=True,
        )
        return cast("dict[str, Any]", response)

    async def usage(self) -> list[dict[str, Any]]:
        """Return the rows of the ledger, when what waits has been written."""
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            await entry.runtime_data.accounts.writer.async_flush()
        return await self.hass.async_add_executor_job(self._usage)

    def _usage(self) -> list[dict[str, Any]]:
        with sqlite3.connect(self.hass.config.path(DATABASE)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute("SELECT * FROM ai_usage ORDER BY id").fetchall()
        connection.close()
        return [dict(row) for row in rows]


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something that happens outside Home Assistant."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - nobody tells us when
            await asyncio.sleep(0.01)


def pick(rows: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return some columns of some rows."""
    return [tuple(row[name] for name in names) for row in rows]
