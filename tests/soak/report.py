"""Keep the figures of a long run where a person finds them."""

from collections.abc import Iterable, Mapping
import json
from pathlib import Path
from statistics import median
from typing import Any, Final

_FOLDER: Final = Path(__file__).resolve().parents[2] / "test-results"


def write_report(name: str, figures: Mapping[str, Any]) -> None:
    """Write the figures to ``test-results``."""
    _FOLDER.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=2, default=str)
    (_FOLDER / f"soak-{name}.json").write_text(f"{text}\n", encoding="utf-8")


def spread(values: Iterable[float], digits: int = 3) -> dict[str, float]:
    """Return what is worth knowing about many values."""
    found = sorted(values)
    figures = {"median": median(found), "p95": found[int(len(found) * 0.95)], "max": found[-1]}
    return {name: round(value, digits) for name, value in figures.items()}
