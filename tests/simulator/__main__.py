"""Run the simulator from the command line."""

import argparse
import asyncio
import contextlib
from pathlib import Path
import signal

from .simulator import Simulator
from .wire import VENDORS, Vendor


def _vendors(text: str) -> tuple[Vendor, ...]:
    """Read a list of vendors such as `openai,grok`."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in VENDORS]:
        raise argparse.ArgumentTypeError(f"unknown vendor: {', '.join(unknown)}")
    return tuple(vendor for vendor in VENDORS if vendor in names)


async def _run(port: int, failing: tuple[Vendor, ...], log_file: Path | None) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with Simulator(port, log_file=log_file, failing=failing) as simulator:
        print(f"listening on {simulator.urls.root}", flush=True)
        await stop.wait()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator",
        description="Simulate OpenAI, xAI, Gemini and Anthropic on 127.0.0.1.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument(
        "--fail",
        type=_vendors,
        default=(),
        metavar="VENDOR,...",
        help="these vendors answer every description with status 500",
    )
    parser.add_argument("--log", type=Path, default=None, help="write requests as JSON lines")
    args = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(args.port, args.fail, args.log))


if __name__ == "__main__":
    main()
