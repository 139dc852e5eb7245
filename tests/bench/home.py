"""A real hass with cameras, Eyewitness and Home Assistant's own AI task, and the vendor of both."""

from collections.abc import AsyncGenerator, Sequence
import contextlib
from pathlib import Path
import sys
from typing import Any, Final, Self

import aiohttp

from tests.bench import launch
from tests.bench.photos import photos
from tests.harness import probe
from tests.harness.config import PROJECT
from tests.harness.eyewitness import DOMAIN
from tests.harness.flows import start_config
from tests.harness.hass import Hass
from tests.harness.process import Child

PROBE: Final = "bench_probe"
_PROBE_FOLDER: Final = Path(__file__).with_name(PROBE)
_READY: Final = "listening on "
OPENAI: Final = "openai_conversation"


class VendorProcess:
    """`tests.bench.vendor`, running."""

    def __init__(self, folder: Path) -> None:
        argv = [sys.executable, "-m", "tests.bench.vendor"]
        self._child = Child("The vendor", argv, folder / "vendor.log", cwd=PROJECT)
        self.root = ""

    async def __aenter__(self) -> Self:
        await self._child.begin(self._listens, 30)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._child.stop(10)

    async def kill(self) -> None:
        """End it on the spot, as a power cut would."""
        await self._child.kill()

    @property
    def pid(self) -> int:
        """Return its process id."""
        return self._child.pid

    @property
    def base_url(self) -> str:
        """Return the address for OpenAI's clients."""
        return f"{self.root}/v1"

    @property
    def chat_url(self) -> str:
        """Return the address of a request in Chat Completions' words."""
        return f"{self.base_url}/chat/completions"

    async def take(self, seconds: float = 0.0) -> dict[str, Any]:
        """Return what it has seen since the last time; from now on it takes so many seconds."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.root}/take", params={"seconds": seconds}) as response,
        ):
            seen: dict[str, Any] = await response.json()
            return seen

    async def _listens(self) -> bool:
        lines = [line for line in self._child.log().splitlines() if line.startswith(_READY)]
        self.root = lines[-1].removeprefix(_READY) if lines else ""
        return bool(lines)


def make_hass(folder: Path, vendor: VendorProcess, library: str, kinds: Sequence[str]) -> Hass:
    """Write the configuration of a hass with the probe and cameras of these kinds.

    ``library`` is the file of a libturbojpeg, or ``launch.NONE``. Home Assistant's
    own integration has no field for an address; its library takes one from the environment.
    """
    scratch = folder / "tmp"
    hass = Hass(
        folder / "config",
        program=(sys.executable, str(Path(launch.__file__)), library),
        env={"OPENAI_BASE_URL": vendor.base_url, "TMPDIR": str(scratch)},
    )
    scratch.mkdir(parents=True)
    target = probe.install(hass, _PROBE_FOLDER)
    for kind, shown in photos(kinds).items():
        (target / "photos" / kind).mkdir(parents=True)
        for number, content in enumerate(shown):
            (target / "photos" / kind / f"{number}.jpg").write_bytes(content)
    return hass


async def add(hass: Hass, domain: str, data: dict[str, Any] | None = None) -> str:
    """Add an integration by its dialog and return the entry's id."""
    flow = await start_config(hass.api, domain)
    step = flow.step if data is None else await flow.answer(data)
    if step["type"] != "create_entry":
        raise RuntimeError(f"{domain}: {step.get('errors') or step}")
    entry_id: str = step["result"]["entry_id"]
    return entry_id


def one_provider(vendor: VendorProcess) -> dict[str, Any]:
    """Fill in Eyewitness's first form with one provider."""
    return {"openai_api_key": "bench", "endpoints": {"openai_base_url": vendor.base_url}}


@contextlib.asynccontextmanager
async def running(
    folder: Path, vendor: VendorProcess, library: str, kinds: Sequence[str]
) -> AsyncGenerator[Hass]:
    """Run a hass in which everything is set up that can describe a picture."""
    async with make_hass(folder, vendor, library, kinds) as hass:
        await add(hass, PROBE)
        await add(hass, DOMAIN, one_provider(vendor))
        await add(hass, OPENAI, {"api_key": "bench"})
        yield hass
