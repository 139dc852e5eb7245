"""The blueprints in a real Home Assistant, as automations of a person's own, on both phones."""

import asyncio
from collections.abc import AsyncGenerator
import contextlib
from dataclasses import dataclass, field
from http import HTTPStatus
import time
from typing import Any

import aiohttp
from aiohttp import web

from tests.e2e.world import E2E, World
from tests.harness.client import HassError
from tests.harness.flows import delete_entry, entries
from tests.harness.loop import on_loop
from tests.simulator import VENDORS

pytestmark = E2E
MOTION = "binary_sensor.front_door_motion"
PHONES = {"Anna's iPhone": "Apple", "Pixel 9": "Google"}
JPEG = b"\xff\xd8"
LATENCY_S = 1.0
"""How long the vendor thinks: the picture must not wait for that."""


@dataclass
class Phones:
    """An iPhone and an Android phone, whose pushes end up here."""

    home: World
    pushed: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)

    async def push(self, request: web.Request) -> web.Response:
        """Take what Home Assistant would have Apple or Google deliver."""
        self.pushed.append((time.monotonic(), await request.json()))
        return web.json_response({}, status=HTTPStatus.CREATED)

    async def register(self, port: int) -> None:
        """Log both phones in, as the app does."""
        for name, maker in PHONES.items():
            app = {"push_url": f"http://127.0.0.1:{port}/", "push_token": name}
            registration = {
                **dict.fromkeys(("app_id", "app_version", "model", "os_name", "os_version"), "1"),
                "app_name": "Home Assistant",
                "device_id": name,
                "device_name": name,
                "manufacturer": maker,
                "supports_encryption": False,
                "app_data": app,
            }
            await self.home.hass.api.post("/api/mobile_app/registrations", registration)
        devices = await self.home.hass.api.ws("config/device_registry/list")
        self.devices = [each["id"] for each in devices if each["name"] in PHONES]

    async def automate(self, blueprint: str, **inputs: Any) -> None:
        """Save an automation, as the editor does; what was under way in it ends."""
        use = {"path": f"eyewitness/{blueprint}.yaml", "input": {"phones": self.devices, **inputs}}
        path = f"/api/config/automation/config/{blueprint}"
        await self.home.hass.api.post(path, {"alias": blueprint, "use_blueprint": use})
        await self.home.hass.api.call("automation.reload")  # the editor does not wait for its own

    async def move(self) -> float:
        """Let the motion sensor notice something; return when that was."""
        for state in ("off", "on"):
            moved = time.monotonic()
            await self.home.hass.api.post(f"/api/states/{MOTION}", {"state": state})
        return moved

    async def messages(self, count: int) -> dict[str, list[tuple[float, dict[str, Any]]]]:
        """Return what each phone was sent, and when, as soon as there is so much in all."""
        async with asyncio.timeout(15):
            while len(self.pushed) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        sent = [(at, push) for at, push in self.pushed if push.pop("registration_info")]
        self.pushed.clear()
        return {
            name: [(at, push) for at, push in sent if push["push_token"] == name] for name in PHONES
        }


@contextlib.asynccontextmanager
async def phones(home: World) -> AsyncGenerator[Phones]:
    """Add both phones, and take them and their automations away again."""
    phones, app = Phones(home), web.Application()
    app.router.add_post("/", phones.push)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await phones.register(runner.addresses[0][1])
        yield phones
    finally:
        for name in ("describe_and_notify", "daily_summary"):
            with contextlib.suppress(HassError):
                await home.hass.api.request("DELETE", f"/api/config/automation/config/{name}")
        for entry in await entries(home.hass.api, "mobile_app"):
            await delete_entry(home.hass.api, entry["entry_id"])
        await runner.cleanup()


@on_loop
async def test_a_motion_is_a_picture_at_once_and_then_a_sentence(home: World) -> None:
    """Within a second, and then in the same message; a failure leaves the plain picture."""
    await home.describe()  # from here on the camera has a picture of ours
    shown = f"/api/image_proxy/{(await home.describe())['image_entity']}"
    live = f"/api/camera_proxy/{home.camera}"
    async with phones(home) as people:
        use = {"motion": [MOTION], "camera": home.camera}
        await people.automate("describe_and_notify", **use)
        await home.vendors.fail("openai", "latency", latency=LATENCY_S)
        moved = await people.move()
        told = await people.messages(4)
        for name, ((first, plain), (second, described)) in told.items():
            print(f"{name}: picture {first - moved:.3f} s, sentence {second - moved:.3f} s")  # noqa: T201
            assert first - moved < 1.0 < second - moved
            assert (plain["title"], plain["message"]) == ("Front door", "Something moved.")
            assert " — " in described["message"]
            assert plain["data"]["tag"] == described["data"]["tag"]
            assert (plain["data"]["image"], described["data"]["image"]) == (live, shown)
        apple, android = ([push["data"] for _, push in told[name]] for name in PHONES)
        for data in apple:
            link = f"/?more-info-entity-id={home.camera}"
            assert (data["url"], data["actions"][0]["uri"]) == (link, link)
        assert apple[1]["push"] == {"sound": "none", "interruption-level": "passive"}
        for data in android:
            assert (data["ttl"], data["priority"]) == (0, "high")
            assert data["clickAction"] == data["actions"][0]["uri"] == f"entityId:{home.camera}"
        assert android[1]["alert_once"]
        await _is_for_users_only(home, live, shown)

        await people.automate("describe_and_notify", failed_text="Nobody knows.", **use)
        for vendor in VENDORS:
            await home.vendors.fail(vendor, "refusal")
        await people.move()
        for (_, plain), (_, failed) in (await people.messages(4)).values():
            assert failed["message"] == "Nobody knows."
            assert failed["data"]["tag"] == plain["data"]["tag"]
            assert failed["data"]["image"] == plain["data"]["image"] == live

        await people.automate("daily_summary")
        entity_id = {"entity_id": "automation.daily_summary"}
        await home.hass.api.call("automation.trigger", entity_id)
        for ((_, summary),) in (await people.messages(2)).values():
            assert summary["title"].startswith("Eyewitness ")
            assert "Front door: " in summary["message"]
            assert "All together: " in summary["message"]
            assert summary["data"]["tag"] == "eyewitness_summary"


async def _is_for_users_only(home: World, *paths: str) -> None:
    """Fetch pictures as the app does, with the user's login, and without it."""
    for path in paths:
        assert (await home.hass.api.fetch(path)).startswith(JPEG)
    camera = await home.hass.api.state(home.camera)
    assert camera is not None
    signed = camera["attributes"]["entity_picture"]
    async with aiohttp.ClientSession(home.hass.url) as stranger:
        async with stranger.get(signed) as reply:
            assert (await reply.read()).startswith(JPEG)
        for path in (*paths, f"{signed}0"):
            async with stranger.get(path) as reply:
                assert reply.status == HTTPStatus.FORBIDDEN
