"""Keep the figures of a long run where a person finds them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).resolve().parents[2] / "test-results"


def write_report(name: str, lines: Iterable[str]) -> None:
    """Write the figures to ``test-results``."""
    _FOLDER.mkdir(exist_ok=True)
    text = "".join(f"{line}\n" for line in lines)
    (_FOLDER / f"soak-{name}.txt").write_text(text, encoding="utf-8")
