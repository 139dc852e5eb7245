"""Answer, fire and book in each scene exactly what release 0.1.0 did, to the order of the keys.

A scene that is meant to be different from now on is recorded anew with ``EYEWITNESS_RECORD=1`` in
the environment; so are new prices of a vendor.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import os
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.const import DOMAIN, EVENT_DESCRIBED, EVENT_FAILED
from custom_components.eyewitness.pictures import drawing
from tests.fixtures.release import (
    EVENTS,
    RECORD,
    plain,
    read,
    text,
    write,
)
from tests.kit import ACTION, CAMERA, FakeCamera, House, picture
from tests.simulator import VENDORS, Vendor

CLOCK = re.compile(r"\d\d:\d\d( tomorrow)?")
"""When a provider may be asked again, in the reasons of an error."""

type Fault = tuple[Vendor, str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Say what goes wrong, and what is called then."""

    faults: Sequence[Fault] = ()
    camera: bytes | None = field(default_factory=picture)
    options: Mapping[str, Any] = field(default_factory=dict)
    allowed: Sequence[str] = ()
    """Ids of providers that may see the camera, when there are rules for it."""
    unreachable: bool = False
    calls: Sequence[Mapping[str, Any]] = ({},)
    action: str = ACTION
    together: bool = False
    failures_only: bool = False
    """Whether to leave out what went well."""
    may_wait: int = policy.QUEUED_RUNS


THINGS: Final = {"event_context": "Motion", "prompt": "Who is it?", "max_tokens": 100}
SCENES: Final = {
    "first_answers": Scene(calls=[{**THINGS, "language": "de"}]),
    "third_answers": Scene(
        faults=[("openai", "server_error", {}), ("grok", "rate_limit", {"retry_after": 30})]
    ),
    "named_ones_answer": Scene(
        faults=[("anthropic", "answer", {"text": "{}", "count": 2}), ("grok", "length", {})],
        calls=[{"providers": ["anthropic", "grok"]}, {"providers": ["grok"]}],
    ),
    "all_refuse": Scene(faults=[(vendor, "refusal", {}) for vendor in VENDORS]),
    "all_fail_and_rest": Scene(
        faults=[
            ("openai", "auth", {}),
            ("grok", "forbidden", {}),
            ("gemini", "daily_quota", {"retry_after": 4000}),
            ("anthropic", "quota", {}),
        ],
        calls=[{}, {"prompt": "Again"}],
    ),
    "nobody_is_reached": Scene(unreachable=True),
    "camera_is_silent": Scene(camera=None),
    "camera_sends_no_picture": Scene(camera=b"<html>"),
    "calls_share_an_answer": Scene(
        faults=[("openai", "latency", {"latency": 0.2})], calls=[{}, {}], together=True
    ),
    "an_answer_is_given_again": Scene(options={"cooldown_seconds": 60.0}, calls=[{}, {}]),
    "too_many_at_once": Scene(
        faults=[("openai", "latency", {"latency": 0.1, "count": 10})],
        calls=[{"prompt": f"Wish {number}"} for number in range(11)],
        together=True,
        failures_only=True,
        may_wait=10 - policy.CONCURRENT_RUNS_OF_CAMERA,  # 0.1.0 had room for ten
    ),
    "nobody_may_see_the_camera": Scene(allowed=["somebody-who-left"]),
    "wrong_calls": Scene(calls=[{"entity_id": "camera.nowhere"}, {"providers": ["nobody"]}]),
    "self_test": Scene(
        faults=[("grok", "auth", {}), ("gemini", "auth", {"endpoint": "models"})],
        action="test_chain",
    ),
}


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant's storage be the real one."""
    return {}


def subentries(house: House, scene: Scene) -> list[ConfigSubentryData]:
    """Return all four providers, and the camera's rules if there are any."""
    nowhere = {"base_url": "http://127.0.0.1:9"} if scene.unreachable else {}
    found = [house.subentry(vendor, **nowhere) for vendor in VENDORS]
    rules = {"entity_id": CAMERA, "masks": [], "allowed_providers": list(scene.allowed)}
    if scene.allowed:
        found.append(
            ConfigSubentryData(subentry_type="camera", title="Door", unique_id=None, data=rules)
        )
    return found


def former(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that there were."""
    return {name: value for name, value in fields.items() if name != "image_entity"}


async def called(house: House, scene: Scene, data: Mapping[str, Any]) -> dict[str, Any]:
    """Call the action and return how that ended."""
    target = {"entity_id": CAMERA} if scene.action == ACTION else {}
    try:
        response = await house.hass.services.async_call(
            DOMAIN, scene.action, {**target, **data}, blocking=True, return_response=True
        )
    except HomeAssistantError as err:
        return {
            "error": type(err).__name__,
            "domain": err.translation_domain,
            "key": err.translation_key,
            "placeholders": err.translation_placeholders
            and {
                name: CLOCK.sub("<clock>", given)
                for name, given in err.translation_placeholders.items()
            },
        }
    return {"response": former(response or {})}


async def played(house: House, scene: Scene) -> dict[str, Any]:
    """Play a scene and return all that comes of it."""
    events: list[dict[str, Any]] = []

    @callback
    def fired(event: Event[dict[str, Any]]) -> None:
        data = former(event.data)
        if event.event_type == EVENT_FAILED:
            assert data.pop("reason")  # it was not told
        events.append({"type": str(event.event_type), "data": data})

    await house.set_up(*subentries(house, scene), options=scene.options)
    for kind in (EVENT_DESCRIBED, EVENT_FAILED):
        house.hass.bus.async_listen(kind, fired)
    for vendor, fault, details in scene.faults:
        house.sim.fail(vendor, fault, **details)  # type: ignore[arg-type]
    calls = [called(house, scene, data) for data in scene.calls]
    ended = await asyncio.gather(*calls) if scene.together else [await call for call in calls]
    await house.hass.async_block_till_done(wait_background_tasks=True)
    if scene.failures_only:
        return {
            "calls": [call for call in ended if "error" in call],
            "events": [event for event in events if event["type"] == EVENT_FAILED],
        }
    rows = [{**row, "day": "<today>"} for row in await house.usage()]
    return {"calls": ended, "events": events, "rows": rows}


@pytest.mark.parametrize("name", SCENES)
async def test_a_scene_is_as_it_was(
    name: str,
    hass: HomeAssistant,
    house: House,
    camera: FakeCamera,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Compare the texts, or record them."""
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    await hass.config.async_set_time_zone("Asia/Kolkata")  # the same all year
    scene = SCENES[name]
    monkeypatch.setattr(policy, "QUEUED_RUNS", scene.may_wait)
    monkeypatch.setattr(drawing, "deal", lambda: drawing.Card("471", "red"))
    camera.sends = scene.camera
    found = plain(await played(house, scene))
    if os.environ.get(RECORD):
        known = read(EVENTS) if EVENTS.exists() else {}
        write(EVENTS, {**known, name: found})
    assert text(found) == text(read(EVENTS)[name])


def test_every_scene_that_was_recorded_is_played() -> None:
    """Or one could get lost."""
    assert list(read(EVENTS)) == list(SCENES)
