"""Pictures are kept out of the log.

At debug level some SDKs log every request as a whole, and a user who turns debug logging on for
this integration turns theirs on too (``loggers`` in the manifest).
"""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

_MAX_CHARS: Final = 500
"""Every picture is longer, and no key is ever in what the SDKs log."""


class _ShortenArguments(logging.Filter):
    """A filter that lets every record pass, with its long arguments replaced."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        record.args = _shortened(record.args)
        return True


_FILTER: Final = _ShortenArguments()


def shorten(sdk: str) -> None:
    """Replace texts of more than 500 characters in what an SDK's loggers write.

    Call it when the SDK is imported: only the loggers that exist by then are changed.
    """
    for name in list(logging.root.manager.loggerDict):
        if name == sdk or name.startswith(f"{sdk}."):
            logging.getLogger(name).addFilter(_FILTER)


def _shortened(value: Any) -> Any:
    match value:
        case str() | bytes() if len(value) > _MAX_CHARS:
            return f"<{len(value)} characters>"
        case Mapping():
            return {name: _shortened(item) for name, item in value.items()}
        case list():
            return [_shortened(item) for item in value]
        case tuple():
            return tuple(_shortened(item) for item in value)
        case _:
            return value
