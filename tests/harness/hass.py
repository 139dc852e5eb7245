"""A real Home Assistant process on a throw-away configuration folder."""

from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import socket
import sys
from typing import Any, Self

import aiohttp

from tests.harness.client import HassClient
from tests.harness.config import PHOTO, write_config, write_yaml
from tests.harness.flows import start_config
from tests.harness.onboarding import onboard
from tests.harness.process import Child, ProcessError

_HASS = (sys.executable, "-m", "homeassistant")
_OPTIONS = ("--skip-pip", "--log-no-color")
_START_TIMEOUT_S = 120.0
_STOP_TIMEOUT_S = 40.0


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Hass:
    """One `hass` that can be started, stopped, killed and used."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        debug: bool = False,
        automations: Sequence[Mapping[str, Any]] = (),
        program: Sequence[str] = _HASS,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Write the configuration folder; nothing is started yet."""
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._token = ""
        self._debug = debug
        self._client: HassClient | None = None
        write_config(folder, self.port, debug=debug, automations=automations)
        self._child = Child(
            "Home Assistant",
            [*program, *_OPTIONS, "--config", str(folder)],
            folder / "process.log",
            cwd=folder,
            env={**_environment(), **(env or {})},
        )

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.kill()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def api(self) -> HassClient:
        """Return the open client."""
        if self._client is None:
            raise ProcessError("Home Assistant is not running")
        return self._client

    @property
    def pid(self) -> int:
        """Return the process id while it runs."""
        return self._child.pid

    async def start(self) -> None:
        """Start the process, onboard it the first time and connect."""
        await self._child.start()
        await self._child.wait_until(self._answers, _START_TIMEOUT_S, f"listening on {self.url}")
        if not self._token:
            self._token = await onboard(self.url)
            write_yaml(self.folder, self.port, debug=self._debug, first_start=False)
        self._client = await HassClient(self.url, self._token).__aenter__()
        await self._child.wait_until(self._started, _START_TIMEOUT_S, "the end of its start")

    async def stop(self) -> None:
        """Stop as the operating system would."""
        await self._disconnect()
        await self._child.stop(_STOP_TIMEOUT_S)

    async def kill(self) -> None:
        """Kill it on the spot, as a power cut would."""
        await self._disconnect()
        await self._child.kill()

    async def restart(self) -> None:
        """Stop and start on the same configuration folder."""
        await self.stop()
        await self.start()

    def log(self) -> str:
        """Return what all starts so far have printed."""
        return self._child.log()

    def path(self, *parts: str) -> Path:
        """Return a path inside the configuration folder."""
        return self.folder.joinpath(*parts)

    def photo(self, name: str) -> Path:
        """Return the file that a camera shows."""
        return self.folder / f"{name}.jpg"

    async def add_camera(self, name: str, photo: bytes | None = None) -> str:
        """Add a camera that shows a photo, by its own config flow; return its entity id."""
        file = self.photo(name)
        file.write_bytes(photo if photo is not None else PHOTO.read_bytes())
        flow = await start_config(self.api, "local_file")
        asked = {field["name"] for field in flow.step["data_schema"]}
        given = {"name": name, "file_path": str(file)}  # from 2026.11 on the file's name counts
        step = await flow.answer({key: given[key] for key in asked})
        if step["type"] != "create_entry":
            raise self._child.failure(f"did not accept the camera: {step}")
        entity_id = f"camera.{name.lower().replace(' ', '_')}"

        async def appeared() -> bool:
            return await self.api.state(entity_id) is not None

        await self._child.wait_until(appeared, 20, f"a camera entity for {name}")
        return entity_id

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.__aexit__()

    async def _answers(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.get(f"{self.url}/manifest.json") as response,
            ):
                return response.status == 200
        except aiohttp.ClientError, TimeoutError:
            return False

    async def _started(self) -> bool:
        config: dict[str, Any] = await self.api.ws("get_config")
        return bool(config["state"] == "RUNNING")


def _environment() -> dict[str, str]:
    """Return this environment without what would change how Home Assistant behaves."""
    dropped = ("EYEWITNESS_", "HA_", "HASS", "SUPERVISOR", "PYTEST", "COV_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    return kept | {"PYTHONUNBUFFERED": "1", "HA_DISABLE_LOG_FILE": "0"}
