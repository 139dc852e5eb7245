"""Run the simulator from the command line."""

import argparse
import asyncio
import contextlib
from pathlib import Path
import signal

from .simulator import Simulator
from .wire import Vendor, parse_vendors


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
        type=parse_vendors,
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
