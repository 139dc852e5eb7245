"""Black areas that are drawn: what the editor is shown, what it stores, and who may use it."""

from base64 import b64decode
from collections.abc import Mapping
from io import BytesIO
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.flows.forms import suggested
from tests.flows.test_camera import AREA, IMAGE, STORED, TRIANGLE, add, open_first, stored
from tests.flows.test_camera_views import GATE, add_device, ref
from tests.kit import CAMERA, FakeCamera, FakeImage, House, picture
from tests.pictures.scenes import encoded, held_as
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("camera")
LEFT = {"name": "Left", "left": 0.0, "top": 0.0, "right": 50.0, "bottom": 100.0}
RIGHT = {"name": "Right", "left": 62.5, "top": 10.1, "right": 99.9, "bottom": 90.0}


class Editor:
    """The commands, as the editor sends them."""

    def __init__(self, hass_ws_client: WebSocketGenerator) -> None:
        """Open no connection yet."""
        self._connect = hass_ws_client
        self._client: Any = None

    async def send(self, command: str, camera: str = CAMERA, **fields: Any) -> dict[str, Any]:
        """Return the answer to a command."""
        if self._client is None:
            self._client = await self._connect()
        message = {"type": f"eyewitness/masks/{command}", "camera": camera, **fields}
        await self._client.send_json_auto_id(message)
        answer: dict[str, Any] = await self._client.receive_json()
        return answer

    async def get(self, camera: str = CAMERA) -> dict[str, Any]:
        """Return what the editor begins with."""
        result: dict[str, Any] = (await self.send("get", camera))["result"]
        return result

    async def save(self, *areas: Mapping[str, Any], camera: str = CAMERA) -> None:
        """Store areas."""
        answer = await self.send("save", camera, areas=list(areas))
        assert answer["result"] == {}, answer


@pytest.fixture
def editor(hass_ws_client: WebSocketGenerator) -> Editor:
    """Return the editor of an administrator."""
    return Editor(hass_ws_client)


def opened(shown: Mapping[str, Any]) -> Image.Image:
    """Return the picture of an answer, whose size it has to say."""
    head, _, content = shown["picture"].partition(",")
    assert head == "data:image/jpeg;base64"
    image = Image.open(BytesIO(b64decode(content)))
    assert image.size == (shown["width"], shown["height"])
    return image


