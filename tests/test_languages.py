# ruff: noqa: RUF001 - Chinese has signs of its own
"""What people read in a house that speaks another language than English."""

from datetime import datetime
import re
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.generated.languages import LANGUAGES
from homeassistant.util import dt as dt_util
import pytest

from custom_components.eyewitness import logbook
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.const import EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.flows import test_report as report_texts
from custom_components.eyewitness.flows.fields import new_title
from custom_components.eyewitness.pipeline import budget_texts, self_test
from custom_components.eyewitness.pipeline.prompt import camera_task
from custom_components.eyewitness.runtime import outcome_texts
from tests.chain.fakes import PICTURE
from tests.kit import FakeCamera, House
from tests.simulator import Simulator
from tests.test_services import parts
from tests.test_translations import LANGUAGES as OURS

ENGLISH: Final = re.compile(
    r"\b(the|were|not|asked|because|until|and|requests?|seconds|answered|shown|cost)\b"
)
EVENING: Final = datetime(2026, 11, 26, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))


GERMAN: Final = (
    "Kein Anbieter konnte das Bild beschreiben. "
    "OpenAI: Keine Anfragen mehr übrig, pausiert bis 23:31. xAI Grok wurde nicht gefragt: "
    "Keine Anfragen mehr übrig, pausiert bis morgen um 08:30."
)
CHINESE: Final = (
    "没有提供商能描述这张图片。OpenAI：没有剩余请求，暂停使用至 23:31。"
    "未询问 xAI Grok：没有剩余请求，暂停使用至 明天 08:30。"
)


async def speak(hass: HomeAssistant, language: str) -> None:
    """Let the house speak a language before anything is set up."""
    await hass.config.async_update(language=language)


