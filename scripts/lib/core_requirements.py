"""Write down what the core integrations of the installed Home Assistant need installed.

``hass --skip-pip`` installs nothing, so everything that it loads has to be there before, and the
vendors' SDKs as its own integrations pin them. The list comes from the manifests, because Home
Assistant moves it every month.

Usage: python core_requirements.py REQUIREMENTS_FILE CONSTRAINTS_FILE
"""

import json
from pathlib import Path
import shutil
import sys

import homeassistant
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS

CORE = Path(homeassistant.__file__).parent

# What the demo and the tests load on top of what every Home Assistant loads, and the integrations
# whose SDKs we share. The front end reads the actions of assist_satellite, which needs
# assist_pipeline's packages, and stays at "Loading" without them.
ALSO_LOADED = {
    "ai_task",
    "anthropic",
    "assist_pipeline",
    "assist_satellite",
    "google_generative_ai_conversation",
    "history",
    "isal",
    "local_file",
    "logbook",
    "media_source",
    "mobile_app",
    "openai_conversation",
    "recorder",
}


def requirements(domains: set[str]) -> set[str]:
    """Return what these integrations and all that they depend on require."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(domains)
    while waiting:
        domain = waiting.pop()
        if domain in seen:
            continue
        seen.add(domain)
        manifest = json.loads((CORE / "components" / domain / "manifest.json").read_text("utf-8"))
        found.update(manifest.get("requirements", []))
        waiting += manifest.get("dependencies", [])
    return found


def main() -> None:
    """Write both files."""
    target, constraints = sys.argv[1:]
    lines = [
        "# Made by scripts/pin from the manifests of Home Assistant's core integrations.",
        *sorted(requirements(DEFAULT_INTEGRATIONS | ALSO_LOADED), key=str.casefold),
    ]
    Path(target).write_text("\n".join(lines) + "\n", "utf-8")
    shutil.copyfile(CORE / "package_constraints.txt", constraints)


main()
