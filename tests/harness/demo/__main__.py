"""Run the demo: `python -m tests.harness.demo --help`."""

import asyncio
import contextlib
import json
import os
from pathlib import Path
import signal
import sys
import tempfile

from tests.harness.client import EventTap, HassError
from tests.harness.demo.dashboard import AUTOMATIONS, URL_PATH, make_dashboard
from tests.harness.demo.options import REAL_KEYS, Options, read_options
from tests.harness.demo.progress import Progress, show
from tests.harness.demo.report import answer_text, attempts_table
from tests.harness.eyewitness import DESCRIBED, FAILED, SetupError, add_eyewitness, describe
from tests.harness.hass import Hass
from tests.harness.ledger import written_rows
from tests.harness.onboarding import PASSWORD, USERNAME
from tests.harness.process import ProcessError
from tests.harness.simulator import SimulatorProcess, hand_overs

_LIMIT_S = 240.0


class NoDescriptionError(Exception):
    """The demo ran, but nobody described the event."""


class Demo:
    """One demo, from an empty folder to an answer."""

    def __init__(self, options: Options, folder: Path, progress: Progress) -> None:
        self._options = options
        self._folder = folder
        self._progress = progress
        self._simulator: SimulatorProcess | None = None
        self.ready = False
        """The event has been shown; all that is left is to wait for Ctrl-C."""

    async def run(self) -> None:
        """Start the vendors, real ones or simulated, and Home Assistant, and show one event."""
        options, step = self._options, self._progress.step
        async with contextlib.AsyncExitStack() as stack:
            if options.real:
                names = ", ".join(f"{vendor} ({REAL_KEYS[vendor]})" for vendor in options.real)
                self._progress.say(f"Using the real vendors whose key is set: {names}")
            else:
                async with step("Starting the simulated vendors"):
                    simulator = SimulatorProcess(self._folder, fail=options.fail)
                    self._simulator = await stack.enter_async_context(simulator)
            hass = Hass(self._folder / "config", port=options.port, automations=AUTOMATIONS)
            stack.push_async_callback(self._stop, hass)
            async with step("Starting Home Assistant"):
                await hass.start()
            async with step("Adding the camera and Eyewitness"):
                camera = await hass.add_camera("Front door")
                urls = self._simulator.urls if self._simulator else None
                await add_eyewitness(hass.api, options.real or None, urls)
            if not options.once:
                await make_dashboard(hass.api)
            failure = await self._one_event(hass, camera)
            if options.once and failure:
                raise NoDescriptionError(failure)
            if not options.once:
                self._invite(hass)
                self.ready = True
                await asyncio.Event().wait()

    async def _stop(self, hass: Hass) -> None:
        async with self._progress.step("Stopping Home Assistant"):
            await hass.stop()

    async def _one_event(self, hass: Hass, camera: str) -> str | None:
        """Describe one event; return the reason when nobody could."""
        async with hass.api.events(DESCRIBED) as described, hass.api.events(FAILED) as failed:
            try:
                async with self._progress.step("Asking what the camera sees"):
                    response = await describe(
                        hass.api, camera, event_context="motion at the front door"
                    )
            except HassError as err:
                await self._show_hand_overs()
                return await self._failure(hass, err, described, failed)
        await self._show_hand_overs()
        if self._options.once:
            self._progress.say(f"Answered by {response['provider']}")
            show(answer_text(response), sys.stderr)
            show(json.dumps(response, ensure_ascii=False), sys.stdout)
        else:
            show(f"\n{answer_text(response)}\n", sys.stdout)
        return None

    async def _failure(
        self, hass: Hass, err: HassError, described: EventTap, failed: EventTap
    ) -> str:
        """Say why there is no description, and what is left of the event."""
        events = await failed.wait()
        data = events[-1]["data"]
        rows = await written_rows(hass.folder, len(data["attempts"]))
        lines = [
            f"No description: {err.message}",
            "",
            *attempts_table(data["attempts"]),
            "",
            f"{FAILED} was seen {len(events)} time(s), {DESCRIBED} {len(described.events)} time(s)",
            f"ai_usage holds {len(rows)} attempt(s), {sum(row['success'] for row in rows)} good",
        ]
        if "description" in data:
            lines.append("The failed event carries a description: that is a bug.")
        text = "\n".join(lines)
        if not self._options.once:
            show(f"\n{text}\n", sys.stdout)
        return text

    async def _show_hand_overs(self) -> None:
        if self._simulator is None:
            return
        for step in hand_overs(await self._simulator.requests()):
            self._progress.say(
                f"Hand-over from the last failure of {step.failed} to the request to"
                f" {step.asked}: {step.since_last_failure * 1000:.0f} ms (simulator's log)"
            )

    def _invite(self, hass: Hass) -> None:
        show(
            f"Home Assistant runs at   {hass.url}/{URL_PATH}\n"
            f"log in with              {USERNAME} / {PASSWORD}\n"
            "try                      switch “Front door motion” on and look at the bell\n"
            "stop with                Ctrl-C\n",
            sys.stdout,
        )


async def _until_stopped(demo: Demo, options: Options, progress: Progress) -> int:
    """Run the demo until it is done, Ctrl-C arrives or its time is up."""
    running = asyncio.current_task()
    interrupted = asyncio.Event()

    def interrupt() -> None:
        # A second Ctrl-C must not interrupt the clean-up of the first.
        if running is not None and not interrupted.is_set():
            interrupted.set()
            running.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        async with asyncio.timeout(_LIMIT_S if options.once else None) as limit:
            await demo.run()
    except asyncio.CancelledError:
        return 0 if demo.ready else 130
    except TimeoutError as err:
        return _fail(
            f"The demo did not end within {_LIMIT_S:g} s." if limit.expired() else str(err)
        )
    except (NoDescriptionError, SetupError, HassError, ProcessError) as err:
        return _fail(str(err))
    return 0


def main() -> int:
    """Run the demo and return its exit code."""
    options = read_options(sys.argv[1:], os.environ)
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="eyewitness-demo-") as folder:
        demo = Demo(options, Path(folder), progress)
        return asyncio.run(_until_stopped(demo, options, progress))


def _fail(text: str) -> int:
    show(text, sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
