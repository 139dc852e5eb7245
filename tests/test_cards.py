"""The cards are served so that no page keeps an older version."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
import re
from typing import Any
from unittest.mock import AsyncMock

from aiohttp.hdrs import CACHE_CONTROL, CONTENT_TYPE
from aiohttp.test_utils import TestClient
from homeassistant.components import frontend
from homeassistant.components.lovelace import LovelaceData
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.dashboard import LovelaceStorage
from homeassistant.components.lovelace.resources import (
    ResourceStorageCollection,
    ResourceYAMLCollection,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.eyewitness import cards
from custom_components.eyewitness.const import MASKS_PATH

type Client = TestClient[Any, Any]
KEPT = "public, max-age=31536000, immutable"
ASKED_FOR = "no-cache"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have two small files instead of ours."""
    write(tmp_path, "let first;\n")
    monkeypatch.setattr(cards, "SOURCE", tmp_path)
    return tmp_path


def write(folder: Path, content: str) -> None:
    """Write the files of one version."""
    folder.joinpath(cards.ENTRY).write_text('import "./other.js";\n')
    folder.joinpath("other.js").write_text(content)


@pytest.fixture
async def start(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Client:
    """Serve the files without anybody who is logged in."""
    assert await async_setup_component(hass, "http", {})
    hass.config.components.add(frontend.DOMAIN)
    hass.data[frontend.DATA_EXTRA_MODULE_URL] = frontend.UrlManager(lambda *_change: None, [])
    await cards.async_serve(hass)
    return await hass_client_no_auth()


@pytest.fixture
async def client(source: Path, start: Client) -> Client:
    """Serve the two small files."""
    return start


async def entry_of(client: Client) -> str:
    """Return the address to which the loader leads."""
    reply = await client.get(cards.LOADER_URL)
    assert reply.status == HTTPStatus.OK
    assert reply.headers[CACHE_CONTROL] == ASKED_FOR
    assert reply.headers[CONTENT_TYPE] == "text/javascript; charset=utf-8"
    found = re.search(
        r'^await import\("\./(\w{16}/cards\.js)"\);$', await reply.text(), re.MULTILINE
    )
    assert found
    return f"/api/eyewitness/frontend/{found[1]}"


async def test_pages_know_one_address_that_never_changes(
    hass: HomeAssistant, client: Client
) -> None:
    """The service worker leaves it alone, and what it leads to is kept for good."""
    assert hass.data[frontend.DATA_EXTRA_MODULE_URL].urls == {cards.LOADER_URL}
    assert cards.LOADER_URL.startswith("/api/")
    entry = await entry_of(client)
    reply = await client.get(entry)
    assert await reply.text() == 'import "./other.js";\n'
    assert reply.headers[CACHE_CONTROL] == KEPT
    assert reply.headers[CONTENT_TYPE] == "text/javascript; charset=utf-8"


async def test_an_open_page_of_an_older_version_finds_every_file(client: Client) -> None:
    """It gets the current one, which is not kept under the wrong address."""
    reply = await client.get("/api/eyewitness/frontend/0123456789abcdef/other.js")
    assert await reply.text() == "let first;\n"
    assert reply.headers[CACHE_CONTROL] == ASKED_FOR


async def test_an_update_is_served_as_a_whole_after_the_restart(
    client: Client, source: Path
) -> None:
    """Until then nothing changes, and then the address does."""
    entry = await entry_of(client)
    before = cards._version(cards._read())
    write(source, "let second;\n")
    assert await entry_of(client) == entry
    other = entry.replace(cards.ENTRY, "other.js")
    assert await (await client.get(other)).text() == "let first;\n"
    assert cards._version(cards._read()) != before


@pytest.mark.parametrize("name", ["none.js", "%2e%2e/const.py", "cards.py", "cards.js/"])
async def test_nothing_else_is_served(client: Client, name: str) -> None:
    """Nobody needs to log in, so it is code and nothing more."""
    reply = await client.get(f"/api/eyewitness/frontend/0123456789abcdef/{name}")
    assert reply.status == HTTPStatus.NOT_FOUND


async def test_without_a_front_end_there_is_nobody_to_serve(hass: HomeAssistant) -> None:
    """Some run Home Assistant without one."""
    await cards.async_serve(hass)
    assert hass.data.get(frontend.DATA_EXTRA_MODULE_URL) is None


IMPORT = re.compile(
    r'^(?:import|export) (?:(?:\{[^}]*\}|\*) from )?"\./([\w-]+\.js)";', re.MULTILINE
)
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|"
    r"DOMParser|createContextualFragment|setHTML|unsafeHTML|https?://(?!github\.com/eyewitness-ha/)"
)


