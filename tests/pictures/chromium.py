"""Ask Chromium how it turns a picture."""

from base64 import b64encode
from collections.abc import Sequence

from playwright.async_api import async_playwright

from tests.harness.browser import FLAGS
from tests.pictures.scenes import orientation_of

_CORNERS = """async (urls) => {
  const found = [];
  for (const url of urls) {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const at = (x, y) => Array.from(
      context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data.slice(0, 3));
    found.push([at(0.1, 0.1), at(0.9, 0.1), at(0.1, 0.9), at(0.9, 0.9)]);
  }
  return found;
}"""


async def ask(program: str, files: Sequence[bytes]) -> list[int]:
    """Return the orientations, 1 to 8, by which it turned pictures whose pixels lie upright."""
    # Chromium looks at the bytes and not at the type to find out what it has got.
    urls = [f"data:image/jpeg;base64,{b64encode(data).decode()}" for data in files]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            page = await browser.new_page()
            return [orientation_of(found) for found in await page.evaluate(_CORNERS, urls)]
        finally:
            await browser.close()
