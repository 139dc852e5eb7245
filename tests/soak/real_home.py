"""A real hass with the probe, Eyewitness and the vendors."""

from collections.abc import AsyncGenerator
import contextlib
from io import BytesIO
from pathlib import Path
import random
from typing import Final

from PIL import Image, ImageFilter

from tests.harness import probe
from tests.harness.eyewitness import add_eyewitness
from tests.harness.flows import start_config
from tests.harness.hass import Hass
from tests.soak.soak_probe import DOMAIN as PROBE
from tests.soak.vendors import Vendors

_PROBE_FOLDER: Final = Path(__file__).with_name("soak_probe")


@contextlib.asynccontextmanager
async def real_home(folder: Path, vendors: Vendors) -> AsyncGenerator[Hass]:
    """Start it with a hundred cameras, all vendors healthy."""
    await vendors.reset()
    hass = Hass(folder / "config")
    target = probe.install(hass, _PROBE_FOLDER)
    for number in range(2):
        (target / f"photo_{number}.jpg").write_bytes(photo(seed=number))
    async with hass:
        flow = await start_config(hass.api, PROBE)
        assert flow.step["type"] == "create_entry", flow.step
        await add_eyewitness(hass.api, urls=vendors.urls)
        yield hass


def photo(seed: int) -> bytes:
    """Return a 1920 by 1080 JPEG of about 450 kB, as cameras send them."""
    noise = Image.frombytes("RGB", (960, 540), random.Random(seed).randbytes(960 * 540 * 3))
    image = noise.resize((1920, 1080)).filter(ImageFilter.GaussianBlur(1.2))
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
