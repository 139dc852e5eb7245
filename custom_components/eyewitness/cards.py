"""Serve the cards to Home Assistant's front end, always as they are now.

The front end's service worker answers every address out of its cache first, and fetches the newer
file for the next time; only below ``/api/`` it does not. So the cards are there, and not in a
folder of static files. A page may still be an older one out of that cache: the address that it
knows, the loader's, never changes, and is asked for each time. What the loader leads to has the
hash of all files in its address and is kept for good.

A page out of that cache may even be from before there was Eyewitness, once in every browser. It
knows no address at all, but asks for the resources of dashboards, so the loader is one of these,
too. Whatever way a page takes, it loads the same module, once.

The files are read once, at start. An update that waits for its restart is not served piece by
piece, and a page that is open then finds every file until it is loaded anew.
"""

from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.hdrs import CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS
from homeassistant.components import frontend, panel_custom
from homeassistant.components.lovelace.const import CONF_RESOURCE_TYPE_WS, LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.http import HomeAssistantView

from .const import LOGGER, MASKS_PATH

SOURCE: Final = Path(__file__).parent / "frontend"
LOADER_URL: Final = "/api/eyewitness/frontend/loader.js"
ENTRY: Final = "cards.js"
_UNUSABLE: Final = (HomeAssistantError, OSError, KeyError, TypeError, ValueError)
"""What a disk raises, and a list that is damaged or newer."""
_LOADER: Final = """\
await customElements.whenDefined("home-assistant");
await import("./{version}/{entry}");
"""
"""The front end puts a registry of its own in place of the browser's, which knows nothing of what
was defined before. Small files from a cache can be faster than that."""
_ASK_EACH_TIME: Final = "no-cache"
_KEEP: Final = "public, max-age=31536000, immutable"


async def async_serve(hass: HomeAssistant) -> None:
    """Register the views, and have every page of the front end load the cards."""
    if frontend.DOMAIN not in hass.config.components:
        return
    files = await hass.async_add_executor_job(_read)
    version = _version(files)
    hass.http.register_view(LoaderView(version))
    hass.http.register_view(ModuleView(files, version))
    frontend.add_extra_js_url(hass, LOADER_URL)
    await async_add_page(hass)


async def async_add_page(hass: HomeAssistant) -> None:
    """Give the mask editor a page of its own, to which the camera's form leads.

    A dashboard of the user's may have its name already; the editor is a card as well.
    """
    if not frontend.async_panel_exists(hass, MASKS_PATH):
        await panel_custom.async_register_panel(
            hass,
            frontend_url_path=MASKS_PATH,
            webcomponent_name="eyewitness-mask-panel",
            module_url=LOADER_URL,
            require_admin=True,
        )


async def async_offer(hass: HomeAssistant) -> None:
    """Put the loader on the list of resources, if Home Assistant keeps that list itself."""
    if (resources := _resources(hass)) is None:
        return
    try:
        await resources.async_get_info()  # which loads them
        if not any(item[CONF_URL] == LOADER_URL for item in resources.async_items()):
            await resources.async_create_item(
                {CONF_RESOURCE_TYPE_WS: "module", CONF_URL: LOADER_URL}
            )
    except _UNUSABLE as err:
        LOGGER.warning("The cards cannot be put on the list of resources (%s)", err)


async def async_withdraw(hass: HomeAssistant) -> None:
    """Take the loader off the list of resources."""
    if (resources := _resources(hass)) is None:
        return
    try:
        await resources.async_get_info()
        for item in resources.async_items():
            if item[CONF_URL] == LOADER_URL:
                await resources.async_delete_item(item[CONF_ID])
    except _UNUSABLE as err:
        LOGGER.warning("The cards cannot be taken off the list of resources (%s)", err)


def _resources(hass: HomeAssistant) -> ResourceStorageCollection | None:
    """Return the list of resources, None when it is a file of the user's."""
    data = hass.data.get(LOVELACE_DATA)
    found = data.resources if data else None
    return found if isinstance(found, ResourceStorageCollection) else None


def _read() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(SOURCE.glob("*.js"))}


def _version(files: dict[str, bytes]) -> str:
    """Return a hash of all names and contents."""
    every = sha256()
    for name, content in files.items():
        every.update(f"{name} {len(content)} ".encode())
        every.update(content)
    return every.hexdigest()[:16]


class LoaderView(HomeAssistantView):
    """The one address that pages know, which leads to the current files."""

    url = LOADER_URL
    name = "api:eyewitness:frontend:loader"
    requires_auth = False  # a module is fetched without a token; it holds nothing but code

    def __init__(self, version: str) -> None:
        """Lead to this version, in words that hold behind any proxy."""
        self._body = _LOADER.format(version=version, entry=ENTRY).encode()

    async def get(self, request: web.Request) -> web.Response:
        """Return the loader."""
        return _script(self._body, _ASK_EACH_TIME)


class ModuleView(HomeAssistantView):
    """The files, below any version; but only those of the current one may be kept."""

    url = "/api/eyewitness/frontend/{version}/{file_name}"
    name = "api:eyewitness:frontend:module"
    requires_auth = False

    def __init__(self, files: dict[str, bytes], version: str) -> None:
        """Take the files as they were read."""
        self._files = files
        self._version = version

    async def get(self, request: web.Request, version: str, file_name: str) -> web.Response:
        """Return one file."""
        if (content := self._files.get(file_name)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return _script(content, _KEEP if version == self._version else _ASK_EACH_TIME)


def _script(body: bytes, caching: str) -> web.Response:
    response = web.Response(
        body=body,
        content_type="text/javascript",
        charset="utf-8",
        headers={CACHE_CONTROL: caching, X_CONTENT_TYPE_OPTIONS: "nosniff"},
    )
    response.enable_compression()
    return response