async def reason(house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return why a camera was not described, as an automation and the sensors get it."""
    monkeypatch.setattr(dt_util, "now", lambda: EVENING)
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota", repeat=True)
    health = house.runtime.chain.health(house.provider("grok").subentry_id)
    health.cool_down(Failure.QUOTA, 9 * 3600)
    told: list[Any] = []
    house.hass.bus.async_listen(EVENT_FAILED, lambda event: told.append(event.data))
    with pytest.raises(HomeAssistantError):
        await house.describe()
    await house.hass.async_block_till_done()
    return cast("str", told[0]["reason"])


@pytest.mark.usefixtures("camera", "quick")
@pytest.mark.parametrize(("language", "expected"), [("de", GERMAN), ("zh-Hans", CHINESE)])
async def test_a_reason_is_in_one_language(
    house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch, language: str, expected: str
) -> None:
    """Home Assistant itself would say the sentence around it in English."""
    await speak(house.hass, language)
    assert await reason(house, sim, monkeypatch) == expected


@pytest.mark.parametrize("language", OURS)
async def test_the_self_test_is_in_one_language(
    house: House, sim: Simulator, camera: FakeCamera, language: str
) -> None:
    """No English, no two full stops, and a comma in its numbers where people write one."""
    await speak(house.hass, language)
    await house.set_up("openai", "grok")
    sim.fail("openai", "quota", repeat=True)
    result = await self_test.async_test(house.hass, house.entry)
    report = await report_texts.async_report(house.hass, result)
    text = re.sub(r"[“«„”][^”»“]*[”»“]", "", f"{report.title}\n{report.message}\n{report.trouble}")
    assert not ENGLISH.search(text.replace("**OpenAI**", ""))
    assert not re.search(r"\.\.|。。|。\.|。 ", text)
    assert re.search(r"\d\.\d" if language == "zh-Hans" else r"\d,\d", text)
    assert report.trouble.endswith("。" if language == "zh-Hans" else ".")


async def test_a_repair_says_when_in_whole_sentences(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every language can put a time where English has it."""
    monkeypatch.setattr(dt_util, "now", lambda: EVENING)
    await speak(hass, "de")
    assert await outcome_texts.async_next_try(hass, "OpenAI", 3600) == (
        "Eyewitness fragt OpenAI ab morgen um 00:30 von selbst wieder."
    )
    await speak(hass, "zh-Hans")
    assert await outcome_texts.async_next_try(hass, "OpenAI", 0) == (
        "下次事件发生时，Eyewitness 会自动再次询问 OpenAI。"
    )


async def test_numbers_are_written_as_people_write_them(hass: HomeAssistant) -> None:
    """Whole ones as they are, money without zeros and never with an exponent."""
    await speak(hass, "de")
    assert await outcome_texts.async_seconds(hass, 1234) == "1,2"
    cents = [await outcome_texts.async_cents(hass, usd) for usd in (0, 0.00123, 0.0000001, 1.5)]
    assert cents == ["0", "0,12", "0,00001", "150"]
    amounts = [await budget_texts.async_amount(hass, number) for number in (20, 0.25, 1.50001)]
    assert amounts == ["20", "0,25", "1,5"]


@pytest.mark.parametrize(
    ("language", "expected"), [("de", "a, b, c"), ("zh-Hans", "a、b、c"), ("ga", "a, b, c")]
)
async def test_lists_are_put_together_as_the_language_wants_it(
    house: House, language: str, expected: str
) -> None:
    """One that we have no texts of reads English."""
    await speak(house.hass, language)
    await house.set_up("openai")
    assert outcome_texts.listed(house.hass, ["a", "b", "c"]) == expected
    assert outcome_texts.listed(house.hass, []) == ""


async def test_a_server_is_called_what_it_is_in_the_language(house: House) -> None:
    """The only kind of provider whose name is made of words; so is the next one of its kind."""
    await speak(house.hass, "de")
    await house.set_up("openai_compatible")
    assert outcome_texts.kind_name(house.hass, "openai_compatible") == "OpenAI-kompatibler Server"
    assert outcome_texts.kind_name(house.hass, "grok") == "xAI Grok"
    title = new_title(house.hass, house.entry, "openai_compatible")
    assert title == "OpenAI-kompatibler Server"


async def test_until_a_new_language_is_read_it_is_english(house: House) -> None:
    """That takes a moment, in which an event may fail."""
    await house.set_up("openai")
    house.hass.config.language = "tlh"
    assert outcome_texts.text(house.hass, "common.logbook_a_camera") == "A camera"
    assert outcome_texts.text(house.hass, "common.nothing") == "common.nothing"


async def test_the_activity_list_speaks_it_too(house: House) -> None:
    """What Home Assistant does not translate for us."""
    await speak(house.hass, "de")
    await house.set_up("openai")
    kinds: dict[str, Any] = {}
    logbook.async_describe_events(house.hass, lambda _, kind, words: kinds.update({kind: words}))

    def listed(kind: str, **data: Any) -> str:
        event = cast("LazyEventPartialState", type("Event", (), {"data": data}))
        return cast("str", kinds[kind](event)["message"])

    seen = listed(EVENT_DESCRIBED, title="Eine Katze", provider="grok")
    assert seen == "hat gesehen: „Eine Katze“ (xAI Grok)"
    failed = listed(EVENT_FAILED, status="budget")
    assert failed == "wurde nicht beschrieben: das Budget ist aufgebraucht"


@pytest.mark.parametrize("language", ["de", "zh-Hans", "pt-BR"])
async def test_the_description_is_in_the_language_of_the_house(
    house: House, sim: Simulator, camera: FakeCamera, language: str
) -> None:
    """Unless the call names another one; one that our own texts are not in is asked for as well."""
    await speak(house.hass, language)
    await house.set_up("openai")
    await house.describe()
    (request,) = sim.requests("openai", "describe")
    assert f"in this language: {language}" in parts(request)[1]


@pytest.mark.parametrize("language", sorted(LANGUAGES | {"German", "Hebrew", "no"}))
def test_a_code_is_told_from_a_word(language: str) -> None:
    """A model must not read is, it or no as a word; all codes of Home Assistant are BCP 47."""
    task = camera_task(PICTURE, camera_name="a", language=language)
    kind = " (a BCP 47 code)" if language in {"he", "hi", "id", "is", "it", "no"} else ""
    assert task.user.endswith(f"in this language: {language}{kind}")
