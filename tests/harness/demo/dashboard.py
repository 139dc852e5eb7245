"""The demo's home: a motion automation and a dashboard of Home Assistant's own cards."""

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
    config = _without_the_missing(_HOME["dashboard"], set(await client.states()))
    await client.ws("lovelace/config/save", url_path=URL_PATH, config=config)
    await client.ws("frontend/set_system_data", key="core", value={"default_panel": URL_PATH})


def _without_the_missing(node: Any, states: set[str]) -> Any:
    """Return a part of the dashboard without the entities of providers that have no key."""
    match node:
        case {"entities": entities}:
            return {**node, "entities": [item for item in entities if item["entity"] in states]}
        case dict():
            return {key: _without_the_missing(item, states) for key, item in node.items()}
        case list():
            return [_without_the_missing(item, states) for item in node]
    return node
