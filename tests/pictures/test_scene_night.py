"""Show 5 of issue I: a night of motion, and how many calls the same scene saves in it."""

from dataclasses import dataclass, field
import random
from typing import Final

from PIL import Image
import pytest

from custom_components.eyewitness.pictures.scene import is_same
from custom_components.eyewitness.runtime.described_scenes import DescribedScene, DescribedScenes
from tests.pictures.scenes import encoded
from tests.pictures.test_scene import figure, kept
from tests.pictures.yards import Air, Draw, beam, box, car, cat, night

NIGHT_SECONDS: Final = 8 * 3600
EVENTS: Final[dict[str, tuple[Draw, bool]]] = {
    "somebody far away": (figure("night", 601, 345, 26, 30), False),
    "somebody on the lawn": (figure("night", 300, 470, 40, -40), False),
    "a cat": (cat(480, 560, 46, (120, 120, 120)), False),
    "a car parks": (car(120, 420, 170, (110, 110, 110)), True),
    "somebody at the door": (figure("night", 1005, 470, 200, 50), False),
    "a parcel is left": (box(985, 412, 1012, 432, (150, 150, 150)), True),
    "somebody at the fence": (figure("night", 520, 330, 30, 40), False),
    "a light goes on": (box(1103, 163, 1217, 277, (190, 190, 190)), True),
    "somebody in dark clothes": (figure("night", 660, 520, 60, -30), False),
    "a fox": (cat(200, 500, 50, (70, 70, 70)), False),
    "somebody takes the parcel": (box(980, 408, 1018, 434, (60, 60, 60)), True),
    "somebody in the rain": (figure("night", 560, 560, 90, 40), False),
}
"""What happens, and whether it stays."""
CAUSES: Final = {"nothing": 30, "wind": 30, "rain": 20, "insect": 15, "headlights": 5}
"""Of a hundred triggers that are no events: a warm wall, leaves, drops, a moth, a car outside."""


@dataclass(slots=True)
class Night:
    """Who asks for a description at every trigger, and what becomes of it."""

    triggers: int
    chance: random.Random = field(default_factory=lambda: random.Random(14))
    scenes: DescribedScenes[None] = field(default_factory=DescribedScenes)
    place: Image.Image = field(default_factory=night)
    asked: int = 0
    lost: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Let the night pass."""
        times = sorted(self.chance.sample(range(1, self.triggers), len(EVENTS)))
        happens = dict(zip(times, EVENTS, strict=True))
        for number in range(self.triggers):
            at = NIGHT_SECONDS * number / self.triggers
            if (name := happens.get(number)) is None:
                (cause,) = self.chance.choices(list(CAUSES), list(CAUSES.values()))
                self._asks(at, *self._idle(cause))
                continue
            draw, stays = EVENTS[name]
            air = Air(noise=6, rain=60 if "rain" in name else 0)
            if not self._asks(at, draw(self.place), air):
                self.lost.append(name)
            if stays:
                self.place = draw(self.place)

    def _idle(self, cause: str) -> tuple[Image.Image, Air]:
        """Return what the camera sees when nothing has happened."""
        image, air = self.place, Air(noise=6)
        match cause:
            case "wind":
                air = Air(noise=6, wind=self.chance.choice((1, 1, 2, 3)))
            case "rain":
                air = Air(noise=6, rain=self.chance.choice((20, 60, 150)))
            case "insect":
                air = Air(noise=6, bugs=self.chance.choice((0, 1)))  # it may be gone again
            case "headlights":
                image = beam(self.chance.randint(100, 1100), 480, 200, 50)(image)
        return image, air

    def _asks(self, at: float, image: Image.Image, air: Air) -> bool:
        """Return whether a provider is asked about a picture."""
        scene = kept(encoded(air.next(self.chance.randrange(1 << 30)).seen(image)))
        last = self.scenes.get("camera.yard", None, at)
        if last is not None and is_same(scene, last.scene):
            return False
        self.scenes.put("camera.yard", DescribedScene(asked=None, scene=scene, at=at, said=None))
        self.asked += 1
        return True


@pytest.mark.parametrize(
    ("triggers", "most"), [(30, 28), pytest.param(212, 110, marks=pytest.mark.soak)]
)
def test_show_5_a_night_of_motion(triggers: int, most: int) -> None:
    """Twelve events and a lot of nothing: none is lost, and of the rest half costs nothing."""
    restless = Night(triggers)
    restless.run()
    assert restless.lost == []
    assert restless.asked <= most
