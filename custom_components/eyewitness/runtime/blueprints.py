"""Offer our blueprints where Home Assistant looks for them, and leave alone what a person changed.

Home Assistant puts only its own blueprints there by itself, and translates none. It is asked to
write the files, so that automations which use one are loaded anew.
"""

from asyncio import Lock
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from homeassistant.components.automation.const import DOMAIN as AUTOMATION
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.errors import BlueprintInUse
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict

from ..const import DOMAIN, LOGGER
from . import EyewitnessConfigEntry

SOURCE: Final = Path(__file__).parents[1] / "blueprints" / AUTOMATION / DOMAIN
_VERSION: Final = 1
_TEXTS: Final = f"component.{DOMAIN}.common.blueprint_"
_UNUSABLE: Final = (
    *(HomeAssistantError, OSError),
    *(AttributeError, KeyError, NotImplementedError, TypeError, ValueError),
)
"""What a full or read-only disk raises, and a store that is damaged or newer."""


async def async_offer(hass: HomeAssistant, entry: EyewitnessConfigEntry) -> None:
    """Write those that are new, and those that nobody changed since we wrote them.

    One that a person deleted stays away until Eyewitness is added anew. When the house speaks
    another language from now on, so do they.
    """
    if AUTOMATION not in hass.config.components:
        return
    lock = Lock()

    async def offer() -> None:
        try:
            async with lock:
                await _async_offer(hass)
        except _UNUSABLE as err:
            LOGGER.warning("The blueprints cannot be offered (%s)", err)

    @callback
    def change_settings(event: Event) -> None:
        if "language" in event.data:
            entry.async_create_task(hass, offer())

    entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, change_settings))
    await offer()


async def _async_offer(hass: HomeAssistant) -> None:
    store = _store(hass)
    written = await store.async_load() or {}
    offered = async_get_blueprints(hass)
    texts = await _async_texts(hass)
    for path, blueprint in await hass.async_add_executor_job(lambda: list(_shipped(texts))):
        new, ours = _digest(blueprint.yaml().encode()), written.get(path)
        if ours == new:
            continue
        there = await hass.async_add_executor_job(_digest_of, offered.blueprint_folder / path)
        if there not in (ours, new):
            continue
        await offered.async_add_blueprint(blueprint, path, allow_override=True)
        written[path] = new
        await store.async_save(written)


async def async_withdraw(hass: HomeAssistant) -> None:
    """Delete those that nobody changed and no automation uses, and forget that they were ours."""
    try:
        await _async_withdraw(hass)
    except _UNUSABLE as err:
        LOGGER.warning("The blueprints cannot be deleted (%s)", err)


async def _async_withdraw(hass: HomeAssistant) -> None:
    store, offered = _store(hass), async_get_blueprints(hass)
    for path, ours in (await store.async_load() or {}).items():
        file = offered.blueprint_folder / path
        if await hass.async_add_executor_job(_digest_of, file) == ours:
            with suppress(BlueprintInUse):
                await offered.async_remove_blueprint(path)
    await store.async_remove()
    with suppress(OSError):  # it is not there, or something of the user's is still in it
        await hass.async_add_executor_job((offered.blueprint_folder / DOMAIN).rmdir)


def _store(hass: HomeAssistant) -> Store[dict[str, str]]:
    """Return what remembers the hash of each file as we wrote it, by its path."""
    return Store(hass, _VERSION, f"{DOMAIN}.blueprints")


async def _async_texts(hass: HomeAssistant) -> dict[str, str]:
    """Return what the blueprints say in the language of the house, by what they say in English."""
    english, spoken = [
        await async_get_translations(hass, language, "common", {DOMAIN})
        for language in ("en", hass.config.language)
    ]
    return {text: spoken[key] for key, text in english.items() if key.startswith(_TEXTS)}


def _shipped(texts: Mapping[str, str]) -> Iterator[tuple[str, Blueprint]]:
    for file in sorted(SOURCE.glob("*.yaml")):
        data = _translated(load_yaml_dict(file), texts)
        blueprint = Blueprint(data, expected_domain=AUTOMATION, schema=BLUEPRINT_SCHEMA)
        yield f"{DOMAIN}/{file.name}", blueprint


def _translated(part: Any, texts: Mapping[str, str]) -> Any:
    """Return a part of a blueprint with its texts in another language; the rest stays as it is."""
    match part:
        case dict():
            return {name: _translated(each, texts) for name, each in part.items()}
        case list():
            return [_translated(each, texts) for each in part]
        case str():
            return texts.get(part, part)
    return part


def _digest_of(file: Path) -> str | None:
    """Return the hash of a file, None when it is not there."""
    try:
        return _digest(file.read_bytes())
    except FileNotFoundError:
        return None


def _digest(text: bytes) -> str:
    return sha256(text).hexdigest()