def black(image: Image.Image, *places: tuple[int, int]) -> list[bool]:
    """Return whether the picture is black at some places, in percent."""
    pixels = [image.getpixel((image.width * x // 100, image.height * y // 100)) for x, y in places]
    return [pixel == (0, 0, 0) for pixel in pixels]


async def test_what_is_drawn_is_previewed_stored_and_painted(
    house: House, sim: Simulator, editor: Editor
) -> None:
    """A camera without rules gets them as from the form, and the next event is black there."""
    await house.set_up("openai")
    shown = await editor.get()
    assert (shown["areas"], shown["fixed"], shown["views"]) == ([], [], [])
    sides = ((25, 20), (75, 20))
    assert black(opened(shown), *sides) == [False, False]
    preview = await editor.send("preview", areas=[LEFT])
    assert black(opened(preview["result"]), *sides) == [True, False]
    assert stored(house) == []
    assert sim.requests() == []

    await editor.save(LEFT)
    assert stored(house) == [STORED | {"masks": [LEFT]}]
    assert suggested(await open_first(house), "masks") == [LEFT]
    await house.describe()
    (request,) = sim.requests("openai", "describe")
    sent = Image.open(BytesIO(sim.log.pictures[request.seq][0]))
    assert black(sent, *sides) == [True, False]

    await editor.save(RIGHT)
    assert (await editor.get())["areas"] == [RIGHT]
    await editor.save()
    assert stored(house) == [STORED]


async def test_what_the_form_knows_stays(house: House, editor: Editor) -> None:
    """Other shapes are shown, painted and kept, and so is the rest of the rules."""
    await house.set_up("openai")
    await add(house, masks=[AREA], polygons=[TRIANGLE], detail="low", keep_pictures=False)
    (before,) = stored(house)
    shown = await editor.get()
    assert shown["areas"] == [AREA]
    assert shown["fixed"] == [[[10, 20], [50, 20], [50, 80]]]
    preview = (await editor.send("preview", areas=[RIGHT]))["result"]
    assert (preview["width"], preview["height"]) == (640, 360)
    assert black(opened(preview), (45, 30), (15, 75), (80, 20)) == [True, False, True]
    await editor.save(RIGHT)
    assert stored(house) == [before | {"masks": [RIGHT]}]


async def test_nothing_is_stored_of_a_camera_that_nothing_was_drawn_on(
    house: House, editor: Editor
) -> None:
    """To save an empty picture is no wish for rules."""
    await house.set_up("openai")
    await editor.save()
    assert stored(house) == []


async def test_the_other_views_of_a_device_are_covered_and_named(
    house: House, editor: Editor
) -> None:
    """As when the form is sent as it is; what another camera's rules cover is shown as fixed."""
    add_device(house, "maker", GATE, "camera.gate_sub")
    for name in (GATE, "camera.gate_sub"):
        house.hass.states.async_set(name, "idle")
    await house.set_up("openai")
    assert (await editor.get(GATE))["views"] == ["Gate"]
    await editor.save(LEFT, camera=GATE)
    assert stored(house)[0]["also"] == [ref(house, "camera.gate_sub")]
    sub = await editor.get("camera.gate_sub")
    assert (sub["areas"], sub["fixed"]) == ([], [[[0, 0], [50, 0], [50, 100], [0, 100]]])


async def test_a_successor_goes_on_with_all_that_holds_for_it(house: House, editor: Editor) -> None:
    """Rules of its own must not lift those that it has by its name."""
    await house.set_up("openai")
    await add(house, masks=[AREA], polygons=[TRIANGLE], detail="low")
    (subentry,) = house.entry.get_subentries_of_type("camera")
    data = {**subentry.data, "entity_id": "camera.elsewhere", "former": [CAMERA]}
    house.hass.config_entries.async_update_subentry(house.entry, subentry, data=data)
    shown = await editor.get()
    assert (shown["areas"], len(shown["fixed"])) == ([AREA], 1)
    await editor.save(AREA, RIGHT)
    assert stored(house)[1] == STORED | {
        "masks": [AREA, RIGHT],
        "polygons": [TRIANGLE],
        "detail": "low",
    }


@pytest.mark.parametrize(
    ("areas", "code", "key"),
    [
        ([{**AREA, "right": 10}], "home_assistant_error", "mask_invalid"),
        ([AREA] * 51, "home_assistant_error", "too_many_areas"),
        ([{**AREA, "left": -0.1}], "invalid_format", None),
        ([{**AREA, "left": "nan"}], "invalid_format", None),
        ([{"name": "x"}], "invalid_format", None),
        (["text"], "invalid_format", None),
    ],
)
async def test_what_the_form_refuses_is_refused(
    house: House, editor: Editor, areas: Any, code: str, key: str | None
) -> None:
    """With the sentence that the form has, and nothing is stored."""
    await house.set_up("openai")
    for command in ("preview", "save"):
        error = (await editor.send(command, areas=areas))["error"]
        assert (error["code"], error.get("translation_key")) == (code, key)
    assert stored(house) == []


async def test_a_camera_that_is_off(house: House, editor: Editor, camera: FakeCamera) -> None:
    """Its areas are shown all the same, with the reason; no log is filled with it."""
    await house.set_up("openai")
    await editor.save(LEFT)
    camera.sends = None
    shown = await editor.get()
    assert (shown["areas"], shown["picture"]) == ([LEFT], None)
    assert shown["problem"]["translation_key"] == "camera_unavailable"
    error = (await editor.send("preview", areas=[]))["error"]
    assert error["translation_placeholders"] == {"camera": "Front door"}


async def test_a_picture_that_lies_on_its_side_is_shown_upright(
    house: House, editor: Editor, camera: FakeCamera, image: FakeImage
) -> None:
    """Areas are shares of the upright picture; image entities have them, too."""
    camera.sends = encoded(Image.open(BytesIO(picture(1280, 720))), exif=held_as(6))
    await house.set_up("openai")
    shown = opened(await editor.get())
    assert shown.width < shown.height
    assert opened(await editor.get(IMAGE)).size == (640, 480)


@pytest.mark.parametrize(
    "name", ["camera.nowhere", "light.lamp", "", "image.front_door_last_picture"]
)
async def test_what_is_no_camera(house: House, editor: Editor, name: str) -> None:
    """Nor is our own picture of one."""
    await house.set_up("openai")
    await house.describe()
    await house.hass.async_block_till_done()
    for command, more in (("get", {}), ("preview", {"areas": []}), ("save", {"areas": [LEFT]})):
        assert (await editor.send(command, name, **more))["error"]["code"] == "not_found"
    assert stored(house) == []


async def test_for_administrators_only(
    house: House, editor: Editor, camera: FakeCamera, hass_admin_user: MockUser
) -> None:
    """Whoever else may see the camera still may not change what providers see of it."""
    await house.set_up("openai")
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": True})
    camera.asked = 0
    for command, more in (("get", {}), ("preview", {"areas": []}), ("save", {"areas": [LEFT]})):
        assert (await editor.send(command, **more))["error"]["code"] == "unauthorized"
    assert (stored(house), camera.asked) == ([], 0)


async def test_the_picture_is_neither_kept_nor_logged(
    hass: HomeAssistant, house: House, editor: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody but the one who asked gets it."""
    caplog.set_level(logging.DEBUG, "custom_components.eyewitness")
    await house.set_up("openai")
    shown = await editor.get()
    assert (house.runtime.described, house.sim.requests()) == ({}, [])
    ours = [each for each in caplog.records if each.name.startswith("custom_components.eyewitness")]
    assert not any(shown["picture"][-40:] in each.getMessage() for each in ours)
