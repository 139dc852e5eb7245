"""Draw what a camera sees at a house, by day and by night, and what happens there.

All of it is our own: three yards drawn from a seed, and the front door of the harness.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
import random
from statistics import NormalDist
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageStat

from tests.harness.config import PHOTO

SIZE: Final = (1280, 720)
_GROUND: Final = 300
"""The row at which the ground begins."""

_TREES: Final = ((30, 60, 310, 300), (610, 100, 850, 300))
_BOUGH: Final = 40

type Colour = tuple[int, int, int]
type Draw = Callable[[Image.Image], Image.Image]


def _rough(
    chance: random.Random, step: float, strength: float, size: tuple[int, int]
) -> Image.Image:
    """Return dots of noise around 128, each ``step`` pixels wide."""
    small = (max(2, round(size[0] / step)), max(2, round(size[1] / step)))
    noise = Image.frombytes("L", small, chance.randbytes(small[0] * small[1]))
    noise = noise.point([round((value - 128) * strength) + 128 for value in range(256)])
    return noise.resize(size, Image.Resampling.BICUBIC)


def _textured(image: Image.Image, seed: int, *layers: tuple[float, float]) -> Image.Image:
    chance = random.Random(seed)
    for step, strength in layers:
        noise = _rough(chance, step, strength, image.size)
        image = ImageChops.add(image, Image.merge("RGB", [noise] * 3), offset=-128)
    return image


@cache
def yard() -> Image.Image:
    """Return a yard by day: sky, trees, a fence, a house wall with a door, grass and a path."""
    image = Image.new("RGB", SIZE, (168, 190, 214))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, _GROUND, *SIZE), fill=(92, 112, 66))
    pen.polygon([(560, _GROUND), (640, _GROUND), (900, 720), (380, 720)], fill=(150, 146, 138))
    for x in range(0, 820, 26):
        pen.rectangle((x, 250, x + 20, 318), fill=(124, 98, 72))
    pen.rectangle((860, 60, 1280, 430), fill=(206, 198, 182))
    pen.rectangle((960, 220, 1050, 430), fill=(92, 52, 40))
    pen.rectangle((1100, 160, 1220, 280), fill=(70, 84, 98))
    pen.rectangle((1097, 157, 1223, 283), outline=(240, 240, 236), width=6)
    image = _textured(image, 1, (90, 0.10), (20, 0.08), (5, 0.10))
    image.paste(_leaves(2, (260, 230)), (40, 70), _blob(3, (260, 230)))
    image.paste(_leaves(4, (200, 180)), (620, 110), _blob(5, (200, 180)))
    return image


def _leaves(seed: int, size: tuple[int, int]) -> Image.Image:
    return _textured(Image.new("RGB", size, (52, 82, 40)), seed, (24, 0.2), (7, 0.35), (3, 0.2))


def _blob(seed: int, size: tuple[int, int]) -> Image.Image:
    chance, blob = random.Random(seed), Image.new("L", size)
    pen = ImageDraw.Draw(blob)
    for _ in range(26):
        x, y, r = chance.uniform(40, size[0] - 40), chance.uniform(40, size[1] - 40), 38
        pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
    return blob.filter(ImageFilter.GaussianBlur(2))


@cache
def night() -> Image.Image:
    """Return the same yard as a camera's own infrared light shows it: grey, dark at the edges."""
    grey = yard().convert("L")
    light = Image.radial_gradient("L").resize((1900, 1300)).crop((310, 290, 1590, 1010))
    light = light.point([max(18, round(230 - value * 1.25)) for value in range(256)])
    return Image.merge("RGB", [ImageChops.multiply(grey, light)] * 3)


@cache
def snow() -> Image.Image:
    """Return the yard under snow: bright, and with little to see."""
    white = Image.new("RGB", SIZE, (222, 226, 232))
    ground = Image.new("L", SIZE)
    ImageDraw.Draw(ground).rectangle((0, _GROUND + 18, *SIZE), fill=225)
    return Image.composite(_textured(white, 6, (120, 0.06), (9, 0.03)), yard(), ground)


@cache
def door() -> Image.Image:
    """Return the front door of the harness at dusk, as a ray tracer drew it."""
    with Image.open(PHOTO) as image:
        return image.convert("RGB")


YARDS: Final[dict[str, Callable[[], Image.Image]]] = {
    "yard": yard,
    "night": night,
    "snow": snow,
    "door": door,
}


# What happens.


