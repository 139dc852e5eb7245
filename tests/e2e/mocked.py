"""A Home Assistant whose vendors are LLMock's."""

from collections.abc import AsyncGenerator
import contextlib
from dataclasses import dataclass
import io
import json
from pathlib import Path
import random
from typing import Any, Final

from PIL import Image
import pytest

from tests.harness.eyewitness import add_eyewitness, describe
from tests.harness.flows import delete_entry
from tests.harness.hass import Hass
from tests.harness.llmock import Llmock, behave
from tests.simulator import VENDORS

MOCKED = [pytest.mark.e2e, pytest.mark.timeout(180), pytest.mark.xdist_group("llmock")]

_SIZE: Final = (64, 48)


def said_by(vendor: str) -> str:
    """Return what a vendor says of every picture."""
    return f"A person waits at the door, says {vendor}."


_ANSWERS: Final = [
    behave(
        vendor,
        "reply",
        None,
        text=json.dumps(
            {
                "title": "A visitor",
                "description": said_by(vendor),
                "objects": ["person"],
                "confidence": 90,
                "importance": "normal",
            }
        ),
    )
    for vendor in VENDORS
]
"""LLMock's own answers are examples of the schema, and from Claude a plain text."""


@dataclass
class Mocked:
    """One running Home Assistant with Eyewitness and a camera."""

    vendors: Llmock
    hass: Hass
    camera: str
    entry_id: str

    async def script(self, *behaviors: dict[str, Any]) -> None:
        """Let the vendors behave like this and then answer, in place of what was before."""
        await self.vendors.script(*behaviors, *_ANSWERS)

    async def describe(self, **fields: Any) -> dict[str, Any]:
        """Describe a picture that the camera has not shown before."""
        picture = io.BytesIO()
        width, height = _SIZE
        Image.frombytes("RGB", _SIZE, random.randbytes(width * height * 3)).save(picture, "JPEG")
        self.hass.photo("Front door").write_bytes(picture.getvalue())
        return await describe(self.hass.api, self.camera, **fields)

    async def fresh(self) -> None:
        """Forget what earlier tests did: faults, rests, missing models, requests."""
        await self.script()
        # Not by a test: LLMock does not look at pictures, so nobody would be trusted again.
        await delete_entry(self.hass.api, self.entry_id)
        self.entry_id = await add_eyewitness(self.hass.api, urls=self.vendors)
        await self.vendors.forget_requests()


@contextlib.asynccontextmanager
async def begin(folder: Path) -> AsyncGenerator[Mocked]:
    """Start LLMock and Home Assistant."""
    async with Llmock(folder) as vendors, Hass(folder / "config") as hass:
        camera = await hass.add_camera("Front door")
        entry_id = await add_eyewitness(hass.api, urls=vendors)
        yield Mocked(vendors, hass, camera, entry_id)
