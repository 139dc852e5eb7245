"""Child processes that are always awaited, bounded in time and never orphaned."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import contextlib
import ctypes
import os
from pathlib import Path
import signal
import sys
import time

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProcessError(RuntimeError):
    """A child process did not do what was asked of it in time."""


def _die_with_parent() -> None:
    """Ask the kernel to end this child when the parent is killed outright."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One child process in its own session, its output appended to one file."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        log_path: Path,
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log_path = log_path
        self._argv = argv
        self._cwd = cwd
        self._env = env
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Return the process id while the child runs."""
        if self._process is None or not self.running:
            raise ProcessError(f"{self.name} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Tell whether the child is alive."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the child; its output is appended to the log file."""
        if self.running:
            raise ProcessError(f"{self.name} is already running")
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._cwd,
                env=self._env,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    async def begin(self, ready: Callable[[], Awaitable[bool]], timeout_s: float) -> None:
        """Start the child and wait until it listens; kill it when that fails."""
        try:
            await self.start()
            await self.wait_until(ready, timeout_s, "listening")
        except BaseException:
            await self.kill()
            raise

    async def wait_until(
        self, ready: Callable[[], Awaitable[bool]], timeout_s: float, what: str
    ) -> None:
        """Poll until ready, failing at once when the child ends."""
        deadline = time.monotonic() + timeout_s
        while not await ready():
            if not self.running:
                code = self._process.returncode if self._process else None
                raise self.failure(f"ended with exit code {code} before {what}")
            if time.monotonic() > deadline:
                raise self.failure(f"did not reach this within {timeout_s:g} s: {what}")
            await asyncio.sleep(0.1)

    async def stop(self, timeout_s: float) -> None:
        """End the child politely; kill it after the timeout."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), timeout_s)
        except TimeoutError as err:
            raise self.failure(f"did not stop within {timeout_s:g} s and was killed") from err
        finally:
            await self.kill()

    async def kill(self) -> None:
        """Kill the child and all that it started, as a power cut would."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    def log(self) -> str:
        """Return everything the child has printed so far."""
        try:
            return self.log_path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def failure(self, message: str) -> ProcessError:
        """Build an error that ends with the tail of the log."""
        tail = "\n".join(self.log().splitlines()[-40:])
        return ProcessError(f"{self.name} {message}\n--- end of its log ---\n{tail}")
