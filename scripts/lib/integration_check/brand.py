"""The pictures that Home Assistant and HACS show for an integration."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from .model import Finding, Integration, warning

SERVED: Final = frozenset(
    "".join(parts) + ".png" for parts in product(("", "dark_"), ("icon", "logo"), ("", "@2x"))
)


def check(integration: Integration) -> Iterator[Finding]:
    """Ask for an icon, and find what nobody will ever see."""
    pictures = {path.name for path in (integration.folder / "brand").glob("*")}
    if "icon.png" not in pictures:
        yield warning("brand/icon.png", "is missing")
    for name in sorted(pictures - SERVED):
        yield warning(f"brand/{name}", "is shown nowhere")
