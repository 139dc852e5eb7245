"""Say where an exception came from that nobody expected, so that a report can be answered.

Its own words are left out, and so are all values: they may quote a request with its key.
"""

from pathlib import PurePath
import traceback
from types import FrameType

from . import policy


def where(err: BaseException) -> str:
    """Return an exception's type and its frames, innermost first, and those of its causes.

    Such as ``TypeError at eyewitness/pictures/prepare.py:41 < eyewitness/pictures/grab.py:57``.
    """
    told: list[str] = []
    each: BaseException | None = err
    while each is not None and len(told) < policy.LOGGED_CAUSES:
        frames = [
            f"{_module_path(frame)}:{line}" for frame, line in traceback.walk_tb(each.__traceback__)
        ]
        places = " < ".join(reversed(frames[-policy.LOGGED_FRAMES :]))
        told.append(f"{type(each).__name__} at {places or 'an unknown place'}")
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return ", after ".join(told)


def _module_path(frame: FrameType) -> str:
    """Return the file within its packages: where they are installed is nobody's business."""
    packages = str(frame.f_globals.get("__package__") or "").split(".")
    name = PurePath(frame.f_code.co_filename).name
    return "/".join([*packages, name] if any(packages) else [name])
