"""Fields for a camera and the other views of its device, and what is stored of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import voluptuous as vol

from ..const import (
    CONF_ALLOWED,
    CONF_ALSO,
    CONF_DETAIL,
    CONF_FORMER,
    CONF_KEEP,
    CONF_LEFT_OUT,
    CONF_MASKS,
    CONF_POLYGONS,
    CONF_SAME_SCENE,
    SUBENTRY_CAMERA,
)
from ..pictures.rules import EntityRef, read_entities, read_rules
from ..pictures.size import Detail
from ..pictures.views import DOMAINS, other_views, own_pictures

DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_MASKS: [],
    CONF_POLYGONS: [],
    CONF_ALLOWED: [],
    CONF_DETAIL: Detail.NORMAL.value,
    CONF_KEEP: True,
    CONF_SAME_SCENE: False,
}
"""What is stored when only the camera is named."""


def camera_field(hass: HomeAssistant) -> EntitySelector:
    """Return the field for a camera or an image of somebody else."""
    config = EntitySelectorConfig(domain=list(DOMAINS), exclude_entities=own_pictures(hass))
    return EntitySelector(config)


def cameras(hass: HomeAssistant) -> list[str]:
    """Return what can be looked through: cameras first, then images."""
    own = own_pictures(hass)
    found = (each for domain in DOMAINS for each in hass.states.async_entity_ids(domain))
    return [entity_id for entity_id in found if entity_id not in own]


def rules_of(hass: HomeAssistant, entry: ConfigEntry, entity_id: str) -> ConfigSubentry | None:
    """Return where the rules for a camera are stored; those that only cover it do not count."""
    return next(
        (
            subentry
            for subentry in _subentries(entry)
            if read_entities(subentry.data)[0].current_entity_id(hass) == entity_id
        ),
        None,
    )


def new_rules(hass: HomeAssistant, entry: ConfigEntry, entity_id: str) -> dict[str, Any]:
    """Return what is stored of a camera without rules when nobody changes what the form shows.

    One that took over the name of another camera goes on with what holds for it now, that one's.
    """
    stored = [(each.data, read_rules(each.data)) for each in _subentries(entry)]
    former = [data for data, rules in stored if entity_id in rules.former]
    covered = any(rules.covers(hass, entity_id) for _, rules in stored)
    inherited = {} if covered or not former else former[0]
    data = {**DEFAULTS, **inherited}
    for name in (CONF_ALSO, CONF_FORMER, CONF_LEFT_OUT):
        data.pop(name, None)
    data |= asdict(EntityRef.find(hass, entity_id))
    return data | read_views(hass, data, {CONF_ALSO: chosen_views(hass, data)})


def views_field(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[vol.Marker, EntitySelector]:
    """Return the field for the other views of a camera's device, none if there are no others.

    All are chosen but those that a person has left out before.
    """
    offered, chosen = _offered(hass, data), chosen_views(hass, data)
    config = EntitySelectorConfig(multiple=True, include_entities=list(offered))
    field = vol.Optional(CONF_ALSO, description={"suggested_value": chosen})
    return {field: EntitySelector(config)} if offered else {}


def chosen_views(hass: HomeAssistant, data: Mapping[str, Any]) -> list[str]:
    """Return the entity ids of a device's other views, but for those that were left out before."""
    left_out = data.get(CONF_LEFT_OUT, [])
    return [key for key, view in _offered(hass, data).items() if view.registry_id not in left_out]


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


def _subentries(entry: ConfigEntry) -> Iterable[ConfigSubentry]:
    return entry.get_subentries_of_type(SUBENTRY_CAMERA)


def _offered(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, EntityRef]:
    """Return the views that rules cover or may cover besides their camera, by entity id."""
    camera, *also = read_entities(data)
    views = {entity.current_entity_id(hass): entity for entity in also}
    current = camera.current_entity_id(hass)
    for view in other_views(hass, current):
        views[view.entity_id] = EntityRef(view.entity_id, view.id)
    return dict(sorted(views.items()))