@pytest.mark.parametrize("path", sorted(cards.SOURCE.glob("*.js")), ids=lambda path: path.name)
def test_our_files_import_one_another_and_make_no_markup(path: Path) -> None:
    """Text is text, and no page asks anybody but Home Assistant."""
    text = path.read_text("utf-8")
    found = IMPORT.findall(text)
    assert set(found) <= {other.name for other in cards.SOURCE.glob("*.js")}
    assert len(re.findall(r'\bfrom "|^import "|import\(', text, re.MULTILINE)) == len(found)
    assert not MARKUP.search(text)


@pytest.fixture
def resources(hass: HomeAssistant) -> ResourceStorageCollection:
    """Have dashboards whose resources Home Assistant keeps."""
    found = ResourceStorageCollection(hass, LovelaceStorage(hass, None))
    hass.data[LOVELACE_DATA] = LovelaceData("storage", {}, found, {})
    return found


def listed(resources: ResourceStorageCollection) -> list[str]:
    """Return the addresses on the list."""
    return [item["url"] for item in resources.async_items()]


async def test_a_page_from_before_eyewitness_finds_the_cards(
    hass: HomeAssistant, resources: ResourceStorageCollection
) -> None:
    """The loader is one resource of dashboards, and goes with the entry; others stay."""
    await resources.async_create_item({"res_type": "module", "url": "/local/other.js"})
    await cards.async_offer(hass)
    await cards.async_offer(hass)
    assert listed(resources) == ["/local/other.js", cards.LOADER_URL]
    await cards.async_withdraw(hass)
    assert listed(resources) == ["/local/other.js"]


@pytest.mark.parametrize("change", [cards.async_offer, cards.async_withdraw])
async def test_a_list_that_cannot_be_used_costs_nothing_else(
    hass: HomeAssistant,
    resources: ResourceStorageCollection,
    change: Callable[[HomeAssistant], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Pages load the cards on their own way, too."""
    monkeypatch.setattr(resources, "async_get_info", AsyncMock(side_effect=OSError("disk full")))
    await change(hass)
    assert "list of resources (disk full)" in caplog.text


@pytest.mark.parametrize("change", [cards.async_offer, cards.async_withdraw])
@pytest.mark.parametrize("there_is_a_file", [True, False])
async def test_a_list_of_the_users_own_is_left_alone(
    hass: HomeAssistant,
    change: Callable[[HomeAssistant], Awaitable[None]],
    there_is_a_file: bool,
) -> None:
    """It may be in YAML, and there may be no dashboards."""
    yaml = ResourceYAMLCollection([])
    if there_is_a_file:
        hass.data[LOVELACE_DATA] = LovelaceData("yaml", {}, yaml, {})
    await change(hass)
    assert yaml.async_items() == []


@pytest.mark.usefixtures("client")
async def test_the_mask_editor_has_a_page_for_administrators(hass: HomeAssistant) -> None:
    """It stands in no sidebar, and a page that has its name already stays."""
    panels = hass.data[frontend.DATA_PANELS]
    page = panels[MASKS_PATH]
    assert (page.require_admin, page.sidebar_title) == (True, None)
    assert page.config["_panel_custom"]["module_url"] == cards.LOADER_URL
    await cards.async_add_page(hass)
    assert panels[MASKS_PATH] is page
