"""The demo's command line."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import socket

from tests.harness.hass import free_port
from tests.simulator.wire import VENDORS, parse_vendors

REAL_KEYS = {
    "openai": "OPENAI_API_KEY",
    "grok": "XAI_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
}
_USUAL_PORT = 8123
_HELP = """\
See Eyewitness work: starts a real Home Assistant on a throw-away folder, adds a camera and
Eyewitness, asks what the camera sees, and leaves Home Assistant running until Ctrl-C.

The vendors are simulated on this machine. When one or more of these variables hold a key,
those vendors are asked for real instead (that costs a fraction of a cent and sends them
the demo photo), and nobody is simulated:
  OPENAI_API_KEY  XAI_API_KEY  GEMINI_API_KEY  ANTHROPIC_API_KEY
"""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line and the environment ask for."""

    once: bool
    fail: tuple[str, ...]
    port: int
    real: dict[str, str]
    """The keys of the vendors that are asked for real."""


def read_options(argv: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Read the command line; ends the program with a message when it makes no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="print the response as one JSON line last and exit, 1 when nobody answered",
    )
    parser.add_argument(
        "--fail",
        type=parse_vendors,
        default=(),
        metavar="VENDOR,...",
        help=f"let these simulated vendors fail: {', '.join(VENDORS)}",
    )
    parser.add_argument(
        "--port", type=int, help=f"Home Assistant's port (default {_USUAL_PORT}, or a free one)"
    )
    given = parser.parse_args(argv)
    real = {
        vendor: environment[name] for vendor, name in REAL_KEYS.items() if environment.get(name)
    }
    if real and given.fail:
        parser.error(
            f"--fail needs the simulated vendors, but {REAL_KEYS[next(iter(real))]} is set"
        )
    if given.port is not None and not _is_free(given.port):
        parser.error(f"port {given.port} is taken or not allowed")
    usual = _USUAL_PORT if not given.once and _is_free(_USUAL_PORT) else free_port()
    return Options(once=given.once, fail=given.fail, port=given.port or usual, real=real)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError, OverflowError:
            return False
        return True
