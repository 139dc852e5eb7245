"""The demo's home: a motion automation and a dashboard of Home Assistant's own cards."""

from typing import Any

from tests.harness.client import HassClient
from tests.harness.eyewitness import ACTION, DOMAIN

MOTION = "input_boolean.front_door_motion"
CAMERA = "camera.front_door"
URL_PATH = "front-door"

AUTOMATIONS: list[dict[str, Any]] = [
    {
        "id": "describe_front_door",
        "alias": "Describe motion at the front door",
        "description": "When something moves, ask what it is and tell it.",
        "mode": "single",
        "triggers": [{"trigger": "state", "entity_id": MOTION, "to": "on"}],
        "actions": [
            {
                "action": ACTION,
                "data": {"entity_id": CAMERA, "event_context": "motion at the front door"},
                "response_variable": "seen",
            },
            {
                "action": "persistent_notification.create",
                "data": {
                    "title": "{{ seen.camera_name }}: {{ seen.title }}",
                    "message": "{{ seen.description }}\n\n_{{ seen.provider }},"
                    " {{ seen.total_time_ms }} ms_",
                    "notification_id": "front_door",
                },
            },
            {
                "action": "input_boolean.turn_off",
                "target": {"entity_id": MOTION},
            },
        ],
    }
]


async def sensors(client: HassClient) -> dict[str, str]:
    """Return the entity ids of Eyewitness's sensors by the end of their unique id."""
    listed = await client.ws("config/entity_registry/list")
    return {
        entity["unique_id"]: entity["entity_id"]
        for entity in listed
        if entity["platform"] == DOMAIN and not entity["disabled_by"]
    }


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
    await client.ws(
        "lovelace/config/save",
        url_path=URL_PATH,
        config={"title": "Front door", "views": [_view(await sensors(client))]},
    )
    await client.ws("frontend/set_system_data", key="core", value={"default_panel": URL_PATH})


def _view(found: dict[str, str]) -> dict[str, Any]:
    """Lay out what is seen on the left, what it costs on the right."""
    last = _first(found, "_last_description")
    return {
        "title": "Front door",
        "type": "sections",
        "max_columns": 2,
        "sections": [
            {"type": "grid", "cards": [_heading("Front door", "mdi:doorbell-video"), *_seen(last)]},
            {"type": "grid", "cards": [_heading("Usage", "mdi:chart-line"), *_usage(found)]},
        ],
    }


def _seen(last: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "picture-entity",
            "entity": CAMERA,
            "show_state": False,
            "show_name": False,
            "camera_view": "auto",
        },
        {
            "type": "markdown",
            "content": (
                f"{{% set seen = '{last}' %}}\n"
                "{% if states(seen) in ('unknown', 'unavailable') %}\n"
                "Nothing has been seen yet. Switch the motion on.\n"
                "{% else %}\n"
                "### {{ states(seen) }}\n"
                "{{ state_attr(seen, 'description') }}\n\n"
                "_{{ relative_time(states[seen].last_changed) }} ago_\n"
                "{% endif %}"
            ),
        },
        {
            "type": "tile",
            "entity": MOTION,
            "features": [{"type": "toggle"}],
            "features_position": "inline",
            "grid_options": {"columns": "full"},
        },
    ]


def _usage(found: dict[str, str]) -> list[dict[str, Any]]:
    tiles: dict[str, tuple[str, int | str]] = {
        "_descriptions": ("Descriptions", 6),
        "_answering_provider": ("Answered by", 6),
        "_total_cost": ("Cost so far", "full"),
    }
    glances = {
        "_status": "Providers",
        "_response_time": "Last answer took",
        "_cost": "Cost",
    }
    return [
        *(
            {
                "type": "tile",
                "entity": _first(found, ending),
                "name": name,
                "grid_options": {"columns": columns},
            }
            for ending, (name, columns) in tiles.items()
        ),
        *(
            {
                "type": "glance",
                "title": title,
                "columns": 4,
                "entities": [
                    {"entity": entity_id, "name": name} for name, entity_id in _all(found, ending)
                ],
            }
            for ending, title in glances.items()
        ),
    ]


def _heading(text: str, icon: str) -> dict[str, Any]:
    return {"type": "heading", "heading": text, "heading_style": "title", "icon": icon}


def _all(found: dict[str, str], ending: str) -> list[tuple[str, str]]:
    """Return name and entity of each provider's sensor with this ending, in the default order."""
    names = {"openai": "OpenAI", "grok": "Grok", "gemini": "Gemini", "anthropic": "Claude"}
    return [
        (name, entity_id)
        for vendor, name in names.items()
        for unique_id, entity_id in found.items()
        if unique_id.endswith(ending) and vendor in entity_id
    ]


def _first(found: dict[str, str], ending: str) -> str:
    for unique_id, entity_id in found.items():
        if unique_id.endswith(ending):
            return entity_id
    raise LookupError(f"Eyewitness has no sensor {ending}")
