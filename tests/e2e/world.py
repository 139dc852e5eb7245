"""What the end-to-end tests share: the vendors, a Home Assistant and its cameras."""

from collections.abc import Mapping
from dataclasses import dataclass
import io
from typing import Any

from PIL import Image
import pytest

from tests.harness.eyewitness import describe
from tests.harness.flows import reload
from tests.harness.hass import Hass
from tests.harness.ledger import written_rows
from tests.harness.simulator import SimulatorProcess

E2E = [pytest.mark.e2e, pytest.mark.timeout(180), pytest.mark.xdist_group("e2e")]

SIDEWAYS_SIZE = (1080, 1920)
"""The upright size of the picture that its camera stores lying on its side."""


@dataclass
class World:
    """One running Home Assistant with Eyewitness and two cameras."""

    vendors: SimulatorProcess
    hass: Hass
    camera: str
    sideways: str
    entry_id: str

    async def describe(self, **fields: Any) -> dict[str, Any]:
        """Describe what the front door camera sees."""
        return await describe(self.hass.api, fields.pop("entity_id", self.camera), **fields)

    async def fresh(self) -> None:
        """Forget what earlier tests did: faults, requests, open circuits, chosen models."""
        await self.vendors.reset()
        await reload(self.hass.api, self.entry_id)

    async def sensors(self) -> dict[str, dict[str, Any]]:
        """Return the states of Eyewitness's sensors by entity id."""
        registry = await self.hass.api.ws("config/entity_registry/list")
        ours = {item["entity_id"] for item in registry if item["platform"] == "eyewitness"}
        states = await self.hass.api.states()
        return {entity_id: states[entity_id] for entity_id in ours if entity_id in states}

    async def rows(self, ended: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what the usage table holds about an event, by its response or its data."""
        return await written_rows(self.hass.folder, len(ended["attempts"]), ended["event_id"])


def sideways_photo() -> bytes:
    """Make a JPEG that lies on its side, with an EXIF note how to turn it and where it was taken.

    Upright, its upper half is red and its lower half is blue.
    """
    width, height = SIDEWAYS_SIZE
    upright = Image.new("RGB", SIDEWAYS_SIZE, (200, 20, 20))
    upright.paste((20, 20, 200), (0, height // 2, width, height))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to look at it
    exif[0x010F] = "Doorcam"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 22.0, 23.0), 3: "E", 4: (4.0, 53.0, 32.0)})
    out = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()
