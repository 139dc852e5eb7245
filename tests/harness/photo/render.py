"""Draw `front_door.jpg`: `python -m tests.harness.photo.render [SCALE]`.

The scene is a fragment shader of our own (`scene.glsl`), run by headless Chromium's software
renderer in small tiles (`render.js`), twice as large as the picture, then made smaller and
given a camera's grain and clock.
"""

import base64
import io
from pathlib import Path
import random
import sys

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from playwright.sync_api import sync_playwright

from tests.harness.browser import chromium

SIZE = (1280, 720)
_HERE = Path(__file__).parent
_TARGET = _HERE.parent / "front_door.jpg"
_FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-gpu-watchdog",
    "--disable-background-networking",
]


def draw(scale: float) -> Image.Image:
    """Render the scene at `scale` times the size of the picture."""
    width, height = (round(side * scale) for side in SIZE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS)
        page = browser.new_page()
        page.set_default_timeout(1_200_000)
        scene, program = [(_HERE / name).read_text("utf-8") for name in ("scene.glsl", "render.js")]
        data: str = page.evaluate(program, [scene, width, height, 160])
        browser.close()
    return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")


def develop(picture: Image.Image) -> Image.Image:
    """Make the picture small and give it a lens, grain and a clock."""
    picture = picture.resize(SIZE, Image.Resampling.LANCZOS)
    bright = picture.point(lambda level: max(0, level - 200) * 3)
    bloom = bright.filter(ImageFilter.GaussianBlur(14)).point(lambda level: level // 3)
    picture = ImageChops.screen(picture, bloom)
    rough = random.Random(27)
    noise = Image.frombytes("L", SIZE, rough.randbytes(SIZE[0] * SIZE[1]))
    noise = noise.filter(ImageFilter.GaussianBlur(0.6))
    grain = Image.merge("RGB", [noise] * 3)
    picture = Image.blend(picture, ImageChops.overlay(picture, grain), 0.10)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=19)
    for text, x, anchor in (("Front door", 22, "ls"), ("2026-11-22 16:58:07", 1258, "rs")):
        pen.text((x + 1, 703), text, (0, 0, 0), font, anchor)
        pen.text((x, 702), text, (235, 235, 230), font, anchor)
    return picture


def main() -> None:
    """Draw the picture and save it beside the harness."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    develop(draw(scale)).save(_TARGET, quality=88, optimize=True, progressive=True)


if __name__ == "__main__":
    main()
