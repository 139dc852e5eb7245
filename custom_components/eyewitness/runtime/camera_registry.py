"""Keep the rules of a camera on it, whatever becomes of its name, and report when it is gone."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant, callback, split_entity_id
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import (
    async_track_state_added_domain,
    async_track_state_removed_domain,
)
from homeassistant.helpers.start import async_at_started

from ..const import (
    CONF_ALSO,
    CONF_ENTITY_ID,
    CONF_FORMER,
    CONF_LEFT_OUT,
    CONF_REGISTRY_ID,
    CONF_WAKE_ENTITY,
    CONF_WAKE_REGISTRY_ID,
    SUBENTRY_CAMERA,
)
from ..pictures.rules import WAKE_DOMAINS, EntityRef, StoredRules, read_entities
from ..pictures.views import DOMAINS, name_of, other_views
from . import EyewitnessConfigEntry, issues


@callback
def async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Follow the cameras from now on, and take up what became of them since."""
    names: dict[str, str] = {}

    @callback
    def follow(_: object = None) -> None:
        _async_follow(hass, entry, names)
        # Before, a camera may just not be there yet.
        if hass.state is CoreState.running:
            issues.async_report_cameras(hass, entry, dict(_reports(hass, entry)))

    async def changed(_hass: HomeAssistant, _entry: EyewitnessConfigEntry) -> None:
        follow()

    follow()
    for stop in (
        entry.add_update_listener(changed),
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow, event_filter=_matters),
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, follow),
        async_track_state_added_domain(hass, DOMAINS, follow),
        async_track_state_removed_domain(hass, DOMAINS, follow),
        async_at_started(hass, follow),
    ):
        entry.async_on_unload(stop)


@callback
def _matters(event_data: er.EventEntityRegistryUpdatedData) -> bool:
    """Return whether rules may name an entity; a large home registers thousands of others."""
    return split_entity_id(event_data["entity_id"])[0] in (*DOMAINS, *WAKE_DOMAINS)


@callback
def _async_follow(hass: HomeAssistant, entry: EyewitnessConfigEntry, names: dict[str, str]) -> None:
    """Store the present names and ids of the cameras.

    ``names`` are the cameras' names when this was last called, by subentry id.
    """
    subentries = list(entry.get_subentries_of_type(SUBENTRY_CAMERA))
    held = _held(hass, subentries)
    changed = [(subentry, _followed(hass, subentry.data, held)) for subentry in subentries]
    for subentry, data in changed:
        name = name_of(hass, data[CONF_ENTITY_ID])
        before = names.get(subentry.subentry_id), subentry.data[CONF_ENTITY_ID]
        names[subentry.subentry_id] = name
        hass.config_entries.async_update_subentry(
            entry, subentry, data=data, title=name if subentry.title in before else subentry.title
        )


def _held(hass: HomeAssistant, subentries: list[ConfigSubentry]) -> set[str]:
    """Return the ids of all registered entities that have rules of their own."""
    registry = er.async_get(hass)
    return {
        entity.registry_id
        for subentry in subentries
        for entity in read_entities(subentry.data)
        if entity.registry_id and registry.async_get(entity.registry_id)
    }


def _followed(hass: HomeAssistant, data: Mapping[str, Any], held: set[str]) -> dict[str, Any]:
    """Return the rules of one subentry with the entities as the registry has them now."""
    registry = er.async_get(hass)
    stored = read_entities(data)
    entities = [_present(hass, entity, held) for entity in stored]
    # The ids as well: a camera that was replaced may be added again, under whatever name.
    known = {key for entity in entities for key in entity.keys}
    left = [key for entity in stored for key in entity.keys if key not in known]
    former = []
    for key in dict.fromkeys([*data.get(CONF_FORMER, []), *left]):
        if (successor := registry.async_get(key)) is None:
            former.append(key)
        elif successor.id not in held:
            entities.append(EntityRef(successor.entity_id, successor.id))
        # Otherwise it belongs to an entity with rules of its own from now on.
    camera, *also = entities
    found = {**data, **asdict(camera)}
    if also or CONF_ALSO in data:
        found[CONF_ALSO] = [asdict(entity) for entity in also]
    if former or CONF_FORMER in data:
        found[CONF_FORMER] = former
    if entity_id := data.get(CONF_WAKE_ENTITY):
        wake = _present(hass, EntityRef(entity_id, data.get(CONF_WAKE_REGISTRY_ID)), set())
        found |= {CONF_WAKE_ENTITY: wake.entity_id, CONF_WAKE_REGISTRY_ID: wake.registry_id}
    return found


def _present(hass: HomeAssistant, entity: EntityRef, held: set[str]) -> EntityRef:
    """Return an entity under its present name.

    One that is new to the registry, or that has taken the place of one that is gone, is known by
    its name, unless it is among the ``held`` that have rules of their own.
    """
    registry = er.async_get(hass)
    known = registry.async_get(entity.registry_id) if entity.registry_id else None
    if known is None:
        known = registry.async_get(entity.entity_id)
        if known is None or known.id in held:
            return entity
    return EntityRef(known.entity_id, known.id)


def _reports(
    hass: HomeAssistant, entry: EyewitnessConfigEntry
) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """Return what a person should know, as the report's name and the subentry's id."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA):
        camera = {"camera": subentry.title, "entity_id": subentry.data[CONF_ENTITY_ID]}
        if _is_gone(hass, subentry.data):
            yield (issues.CAMERA_GONE, subentry.subentry_id), camera
        elif views := _uncovered(hass, subentry.data, entry.runtime_data.settings.cameras):
            found = camera | {"views": ", ".join(views)}
            yield (issues.CAMERA_UNCOVERED, subentry.subentry_id), found


def _is_gone(hass: HomeAssistant, data: Mapping[str, Any]) -> bool:
    """Return whether the camera of one subentry does not exist, or not any more."""
    registry = er.async_get(hass)
    entity_id, registry_id = data[CONF_ENTITY_ID], data.get(CONF_REGISTRY_ID)
    if registry_id and registry.async_get(registry_id):
        return False
    # A registered one of this name would have been taken up, had it no rules of its own.
    return hass.states.get(entity_id) is None or registry.async_get(entity_id) is not None


def _uncovered(
    hass: HomeAssistant, data: Mapping[str, Any], rules: tuple[StoredRules, ...]
) -> list[str]:
    """Return where a camera's view is shown without any rules, and nobody said that it may."""
    left_out = data.get(CONF_LEFT_OUT, [])
    return [
        view.entity_id
        for view in other_views(hass, data[CONF_ENTITY_ID])
        if view.id not in left_out and not any(each.covers(hass, view.entity_id) for each in rules)
    ]
