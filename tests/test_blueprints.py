# ruff: noqa: RUF001 - Chinese has signs of its own
"""The blueprints do what they say, as automations of a person's own, on both kinds of phone."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from http import HTTPStatus
import json
import re
from time import monotonic
from typing import Any
from unittest.mock import patch

from aiohttp.test_utils import TestClient
from freezegun import freeze_time
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from tests.kit import CAMERA, FakeCamera, House
from tests.simulator import VENDORS
from tests.test_languages import speak

type NewClient = Callable[..., Awaitable[TestClient[Any, Any]]]
MOTION = "binary_sensor.front_door_motion"
DOORBELL = "event.doorbell"
SILENCE = "EYEWITNESS_SILENCE_camera.front_door"
LINK = "/?more-info-entity-id=camera.front_door"
MORE_INFO = "entityId:camera.front_door"
APPLE, ANDROID = "mobile_app_anna_s_iphone", "mobile_app_pixel_9"
SENTENCE = "Mostly blue — "


@dataclass
class Home:
    """Automations made of our blueprints, and what the phones are told."""

    house: House
    phones: list[str]
    told: list[tuple[float, str, dict[str, Any]]]

    @property
    def hass(self) -> HomeAssistant:
        """Return its Home Assistant."""
        return self.house.hass

    async def automate(self, blueprint: str, **inputs: Any) -> None:
        """Save an automation, as the editor does."""
        if blueprint == "describe_and_notify":
            inputs = {"motion": [MOTION, DOORBELL], "camera": CAMERA, **inputs}
        use = {
            "path": f"eyewitness/{blueprint}.yaml",
            "input": {"phones": self.phones, **inputs},
        }
        config = {"automation": [{"id": "ours", "alias": "Ours", "use_blueprint": use}]}
        with patch("homeassistant.config.load_yaml_config_file", return_value=config):
            await self.hass.services.async_call("automation", "reload", blocking=True)
        state = self.hass.states.get("automation.ours")
        assert state is not None
        assert state.state == "on"

    async def move(self, sensor: str = MOTION, state: str = "on", before: str = "off") -> None:
        """Let something move, and wait until everybody was told."""
        self.hass.states.async_set(sensor, before)
        self.hass.states.async_set(sensor, state)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is under way but a pause; the clock may stand still."""
        still, before, rounds = 0, -1, 0
        while still < 500:
            await asyncio.sleep(0)
            rounds += 1
            assert rounds < 100_000, (self.house.runtime.runs.running, self.told)
            idle = self.house.runtime.runs.running == 0 and len(self.told) == before
            still, before = still + 1 if idle else 0, len(self.told)

    async def press(self, action: str) -> None:
        """Press a button of a notification."""
        self.hass.bus.async_fire("mobile_app_notification_action", {"action": action})
        await self.settle()

    async def wait(self, minutes: float) -> None:
        """End what is waited for no longer than this."""
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(minutes=minutes))
        await self.settle()

    def messages(self, phone: str = ANDROID) -> list[str]:
        """Return what one phone was told since the last look."""
        found = [data["message"] for _, name, data in self.told if name == phone]
        self.told.clear()
        return found


@pytest.fixture
async def home(hass: HomeAssistant, house: House, camera: FakeCamera) -> AsyncGenerator[Home]:
    """Set Eyewitness up, with an iPhone and an Android phone."""
    told: list[tuple[float, str, dict[str, Any]]] = []

    async def tell(call: ServiceCall) -> None:
        told.append((monotonic(), call.service, dict(call.data)))

    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    phones = []
    for name, maker in (("Anna's iPhone", "Apple"), ("Pixel 9", "Google")):
        device = dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={("mobile_app", name)},
            name=name,
            manufacturer=maker,
        )
        phones.append(device.id)
    for service in (APPLE, ANDROID):
        hass.services.async_register("notify", service, tell)
    assert await async_setup_component(hass, "automation", {})
    await house.set_up()
    yield Home(house, phones, told)
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


def common(home: Home) -> dict[str, Any]:
    """Return what both notifications have on both phones."""
    return {
        "tag": home.told[0][2]["data"]["tag"],
        "group": "eyewitness_camera.front_door",
        "image": "/api/camera_proxy/camera.front_door",
    }


