"""Fields for a camera and the other views of its device, and what is stored of them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import voluptuous as vol

from ..const import CONF_ALSO, CONF_LEFT_OUT, SUBENTRY_CAMERA
from ..pictures.rules import EntityRef, read_entities
from ..pictures.views import DOMAINS, other_views, own_pictures


def camera_field(hass: HomeAssistant) -> EntitySelector:
    """Return the field for a camera or an image of somebody else."""
    config = EntitySelectorConfig(domain=list(DOMAINS), exclude_entities=own_pictures(hass))
    return EntitySelector(config)


def cameras(hass: HomeAssistant) -> list[str]:
    """Return what can be looked through: cameras first, then images."""
    own = own_pictures(hass)
    found = (each for domain in DOMAINS for each in hass.states.async_entity_ids(domain))
    return [entity_id for entity_id in found if entity_id not in own]


def has_rules(hass: HomeAssistant, entry: ConfigEntry, entity_id: str) -> bool:
    """Return whether there are rules for a camera; those that only cover it do not count."""
    return any(
        read_entities(subentry.data)[0].current_entity_id(hass) == entity_id
        for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
    )


def views_field(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[vol.Marker, EntitySelector]:
    """Return the field for the other views of a camera's device, none if there are no others.

    All are chosen but those that a person has left out before.
    """
    offered = _offered(hass, data)
    left_out = data.get(CONF_LEFT_OUT, [])
    chosen = [key for key, view in offered.items() if view.registry_id not in left_out]
    config = EntitySelectorConfig(multiple=True, include_entities=list(offered))
    field = vol.Optional(CONF_ALSO, description={"suggested_value": chosen})
    return {field: EntitySelector(config)} if offered else {}


def read_views(
    hass: HomeAssistant, data: Mapping[str, Any], user_input: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is stored of the choice: the views to cover, and those that were left out."""
    if not (offered := _offered(hass, data)):
        return {}
    chosen = user_input.get(CONF_ALSO, [])
    return {
        CONF_ALSO: [asdict(view) for key, view in offered.items() if key in chosen],
        CONF_LEFT_OUT: [
            view.registry_id
            for key, view in offered.items()
            if key not in chosen and view.registry_id
        ],
    }


def _offered(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, EntityRef]:
    """Return the views that rules cover or may cover besides their camera, by entity id."""
    camera, *also = read_entities(data)
    views = {entity.current_entity_id(hass): entity for entity in also}
    current = camera.current_entity_id(hass)
    for view in other_views(hass, current):
        views[view.entity_id] = EntityRef(view.entity_id, view.id)
    return dict(sorted(views.items()))
