"""Paint what is kept as the rules say now; blocking."""

from collections.abc import Mapping
import json
from pathlib import Path

from ..const import LOGGER
from .decode import BAD_IMAGE
from .kept_files import FILES, MARK, pictures, unfinished, write
from .masks import Polygon
from .prepare import prepare
from .size import Detail


def apply(
    root: Path,
    masks: Mapping[str, tuple[Polygon, ...]],
    known: Mapping[str, tuple[Polygon, ...]],
    masked: bool,
) -> None:
    """Paint every camera's pictures; ``masked`` says whether any camera at all has masks.

    ``known`` has the masks of pictures that need none, also of those that come meanwhile.
    """
    for name, areas in masks.items():
        with FILES:
            delete_unfinished(root / name)
        _paint_folder(root / name, areas, known)
    # Before pictures had a folder for each camera they lay here. Nobody knows what they show, so
    # none can stay where anything must not be shown.
    for file in pictures(root) if masked else ():
        file.unlink(missing_ok=True)


def delete_unfinished(folder: Path) -> None:
    """Delete what a power cut left: it shows what was not hidden then."""
    for file in unfinished(folder):
        file.unlink(missing_ok=True)


def _paint_folder(
    folder: Path, masks: tuple[Polygon, ...], known: Mapping[str, tuple[Polygon, ...]]
) -> None:
    """Paint all pictures of a camera unless they are; what cannot be painted is deleted."""
    if not masks or is_painted(folder, masks):
        return
    done: set[str] = set()
    while (file := _next(folder, done, masks, known)) is not None:
        done.add(file.name)
        try:
            painted = painted_over(file.read_bytes(), masks)  # takes long, so nobody waits for it
            with FILES:
                if file.exists():
                    write(file, painted, file.stat().st_mode)
        except FileNotFoundError:
            continue  # it was one too many
        except BAD_IMAGE as err:
            LOGGER.warning("%s cannot be painted over: %s", file.name, type(err).__name__)
            file.unlink(missing_ok=True)


def _next(
    folder: Path,
    done: set[str],
    masks: tuple[Polygon, ...],
    known: Mapping[str, tuple[Polygon, ...]],
) -> Path | None:
    """Return a picture that is not painted yet; mark the folder when there is none."""
    with FILES:
        files = pictures(folder)
        left = next(
            (each for each in files if each.name not in done and known.get(each.name) != masks),
            None,
        )
        if files and left is None:
            write(folder / MARK, mark_of(masks))
    return left


def is_painted(folder: Path, masks: tuple[Polygon, ...]) -> bool:
    """Return whether all pictures in a folder have these masks."""
    mark = folder / MARK
    return mark.exists() and mark.read_bytes() == mark_of(masks)


def mark_of(masks: tuple[Polygon, ...]) -> bytes:
    """Return what says in a folder that all its pictures have these masks."""
    return json.dumps(masks).encode()


def painted_over(jpeg: bytes, masks: tuple[Polygon, ...]) -> bytes:
    """Return a picture with these masks, as large as it was; raise one of ``BAD_IMAGE``."""
    return prepare(jpeg, Detail.HIGH.side, masks).jpeg
