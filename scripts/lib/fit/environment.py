"""The virtual environment of one row."""

from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from .rows import Row, Sdks
from .uv import Uv, UvError

PLUGIN = "pytest-homeassistant-custom-component"
TOOLS = Path("requirements/test.in")
CORE_REQUIREMENTS = Path("scripts/lib/core_requirements.py")
MANIFEST = Path("custom_components/eyewitness/manifest.json")


class UnfitError(Exception):
    """This Home Assistant could not be installed together with what we require."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What a row is tried with."""

    folder: Path
    installed: dict[str, Version]
    plugin_fits: bool
    """There is a test plugin for this Home Assistant."""

    @property
    def python(self) -> Path:
        """Return its interpreter."""
        return self.folder / "bin" / "python"


def requirements() -> list[Requirement]:
    """Return what our manifest requires."""
    return [Requirement(text) for text in json.loads(MANIFEST.read_text("utf-8"))["requirements"]]


def make(uv: Uv, row: Row, folder: Path) -> Environment:
    """Make it anew; raise UnfitError, with the reason, where that cannot be done."""
    try:
        return _make(uv, row, folder)
    except UvError as err:
        raise UnfitError(str(err)) from err


def _make(uv: Uv, row: Row, folder: Path) -> Environment:
    environment = Environment(folder=folder, installed={}, plugin_fits=True)
    into = ("pip", "install", "--quiet", "--python", environment.python)
    itself = f"homeassistant=={row.home_assistant}"
    uv.run("venv", "--quiet", "--no-project", "--clear", "--python", sys.executable, folder)
    uv.run(*into, itself)
    needed, constraints = folder / "core.in", folder / "constraints.txt"
    command = [environment.python, CORE_REQUIREMENTS, needed, constraints]
    subprocess.run(command, check=True)
    # One at a time and under its constraints, as Home Assistant does it for a new user.
    for requirement in requirements():
        uv.run(*into, "--dry-run", "--constraint", constraints, str(requirement))

    if row.sdks is not Sdks.PINNED:
        _forget_sdks(needed)
    if row.sdks is Sdks.NEWEST:
        _forget_sdks(constraints)
    wanted = [itself, *_tools(), *map(str, requirements()), *_lines(needed)]
    plugin = f"{PLUGIN}>=0.13"  # from then on each version says which Home Assistant it is for
    options: list[str | Path] = ["--constraint", constraints]
    plugin_fits = uv.resolves([*wanted, plugin], *options)
    if not plugin_fits:
        # Its pins are those of an older Home Assistant: let this one's win.
        plugin = _pinned_plugin()
        overrides = folder / "overrides.txt"
        overrides.write_text(f"{constraints.read_text('utf-8')}\n{itself}\n", "utf-8")
        options += ["--override", overrides]
    uv.run(*into, *options, "--requirements", "-", given="\n".join([*wanted, plugin]))

    listed = json.loads(uv.run("pip", "list", "--format", "json", "--python", environment.python))
    installed: dict[str, Version] = {
        canonicalize_name(item["name"]): Version(item["version"]) for item in listed
    }
    for requirement in requirements():
        if installed[requirement.name] not in requirement.specifier:
            raise UnfitError(f"{requirement} does not allow {installed[requirement.name]}")
    return Environment(folder=folder, installed=installed, plugin_fits=plugin_fits)


def _tools() -> list[str]:
    """Return what the tests need besides Home Assistant and its plugin."""
    elsewhere = ("#", "-r", "homeassistant", PLUGIN)
    return [line for line in _lines(TOOLS) if line and not line.startswith(elsewhere)]


def _pinned_plugin() -> str:
    line = next(line for line in _lines(TOOLS) if line.startswith(PLUGIN))
    return line.replace("==", ">=")


def _forget_sdks(file: Path) -> None:
    ours = {requirement.name for requirement in requirements()}
    kept = [line for line in _lines(file) if line.partition("==")[0] not in ours]
    file.write_text("\n".join(kept), "utf-8")


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()