def buttons(link: str) -> list[dict[str, str]]:
    """Return the buttons of a notification."""
    return [
        {"action": "URI", "title": "Show live", "uri": link},
        {"action": SILENCE, "title": "Silence 30 min"},
    ]


def apple(home: Home) -> dict[str, Any]:
    """Return what an iPhone is sent in each case."""
    return {**common(home), "url": LINK, "actions": buttons(LINK)}


def android(home: Home) -> dict[str, Any]:
    """Return what an Android phone is sent in each case."""
    return {
        **common(home),
        "ttl": 0,
        "priority": "high",
        "channel": "Eyewitness",
        "importance": "high",
        "clickAction": MORE_INFO,
        "actions": buttons(MORE_INFO),
    }


QUIET = {"push": {"sound": "none", "interruption-level": "passive"}}
DESCRIBED = {"image": "/api/image_proxy/image.front_door_last_picture"}
CRITICAL = {"push": {"sound": {"name": "default", "critical": 1, "volume": 1.0}}}


@pytest.mark.parametrize("critical", [False, True])
async def test_the_picture_at_once_and_then_the_sentence(
    home: Home,
    camera: FakeCamera,
    hass_client: NewClient,
    hass_client_no_auth: NewClient,
    critical: bool,
) -> None:
    """Both phones get two notifications that are one; the second makes no noise.

    It comes with the picture that was described, where the camera has one already.
    """
    await home.house.describe()
    await home.hass.async_block_till_done(wait_background_tasks=True)
    camera.seconds = 0.3
    await home.automate("describe_and_notify", critical=critical)
    begun = monotonic()
    await home.move()
    assert [name for _, name, _ in home.told] == [APPLE, ANDROID, APPLE, ANDROID]
    assert home.told[1][0] - begun < 1.0
    assert home.told[2][0] - home.told[1][0] > 0.3
    assert {data["title"] for _, _, data in home.told} == {"Front door"}
    assert [data["message"] for _, _, data in home.told[:2]] == ["Something moved."] * 2
    assert all(data["message"].startswith(SENTENCE) for _, _, data in home.told[2:])
    loud = (CRITICAL, {"channel": "alarm_stream"}) if critical else ({}, {})
    assert [data["data"] for _, _, data in home.told] == [
        apple(home) | loud[0],
        android(home) | loud[1],
        apple(home) | QUIET | DESCRIBED,
        android(home) | {"alert_once": True} | DESCRIBED,
    ]
    user, stranger = await hass_client(), await hass_client_no_auth()
    sent = home.house.sim.image(home.house.sim.requests("openai", "describe")[-1].seq)
    for path, picture in ((common(home)["image"], camera.sends), (DESCRIBED["image"], sent)):
        reply = await user.get(path)
        assert (reply.status, await reply.read()) == (HTTPStatus.OK, picture)
        assert (await stranger.get(path)).status == HTTPStatus.FORBIDDEN


async def test_the_picture_stays_when_nobody_can_describe_it(home: Home) -> None:
    """The same notification says so."""
    for vendor in VENDORS:
        home.house.sim.fail(vendor, "refusal")
    await home.automate("describe_and_notify", failed_text="Leider nichts.")
    await home.move()
    assert len({data["data"]["tag"] for _, _, data in home.told}) == 1
    assert all("image" in data["data"] for _, _, data in home.told)
    assert home.messages() == ["Something moved.", "Leider nichts."]


async def test_what_was_noticed_while_one_was_unavailable_is_nothing(home: Home) -> None:
    """Neither what comes back, nor a sensor that goes off; but each press of a doorbell."""
    await home.automate("describe_and_notify")
    await home.move(state="on", before="unavailable")
    await home.move(state="off", before="on")
    await home.move(DOORBELL, "unavailable", before="2026-11-26T10:00:00.000+00:00")
    await home.move(DOORBELL, "2026-11-26T10:00:00.000+00:00", before="unavailable")
    assert home.messages() == []
    await home.move(DOORBELL, "2026-11-26T10:01:00.000+00:00", before="unknown")
    assert len(home.messages()) == 2


