"""Keep pictures and keys out of the log.

At debug level some libraries log whole requests, and all of them the headers that come back, in
which a server can say a key aloud. A user who turns debug logging on for this integration turns
theirs on too (``loggers`` in the manifest).
"""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

from ...chain.redaction import redact
from ...const import LOGGER

_NAMES: Final = (
    *("openai", "anthropic", "google", "google_genai"),
    *("httpx", "httpx2", "httpcore", "httpcore2"),
    LOGGER.name,
)
"""Where the loggers of the libraries begin, and our own."""
_MAX_CHARS: Final = 500
"""Every picture is longer."""


class _Cleaner(logging.Handler):
    """Changes each record before other handlers see it, and writes nothing itself.

    A filter on a logger would not see what loggers below it write, some of which do not exist yet
    when a provider is built; a handler does. It comes before the handlers of the root logger,
    which are Home Assistant's.
    """

    _formatter: Final = logging.Formatter()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        record.args = _shortened(record.args)
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - it would end the request during which it is logged
            message, record.args = str(record.msg), None  # arguments that do not fit, or cannot
        if (clean := redact(message)) != message:
            record.msg, record.args = clean, None
        if record.exc_info:
            traceback = self._formatter.formatException(record.exc_info)
            if (clean := redact(traceback)) != traceback:
                record.exc_info, record.exc_text = None, clean


_CLEANER: Final = _Cleaner()


def watch() -> None:
    """Keep keys, and texts of more than 500 characters, out of what the libraries write."""
    for name in _NAMES:
        logging.getLogger(name).addHandler(_CLEANER)  # a second time changes nothing


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
