"""The cards are served so that no page keeps an older version."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from pathlib import Path
import re

from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.eyewitness import cards


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Serve two small files instead of ours."""
    (tmp_path / cards.ENTRY).write_text('import "./other.js";\n')
    (tmp_path / "other.js").write_text("let old;\n")
    monkeypatch.setattr(cards, "SOURCE", tmp_path)
    return tmp_path


async def _serve(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "http", {})
    hass.config.components.add(frontend.DOMAIN)
    hass.data[frontend.DATA_EXTRA_MODULE_URL] = frontend.UrlManager(lambda *_change: None, [])
    await cards.async_serve(hass)