async def test_a_pause_and_half_an_hour_of_silence(home: Home) -> None:
    """Silence can be had in the pause and after it, and only with the camera's own button."""
    await home.automate("describe_and_notify", pause=2)

    async def messages(after_minutes: float = 0) -> int:
        await home.wait(after_minutes)
        await home.move()
        return len(home.messages())

    assert await messages() == 2
    assert await messages(1) == 0
    assert await messages(2.1) == 2
    await home.press(SILENCE)  # in the pause
    assert await messages(29) == 0
    assert await messages(31) == 2
    await home.wait(3)
    await home.press("EYEWITNESS_SILENCE_camera.garden")
    await home.press(SILENCE)  # when nothing is under way
    assert await messages(29) == 0
    assert await messages(31) == 2


@pytest.mark.parametrize(
    ("inputs", "messages"),
    [
        ({"objects": ["other"]}, 1),
        ({"objects": ["person", "vehicle"]}, 0),
        ({"importance": "normal"}, 1),
        ({"importance": "high"}, 0),
    ],
)
async def test_only_when_it_matters(home: Home, inputs: dict[str, Any], messages: int) -> None:
    """Nobody knows before the description, so there is one message, and it may be heard."""
    await home.automate("describe_and_notify", **inputs)
    await home.move()
    assert [name for _, name, _ in home.told] == [APPLE, ANDROID] * messages
    if messages:
        assert [data["data"] for _, _, data in home.told] == [apple(home), android(home)]
        assert home.messages()[0].startswith(SENTENCE)


async def test_a_failure_may_matter(home: Home) -> None:
    """Whoever wants to hear of people hears of what nobody could see, too."""
    for vendor in VENDORS:
        home.house.sim.fail(vendor, "refusal")
    await home.automate("describe_and_notify", objects=["person"])
    await home.move()
    assert home.messages() == ["Something moved. There is no description this time."]


@pytest.mark.parametrize(("after", "before", "messages"), [(-2, 2, 2), (2, 4, 0), (2, 1, 2)])
async def test_only_in_these_hours(home: Home, after: int, before: int, messages: int) -> None:
    """They may go over midnight."""
    after_time, before_time = (
        (dt_util.now() + timedelta(hours=hours)).strftime("%H:%M:%S") for hours in (after, before)
    )
    await home.automate("describe_and_notify", after=after_time, before=before_time)
    await home.move()
    assert len(home.messages()) == messages


@pytest.mark.parametrize(
    ("title", "description"),
    [("clear_notification", "clear_notification"), ("[1, 2]", "{'a': 1}"), ("{{ 1 + 1 }}", "{% x")],
)
async def test_hostile_words_are_words(home: Home, title: str, description: str) -> None:
    """They are no command for the app, no list, and no template."""
    answer = {"title": title, "description": description, "objects": [], "confidence": 1}

    async def describe(_call: ServiceCall) -> dict[str, Any]:
        return {**answer, "importance": None}

    home.hass.services.async_remove("eyewitness", "describe_camera_event")
    home.hass.services.async_register(
        "eyewitness", "describe_camera_event", describe, supports_response=SupportsResponse.OPTIONAL
    )
    await home.automate("describe_and_notify")
    await home.move()
    assert home.messages() == ["Something moved.", f"{title} — {description}"]


@pytest.mark.parametrize(
    ("title", "description"),
    [
        ("<script>alert(1)</script>", "A man <img src=x onerror=alert(1)> waves."),
        ("&lt;b&gt;Now", "&amp;lt;a href=//evil.example&amp;gt; <!-- hidden --> A man."),
        ("[Log in](https://evil.example)", "![cat](https://evil.example/x.png) A cat."),
        ("{{ 7 * 6 }}", "{% raw %}{{ states('sun.sun') }} A sign."),
        ("\x1b[31mRed", "A\x00 man \u202ewaves."),
    ],
    ids=["html", "encoded", "markdown", "template", "control"],
)
async def test_rows_84_87_a_hostile_answer_reaches_the_phone_as_text(
    home: Home, title: str, description: str
) -> None:
    """Android reads messages as HTML: there is no tag for it, no link, and nothing rendered."""
    answer = {"title": title, "description": description, "objects": ["person"]}
    home.house.sim.fail("openai", "answer", text=json.dumps(answer))
    await home.automate("describe_and_notify")
    await home.move()
    *_, message = home.messages()
    assert not re.search(r"<[a-z/!?]", message, re.IGNORECASE)  # only these begin a tag
    assert unescape(message) == message
    assert message.isprintable()
    assert "](" not in message
    assert "://" not in message
    assert ("7 * 6" in message) == ("7 * 6" in title)


