"""The real LiteLLM proxy before two machines, as docs/gateway.md says to set it up."""

from collections.abc import Sequence
import os
from pathlib import Path
import re
from typing import Any, Final, Self

import aiohttp
import yaml

from tests.harness.config import PROJECT
from tests.harness.hass import free_port
from tests.harness.process import Child

RECIPE: Final = PROJECT / "docs" / "gateway.md"
PROGRAM: Final = "EYEWITNESS_LITELLM"
"""The variable that names the program; it is in no requirements of ours: it brings a hundred."""


def recipe(machines: Sequence[str]) -> dict[str, Any]:
    """Return the configuration that the document shows, with these machines in it."""
    (text,) = re.findall(r"```yaml\n(model_list:.+?)```", RECIPE.read_text("utf-8"), re.DOTALL)
    config: dict[str, Any] = yaml.safe_load(text)
    for model, address in zip(config["model_list"], machines, strict=True):
        model["litellm_params"]["api_base"] = address
    return config


class Gateway:
    """A running LiteLLM proxy."""

    def __init__(self, folder: Path, machines: Sequence[str]) -> None:
        config = recipe(machines)
        self.key: str = config["general_settings"]["master_key"]
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/v1"
        file = folder / "gateway.yaml"
        file.write_text(yaml.safe_dump(config), "utf-8")
        argv = [os.environ[PROGRAM], "--config", str(file), "--host", "127.0.0.1"]
        self._child = Child(
            "LiteLLM",
            [*argv, "--port", str(port)],
            folder / "gateway.log",
            cwd=folder,
            env=dict(os.environ) | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        )

    async def __aenter__(self) -> Self:
        await self._child.begin(self._answers, 120)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._child.kill()

    async def _answers(self) -> bool:
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
                session.get(f"{self.url}/models", headers=headers) as response,
            ):
                return response.status == 200
        except aiohttp.ClientError, TimeoutError:
            return False
