"""The same scene is described once: what that means for the answer, the event and the accounts."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any
from unittest.mock import AsyncMock

from homeassistant.core import Context
from PIL import Image
import pytest

from custom_components.eyewitness.ledger.rows import Period
from custom_components.eyewitness.pipeline import look
from custom_components.eyewitness.runtime import described_scenes
from tests.flows.forms import open_change, send
from tests.kit import CAMERA, FakeCamera, House, pick
from tests.pictures.scenes import add_rules, encoded
from tests.pictures.yards import YARDS, Air, person
from tests.results import Fired, error_key
from tests.simulator import Simulator

SOMEBODY = person(560, 520, 80, (60, 50, 45))


@cache
def yard(seed: int, *, somebody: bool = False) -> bytes:
    """Return the next picture of a yard in which nothing but noise changes."""
    image = YARDS["yard"]()
    return encoded(Air(seed=seed).seen(SOMEBODY(image) if somebody else image))


@pytest.fixture
def quiet(camera: FakeCamera) -> FakeCamera:
    """Show a yard in which nothing happens."""
    camera.first = [yard(seed) for seed in range(4)]
    return camera


def asked(sim: Simulator) -> int:
    """Return how many pictures a provider was sent."""
    return len(sim.requests(endpoint="describe"))


async def set_up(house: House, **rules: Any) -> None:
    """Set two providers up, and the camera so that the same scene is described once."""
    await house.set_up("openai", "grok")
    await add_rules(house, **{"same_scene": True, **rules})


async def test_the_same_scene_is_answered_for_free(
    house: House, sim: Simulator, quiet: FakeCamera, fired: Fired
) -> None:
    """Nobody is asked; the answer says so, and where it comes from."""
    await set_up(house)
    first = await house.describe()
    context = Context()
    again = await house.describe(context)
    assert (asked(sim), quiet.asked) == (1, 2)
    assert (first["reused"], "reused_event_id" in first) == (False, False)
    assert (again["reused"], again["reused_event_id"]) == (True, first["event_id"])
    assert again["event_id"] != first["event_id"]
    assert again["timestamp"] > first["timestamp"]
    same = {"title", "description", "objects", "confidence", "importance", "provider", "model"}
    assert {name: again[name] for name in same} == {name: first[name] for name in same}
    numbers = ("cost", "tokens_used", "input_tokens", "output_tokens", "response_time_ms")
    assert pick([again], "attempts", *numbers) == [([], 0, 0, 0, 0, 0)]
    (_, event) = fired.described
    assert (event.data, event.context, fired.failed) == (again, context, [])


async def test_it_is_counted_as_saved(house: House, sim: Simulator, quiet: FakeCamera) -> None:
    """One call and its money, and no row of a request."""
    await set_up(house)
    first = await house.describe()
    await house.describe()
    await house.describe()
    spent = house.runtime.accounts.spent(Period.DAY)
    assert (spent.calls, spent.descriptions, spent.saved_calls) == (1, 1, 2)
    assert spent.saved_cost == pytest.approx(2 * first["cost"], abs=1e-6)
    assert len(await house.usage()) == 1
    last = house.runtime.accounts.last
    assert last is not None
    assert last.event_id != first["event_id"]


async def test_somebody_is_described(house: House, sim: Simulator, quiet: FakeCamera) -> None:
    """And is the last scene from then on: nobody there is new again."""
    await set_up(house)
    quiet.first = [yard(1), yard(2, somebody=True), yard(3, somebody=True), yard(4)]
    answers = [await house.describe() for _ in range(4)]
    assert [each["reused"] for each in answers] == [False, False, True, False]
    assert asked(sim) == 3


async def test_what_changes_slowly_is_compared_with_what_was_described(
    house: House, sim: Simulator, quiet: FakeCamera
) -> None:
    """Somebody who fades in, each picture as good as the one before, does not creep in."""
    await set_up(house)
    empty = YARDS["yard"]()
    full = person(560, 520, 80, (128, 124, 116))(empty)
    quiet.first = [
        encoded(Air(seed=part).seen(Image.blend(empty, full, part / 12))) for part in range(13)
    ]
    answers = [await house.describe() for _ in range(13)]
    assert answers[1]["reused"]
    assert 1 < asked(sim) < 8


async def _another_prompt(house: House) -> dict[str, Any]:
    return await house.describe(prompt="Which company?")


async def _another_context(house: House) -> dict[str, Any]:
    return await house.describe(event_context="The doorbell rang.")


async def _another_language(house: House) -> dict[str, Any]:
    return await house.describe(language="German")


async def _another_order(house: House) -> dict[str, Any]:
    order = [house.provider(kind).subentry_id for kind in ("grok", "openai")]
    house.hass.config_entries.async_update_entry(house.entry, options={"provider_order": order})
    await house.hass.async_block_till_done()
    return await house.describe()


async def _another_rule(house: House) -> dict[str, Any]:
    (rules,) = house.entry.get_subentries_of_type("camera")
    house.hass.config_entries.async_update_subentry(
        house.entry, rules, data={**rules.data, "polygons": ["1,1 2,1 2,2"]}
    )
    await house.hass.async_block_till_done()
    return await house.describe()


async def _another_start(house: House) -> dict[str, Any]:
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done()
    return await house.describe()


@pytest.mark.parametrize(
    "changed",
    [
        _another_prompt,
        _another_context,
        _another_language,
        _another_order,
        _another_rule,
        _another_start,
    ],
)
async def test_whatever_an_answer_depends_on_is_a_reason_to_ask(
    house: House,
    sim: Simulator,
    quiet: FakeCamera,
    changed: Callable[[House], Awaitable[dict[str, Any]]],
) -> None:
    """The scene is the same, but not the question, or not who may answer it."""
    await set_up(house)
    await house.describe()
    assert (await changed(house))["reused"] is False
    assert asked(sim) == 2


@pytest.mark.parametrize("changed", [_another_rule, _another_order])
async def test_no_picture_is_kept_longer_than_it_is_of_use(
    house: House,
    quiet: FakeCamera,
    changed: Callable[[House], Awaitable[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What may be seen of the camera may be less now."""
    await set_up(house)
    await house.describe()
    assert house.runtime.scenes._last
    monkeypatch.setattr(House, "describe", AsyncMock())
    await changed(house)
    assert not house.runtime.scenes._last


