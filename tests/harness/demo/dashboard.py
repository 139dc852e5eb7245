"""The demo's home: a motion automation and a dashboard."""

from pathlib import Path
from typing import Any

import yaml

from tests.harness.client import HassClient

MOTION = "input_boolean.front_door_motion"
CAMERA = "camera.front_door"
URL_PATH = "front-door"
_HOME: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("home.yaml").read_text("utf-8"))
AUTOMATIONS: list[dict[str, Any]] = _HOME["automations"]


async def make_dashboard(client: HassClient) -> None:
    """Add the dashboard to the side bar and make it the first one to be shown."""
    await client.ws(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Front door",
        icon="mdi:eye-outline",
        show_in_sidebar=True,
        require_admin=False,
    )
    await client.ws("lovelace/config/save", url_path=URL_PATH, config=_HOME["dashboard"])
    await client.ws("frontend/set_system_data", key="core", value={"default_panel": URL_PATH})
