"""Serve the cards to Home Assistant's front end, always as they are now.

The front end's service worker answers every address out of its cache first, and fetches the newer
file for the next time; only below ``/api/`` it does not. So the cards are there, and not in a
folder of static files. A page may still be an older one out of that cache: the address that it
knows, the loader's, never changes, and is asked for each time. What the loader leads to has the
hash of all files in its address and is kept for good.

The files are read once, at start. An update that waits for its restart is not served piece by
piece, and a page that is open then finds every file until it is loaded anew.
"""

from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.hdrs import CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS
from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView

SOURCE: Final = Path(__file__).parent / "frontend"
LOADER_URL: Final = "/api/eyewitness/frontend/loader.js"
ENTRY: Final = "cards.js"
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
        self._body = f'import "./{version}/{ENTRY}";\n'.encode()

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