def _soft(
    image: Image.Image, draw: Callable[[ImageDraw.ImageDraw], None], colour: Colour
) -> Image.Image:
    """Paint a shape with edges as soft as a lens makes them."""
    shape = Image.new("L", image.size)
    draw(ImageDraw.Draw(shape))
    return Image.composite(
        Image.new("RGB", image.size, colour), image, shape.filter(ImageFilter.GaussianBlur(0.7))
    )


def shade(image: Image.Image, x: int, y: int, contrast: int) -> Colour:
    """Return the colour around a place, darker or brighter by so many levels."""
    mean = ImageStat.Stat(image.crop((x - 12, y - 24, x + 12, y))).mean
    red, green, blue = (round(value) + contrast for value in mean)
    return (red, green, blue)


def person(x: int, foot: int, height: int, colour: Colour, *, hidden: float = 0.0) -> Draw:
    """Return what draws a person who stands there; the lowest share of it may be hidden."""

    def draw(image: Image.Image) -> Image.Image:
        h = height
        below = foot - h * hidden

        def shape(pen: ImageDraw.ImageDraw) -> None:
            pen.ellipse((x - h * 0.07, foot - h, x + h * 0.07, foot - h * 0.85), fill=255)
            pen.rounded_rectangle(
                (x - h * 0.14, foot - h * 0.85, x + h * 0.14, foot - h * 0.45), h * 0.05, fill=255
            )
            pen.rectangle((x - h * 0.12, foot - h * 0.47, x - h * 0.02, foot), fill=255)
            pen.rectangle((x + h * 0.02, foot - h * 0.47, x + h * 0.12, foot), fill=255)
            pen.rectangle((x - h, below, x + h, foot + 1), fill=0)

        return _soft(image, shape, colour)

    return draw


def cat(x: int, foot: int, length: int, colour: Colour) -> Draw:
    """Return what draws a cat from its side."""

    def draw(image: Image.Image) -> Image.Image:
        h = length * 0.4

        def shape(pen: ImageDraw.ImageDraw) -> None:
            pen.ellipse((x, foot - h, x + length * 0.7, foot - h * 0.35), fill=255)
            pen.ellipse(
                (x + length * 0.6, foot - h * 1.25, x + length * 0.85, foot - h * 0.6), fill=255
            )
            for part in (0.08, 0.2, 0.5, 0.62):
                pen.rectangle(
                    (x + length * part, foot - h * 0.5, x + length * (part + 0.07), foot), fill=255
                )

        return _soft(image, shape, colour)

    return draw


def box(left: int, top: int, right: int, bottom: int, colour: Colour) -> Draw:
    """Return what draws a parcel, a door that is open, a window with light, or a bin."""
    return lambda image: _soft(
        image, lambda pen: pen.rectangle((left, top, right, bottom), fill=255), colour
    )