async def test_after_a_failure_somebody_is_asked(
    house: House, sim: Simulator, quiet: FakeCamera
) -> None:
    """Of providers, with a new question, or of the camera."""
    await set_up(house)
    await house.describe()
    for kind in ("openai", "grok"):
        sim.fail(kind, "refusal")
    assert await error_key(house.describe(prompt="Who is it?")) == "all_failed"
    assert (await house.describe())["reused"] is False
    quiet.first = [b"", b"", b"", b"", yard(8)]
    assert await error_key(house.describe()) == "camera_unavailable"
    quiet.first = [yard(9), yard(10)]
    assert [(await house.describe())["reused"] for _ in range(2)] == [False, True]


async def test_an_answer_is_given_again_for_half_an_hour(
    house: House, sim: Simulator, quiet: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From when it was described, however often it was given again since."""
    await set_up(house)
    await house.describe()
    assert (await house.describe())["reused"]
    monkeypatch.setattr(described_scenes, "REUSED_SECONDS", 0.0)
    assert not (await house.describe())["reused"]
    assert described_scenes.DescribedScenes().get(CAMERA, None, 0.0) is None


async def test_who_looks_gets_a_new_description(
    house: House, sim: Simulator, quiet: FakeCamera
) -> None:
    """A person wants to know; what was said then holds for the next event."""
    await set_up(house)
    await house.describe()
    seen = await look.async_look(house.hass, house.entry, CAMERA, Context())
    assert (seen.response["reused"], seen.picture is not None) == (False, True)
    assert (await house.describe())["reused_event_id"] == seen.response["event_id"]


async def test_a_change_under_a_black_area_is_none(
    house: House, sim: Simulator, quiet: FakeCamera
) -> None:
    """Nobody may see it, so it tells nothing; beside it everything counts."""
    black = {"name": "Path", "left": 38, "top": 55, "right": 50, "bottom": 75}
    await set_up(house, masks=[black])
    quiet.first = [yard(1), yard(2, somebody=True)]
    assert [(await house.describe())["reused"] for _ in range(2)] == [False, True]


async def test_it_is_off_unless_somebody_wants_it(
    house: House, sim: Simulator, quiet: FakeCamera
) -> None:
    """Without the rule nothing is compared, and when it is switched on only what comes then."""
    await set_up(house, same_scene=False)
    assert [(await house.describe())["reused"] for _ in range(2)] == [False, False]
    assert house.runtime.scenes.get(CAMERA, None, 0.0) is None
    (rules,) = house.entry.get_subentries_of_type("camera")
    form = await open_change(house, rules.subentry_id)
    await send(house, form, keep_pictures=True, same_scene=True)
    assert [(await house.describe())["reused"] for _ in range(2)] == [False, True]


async def test_another_size_is_another_scene(
    house: House, sim: Simulator, quiet: FakeCamera
) -> None:
    """Somebody has set the camera to another resolution, or another camera took its name."""
    await set_up(house)
    small = encoded(YARDS["yard"]().resize((960, 540)))
    quiet.first = [yard(1), small]
    assert [(await house.describe())["reused"] for _ in range(2)] == [False, False]