async def test_a_phone_that_is_gone_keeps_nobody_else_waiting(home: Home) -> None:
    """Its device may have been deleted since."""
    home.phones.insert(0, "gone")
    await home.automate("describe_and_notify")
    await home.move()
    assert len(home.messages()) == 2


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (None, ["Front door: 1 described, ", " US cents\nAll together: "]),
        ("refusal", ["Front door: 0 described, failed attempts: 4, "]),
    ],
)
async def test_the_summary_of_the_day(home: Home, fault: str | None, says: list[str]) -> None:
    """Of each camera: what was described, what failed, and what it cost."""
    for vendor in VENDORS if fault else ():
        home.house.sim.fail(vendor, "refusal")
    with suppress(HomeAssistantError):
        await home.house.describe()
    await summary(home, 21)
    assert len(home.told) == 2
    for _, _, data in home.told:
        assert data["title"] == "Eyewitness today"
        for part in says:
            assert part in data["message"]


@pytest.mark.parametrize("quiet_days", [False, True])
async def test_the_summary_of_a_day_without_anything(home: Home, quiet_days: bool) -> None:
    """Only for those who want to know that it runs; in the morning of the day before."""
    await summary(home, 8, quiet_days=quiet_days)
    assert [data["title"] for _, _, data in home.told] == ["Eyewitness yesterday"] * 2 * quiet_days
    assert home.messages() == ["Nothing was described."] * quiet_days


@pytest.mark.parametrize(
    ("language", "today", "described", "failed"),
    [
        (
            "de",
            "Eyewitness heute",
            r"Front door: 1 beschrieben, (\d,\d\d) US-Cent\nAlles zusammen: \1 US-Cent",
            r"Front door: 1 beschrieben, fehlgeschlagene Versuche: 4, \d,\d\d US-Cent\n.+ US-Cent",
        ),
        (
            "zh-Hans",
            "Eyewitness 今日总结",
            r"Front door：描述 1 次，费用 (\d\.\d\d) 美分\n合计：\1 美分",
            r"Front door：描述 1 次，失败尝试 4 次，费用 \d\.\d\d 美分\n合计：\d\.\d\d 美分",
        ),
    ],
)
async def test_the_summary_speaks_the_language_of_the_house(
    home: Home, language: str, today: str, described: str, failed: str
) -> None:
    """Its words and its numbers."""
    await speak(home.hass, language)
    await home.hass.async_block_till_done()
    await home.house.describe()
    await summary(home, 21)
    assert {data["title"] for _, _, data in home.told} == {today}
    assert re.fullmatch(described, home.messages()[0])
    for vendor in VENDORS:
        home.house.sim.fail(vendor, "refusal")
    with suppress(HomeAssistantError):
        await home.house.describe()
    await summary(home, 22)
    assert re.fullmatch(failed, home.messages()[0])


async def test_a_message_speaks_the_language_of_the_house(home: Home) -> None:
    """With its buttons; the vendors are told what happened in it, too."""
    await speak(home.hass, "de")
    await home.hass.async_block_till_done()
    await home.automate("describe_and_notify")
    await home.move()
    titles = [each["title"] for each in home.told[0][2]["data"]["actions"]]
    assert titles == ["Live ansehen", "30 Min. stumm"]
    assert home.messages()[0] == "Etwas hat sich bewegt."
    (request,) = home.house.sim.requests("openai", "describe")
    assert "Etwas hat sich bewegt" in str(request.body)
    for vendor in VENDORS:
        home.house.sim.fail(vendor, "refusal")
    await home.wait(3)
    await home.move()
    assert home.messages()[1] == "Etwas hat sich bewegt. Dieses Mal gibt es keine Beschreibung."


async def summary(home: Home, hour: int, **inputs: Any) -> None:
    """Have the summary at an hour of today."""
    at = dt_util.now().replace(hour=hour, minute=0, second=0, microsecond=0)
    with freeze_time(at - timedelta(minutes=1), tick=True):
        await home.automate("daily_summary", at=f"{hour:02}:00:00", **inputs)
    with freeze_time(at, tick=True):
        async_fire_time_changed(home.hass, at + timedelta(seconds=1))
        await home.hass.async_block_till_done(wait_background_tasks=True)
