"""A vendor's library that cannot be imported: the others answer, and a person hears of it (15)."""

import sys

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.eyewitness import providers as room
from custom_components.eyewitness.chain.task import Usage
from custom_components.eyewitness.pipeline import answer_fields
from custom_components.eyewitness.providers import prices
from tests.kit import House, Kind
from tests.simulator import VENDORS, Simulator

from .kit import reload
from .test_issues import reported

pytestmark = pytest.mark.usefixtures("camera")
ALL: tuple[Kind, ...] = (*VENDORS, "openai_compatible")
SDKS: dict[str, set[Kind]] = {
    "openai": {"openai", "grok", "openai_compatible"},
    "google.genai": {"gemini"},
    "anthropic": {"anthropic"},
}


def break_library(patch: pytest.MonkeyPatch, name: str) -> None:
    """Let it fail to import, as if nobody had imported it or our modules on top of it yet."""
    patch.setitem(sys.modules, name, None)
    for module in ("chat", "openai", "grok", "compatible", "gemini", "anthropic"):
        patch.delitem(sys.modules, f"{room.__name__}.{module}", raising=False)
        patch.delattr(room, module, raising=False)


@pytest.mark.parametrize("sdk", SDKS)
async def test_one_library_that_does_not_import(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch, sdk: str
) -> None:
    """Its providers are left out with a report each; the others answer. Mended, all is well."""
    sim.offer("openai", "llava:13b")
    with monkeypatch.context() as patch:
        break_library(patch, sdk)
        own = house.subentry("openai_compatible", model="llava:13b")
        await house.set_up(*VENDORS, own)
        left = set(ALL) - SDKS[sdk]
        assert set(house.order) == left
        expected = {
            f"sdk_unusable_{house.provider(kind).subentry_id}": house.provider(kind).title
            for kind in SDKS[sdk]
        }
        found = {
            issue_id: (issue.translation_placeholders or {})["provider"]
            for (_, issue_id), issue in ir.async_get(hass).issues.items()
        }
        assert found == expected
        for kind in left:
            assert (await house.describe(providers=[kind]))["provider"] == kind
    await reload(house)
    assert reported(hass) == {}
    assert set(house.order) == set(ALL)
    assert (await house.describe(providers=sorted(SDKS[sdk])))["provider"] in SDKS[sdk]


async def test_all_libraries_at_once(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry is set up all the same: it says what is wrong, and the rest goes on."""
    for sdk in SDKS:
        break_library(monkeypatch, sdk)
    await house.set_up()
    assert house.order == []
    assert set(reported(hass)) == {"sdk_unusable"}


async def test_without_the_price_library(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs the prices and nothing else; a list whose prices are unknown has a model too."""
    prices._library.cache_clear()
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    try:
        await house.set_up()
        for kind in VENDORS:
            response = await house.describe(providers=[kind])
            assert (response["provider"], response["cost"]) == (kind, None)
        assert not prices.refresh()
        assert prices.cost("openai", "gpt-4o-mini", Usage(1000, 100)) is None
    finally:
        prices._library.cache_clear()


async def test_without_the_library_that_mends_json(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Broken JSON is no answer then, and the next provider is asked; the log says so once."""
    broken = '{"title": "A cat", "description": "A cat sits there."'
    await house.set_up("openai", "grok")
    answer_fields._library.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "json_repair", None)
        sim.fail("openai", "answer", text=broken, count=2)
        response = await house.describe()
    answer_fields._library.cache_clear()
    outcomes = [attempt["outcome"] for attempt in response["attempts"]]
    assert outcomes == ["malformed", "malformed", "ok"]
    assert response["provider"] == "grok"
    assert caplog.text.count("Broken JSON of a model is not mended") == 1
    sim.fail("openai", "answer", text=broken)
    assert (await house.describe())["description"] == "A cat sits there."
