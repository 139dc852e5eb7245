"""While the camera is read, a connection is opened to the provider that is asked first."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.runtime import build
from tests.front import Front, front_of
from tests.kit import FakeCamera, House, until
from tests.pictures.scenes import BLACK, add_rules
from tests.results import Fired, error_key
from tests.simulator import Simulator, Vendor
from tests.simulator.samples import MODELS


@pytest.fixture
async def front(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Front]:
    """Put TLS before the simulator, and trust it."""
    async with front_of(sim) as running:
        monkeypatch.setattr(build, "get_default_context", lambda: running.trusting)
        yield running


@pytest.fixture
async def door(house: House, front: Front, camera: FakeCamera) -> FakeCamera:
    """Set up two providers behind the front, and a camera that takes a while."""
    vendors: tuple[Vendor, ...] = ("openai", "anthropic")
    await house.set_up(
        *(house.subentry(kind, base_url=front.base(kind), model=MODELS[kind]) for kind in vendors)
    )
    camera.seconds = 0.3
    return camera


def ahead(front: Front) -> int:
    """Return how many connections were opened ahead."""
    return front.methods.count("HEAD")


async def test_the_first_event_finds_a_connection(
    house: House, front: Front, door: FakeCamera, fired: Fired
) -> None:
    """The next one still does; nothing but what was asked is booked."""
    for _ in range(2):
        await house.describe()
    assert front.methods[0] == "HEAD"
    assert (ahead(front), front.opened) == (1, 1)
    assert (fired.counts(), len(await house.usage())) == ((2, 0), 2)
    (attempts,) = house.runtime.last_attempts.values()
    assert len(attempts) == 2


async def test_a_camera_that_is_faster(house: House, front: Front, door: FakeCamera) -> None:
    """Nobody waits for a connection that takes its time: the request opens its own."""
    front.answer = None
    door.seconds = 0.0
    began = house.hass.loop.time()
    response = await house.describe()
    assert house.hass.loop.time() - began < policy.CONNECT_SECONDS
    assert (response["provider"], len(await house.usage())) == ("openai", 1)
    assert (ahead(front), front.opened) == (1, 2)
    health = house.runtime.chain.health(house.provider("openai").subentry_id)
    assert (health.needs_probe, health.cooldown_left) == (False, 0.0)


@pytest.mark.parametrize(
    ("sends", "error"),
    [(None, "camera_unavailable"), (BLACK, "camera_blank")],
    ids=["none", "blank"],
)
async def test_no_picture_costs_one_connection(
    house: House, front: Front, door: FakeCamera, sends: bytes | None, error: str
) -> None:
    """However often the camera is asked."""
    door.sends, door.seconds = sends, 0.0
    for _ in range(2):
        assert await error_key(house.describe(timeout=5)) == error
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert front.methods.count("HEAD") == len(front.methods) == 1


async def test_a_storm_opens_one(house: House, front: Front, door: FakeCamera) -> None:
    """The runs need a connection each, but only the first one was opened ahead."""
    calls = (house.describe(prompt=f"Question {number}") for number in range(20))
    await asyncio.gather(*calls)
    assert (ahead(front), front.methods.count("POST")) == (1, 20)


@pytest.mark.parametrize("why", ["rests", "order", "rules"])
async def test_it_leads_to_whoever_is_asked(
    house: House, front: Front, door: FakeCamera, why: str
) -> None:
    """Not to one that told us to wait, that was not meant, or that may not see the camera."""
    wish: dict[str, Any] = {}
    match why:
        case "rests":
            first = house.provider("openai").subentry_id
            house.runtime.chain.health(first).cool_down(Failure.RATE_LIMIT, 100)
        case "order":
            wish = {"providers": ["anthropic"]}
        case _:
            await add_rules(house, "anthropic", masks=[])
    response = await house.describe(**wish)
    assert response["provider"] == "anthropic"
    assert (front.methods, front.opened) == (["HEAD", "POST"], 1)


async def test_nobody_to_lead_to(house: House, front: Front, door: FakeCamera) -> None:
    """When everybody told us to wait, nobody is bothered."""
    for provider in house.runtime.providers:
        house.runtime.chain.health(provider).cool_down(Failure.RATE_LIMIT, 100)
    assert await error_key(house.describe()) == "all_resting"
    assert front.opened == 0


async def test_an_unload_ends_it(house: House, front: Front, door: FakeCamera) -> None:
    """Within no time, and whatever waits."""
    front.answer = None
    call = house.hass.async_create_task(house.describe())
    await until(lambda: ahead(front) == 1)
    began = house.hass.loop.time()
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    assert house.hass.loop.time() - began < 2
    assert await error_key(call) == "interrupted"
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert house.hass.loop.time() - began < policy.CONNECT_SECONDS
