"""Keep pictures out of the log.

At debug level some SDKs write every request down as a whole, and a user who turns debug logging on
for this integration turns theirs on too (``loggers`` in the manifest).
"""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

_LONGEST: Final = 500
"""Characters; every picture is longer, and no key is ever in what the SDKs log."""


class _Shorten(logging.Filter):
    @override
    def filter(self, record: logging.LogRecord) -> bool:
        record.args = _short(record.args)
        return True


_SHORTEN: Final = _Shorten()


def shorten(sdk: str) -> None:
    """Cut long texts short in what an SDK's loggers write; once it is imported."""
    for name in list(logging.root.manager.loggerDict):
        if name == sdk or name.startswith(f"{sdk}."):
            logging.getLogger(name).addFilter(_SHORTEN)


def _short(value: Any) -> Any:
    match value:
        case str() | bytes() if len(value) > _LONGEST:
            return f"<{len(value)} characters>"
        case Mapping():
            return {name: _short(item) for name, item in value.items()}
        case list():
            return [_short(item) for item in value]
        case tuple():
            return tuple(_short(item) for item in value)
        case _:
            return value