def car(x: int, y: int, length: int, colour: Colour) -> Draw:
    """Return what draws a car."""

    def draw(image: Image.Image) -> Image.Image:
        h = length * 0.3
        image = box(x, y - round(h * 0.75), x + length, y, colour)(image)
        image = box(
            x + length // 5,
            y - round(h * 1.3),
            x + length * 4 // 5,
            y - round(h * 0.7),
            (40, 46, 54),
        )(image)
        for part in (0.2, 0.75):
            wheel = x + round(length * part)
            image = box(wheel, y - round(h * 0.25), wheel + length // 9, y + 2, (18, 18, 18))(image)
        return image

    return draw


def beam(x: int, y: int, width: int, strength: int) -> Draw:
    """Return what draws the light of a car on the ground and on walls."""

    def draw(image: Image.Image) -> Image.Image:
        light = Image.new("L", image.size)
        ImageDraw.Draw(light).ellipse(
            (x - width, y - width // 2, x + width, y + width // 2), fill=strength
        )
        light = light.filter(ImageFilter.GaussianBlur(width / 5))
        return ImageChops.add(image, Image.merge("RGB", [light] * 3))

    return draw


# What is nothing: the weather, the light, the camera.


@cache
def _gauss(sigma: float) -> list[int]:
    spread = NormalDist(0, sigma)
    return [
        max(0, min(255, round(128 + spread.inv_cdf((value + 0.5) / 256)))) for value in range(256)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """All that changes from one picture to the next without anything happening."""

    seed: int = 0
    noise: float = 3.0
    """Of the sensor, in levels of 256."""
    quality: int = 80
    exposure: float = 1.0
    white: tuple[float, float, float] = (1.0, 1.0, 1.0)
    cloud: float = 0.0
    """How much darker a cloud makes one side of the picture."""
    wind: int = 0
    """Pixels by which leaves move."""
    shift: tuple[float, float] = (0.0, 0.0)
    """Pixels by which the camera moves."""
    rain: int = 0
    """Streaks."""
    flakes: int = 0
    bugs: int = 0
    """Insects close to the lens, which the camera's light makes bright."""
    haze: int = 0
    """Levels that the dark parts gain."""
    clock: str = ""

    def seen(self, image: Image.Image) -> Image.Image:
        """Return what the camera makes of a scene."""
        chance = random.Random(self.seed)
        if self.wind:
            image = _blown(image, chance, self.wind)
        if self.shift != (0.0, 0.0):
            image = image.transform(
                image.size,
                Image.Transform.AFFINE,
                (1, 0, self.shift[0], 0, 1, self.shift[1]),
                Image.Resampling.BICUBIC,
            )
            image = image.crop((4, 4, SIZE[0] - 4, SIZE[1] - 4)).resize(
                SIZE, Image.Resampling.BICUBIC
            )
        if self.cloud:
            image = _clouded(image, self.cloud)
        if self.haze:
            image = Image.blend(image, Image.new("RGB", SIZE, (150, 150, 150)), self.haze / 150)
        image = _streaked(image, chance, self.rain, self.flakes, self.bugs)
        gains = [self.exposure * each for each in self.white]
        image = image.point(
            [min(255, round(value * gain)) for gain in gains for value in range(256)]
        )
        if self.noise:
            noise = Image.frombytes("RGB", SIZE, chance.randbytes(SIZE[0] * SIZE[1] * 3))
            image = ImageChops.add(image, noise.point(_gauss(self.noise) * 3), offset=-128)
        if self.clock:
            pen = ImageDraw.Draw(image)
            pen.text((1258, 702), self.clock, (235, 235, 230), ImageFont.load_default(19), "rs")
        return image

    def next(self, seed: int) -> Air:
        """Return the same air a moment later."""
        return replace(self, seed=seed)


def _blown(image: Image.Image, chance: random.Random, wind: int) -> Image.Image:
    """Let the trees sway by up to so many pixels, each of their boughs by itself."""
    moved = image.copy()
    for left, top, right, bottom in _TREES:
        across, down = (right - left) // _BOUGH, (bottom - top) // _BOUGH
        grid = {
            (x, y): (chance.uniform(-wind, wind), chance.uniform(-wind, wind))
            if 0 < x < across and 0 < y < down
            else (0.0, 0.0)
            for x in range(across + 1)
            for y in range(down + 1)
        }
        mesh = []
        for x in range(across):
            for y in range(down):
                corners = ((x, y), (x, y + 1), (x + 1, y + 1), (x + 1, y))
                source = [
                    part
                    for a, b in corners
                    for part in (a * _BOUGH + grid[a, b][0], b * _BOUGH + grid[a, b][1])
                ]
                at = (x * _BOUGH, y * _BOUGH, (x + 1) * _BOUGH, (y + 1) * _BOUGH)
                mesh.append((at, tuple(source)))
        tree = image.crop((left, top, right, bottom))
        swayed = tree.transform(tree.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
        moved.paste(swayed, (left, top))
    return moved


def _clouded(image: Image.Image, strength: float) -> Image.Image:
    ramp = Image.linear_gradient("L").rotate(90).resize(SIZE, Image.Resampling.BICUBIC)
    light = ramp.point([round(255 * (1 - strength * value / 255)) for value in range(256)])
    return ImageChops.multiply(image, Image.merge("RGB", [light] * 3))


def _streaked(
    image: Image.Image, chance: random.Random, rain: int, flakes: int, bugs: int
) -> Image.Image:
    if not (rain or flakes or bugs):
        return image
    bright = Image.new("L", SIZE)
    pen = ImageDraw.Draw(bright)
    for _ in range(rain):
        x, y, long = chance.uniform(0, SIZE[0]), chance.uniform(0, SIZE[1]), chance.uniform(15, 40)
        pen.line((x, y, x + long * 0.15, y + long), fill=chance.randint(10, 40), width=1)
    for _ in range(flakes):
        x, y, r = chance.uniform(0, SIZE[0]), chance.uniform(0, SIZE[1]), chance.uniform(1, 3)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=chance.randint(40, 120))
    for _ in range(bugs):
        x, y, r = chance.uniform(0, SIZE[0]), chance.uniform(0, SIZE[1]), chance.uniform(4, 14)
        pen.ellipse((x - r, y - r / 2, x + r, y + r / 2), fill=chance.randint(60, 200))
    bright = bright.filter(ImageFilter.GaussianBlur(0.8))
    return ImageChops.add(image, Image.merge("RGB", [bright] * 3))
