"""Check a custom integration's files as Home Assistant and HACS would.

hassfest and HACS's own check run on GitHub and have the last word. This one needs nothing but the
environment of the tests, so it says most of it at once, on everybody's machine.
"""

from pathlib import Path

import homeassistant  # noqa: F401  # puts its own schemas in voluptuous' place, so it comes first

from . import (
    actions,
    brand,
    demands,
    hacs,
    icons,
    imports,
    manifest,
    strays,
    translations,
    wording,
)
from .model import Finding, Severity
from .reading import UnreadableError, read

__all__ = ["Finding", "Severity", "check"]

CHECKS = (
    manifest.check,
    strays.check,
    imports.check,
    demands.check,
    translations.check,
    wording.check,
    actions.check,
    icons.check,
    brand.check,
    hacs.check,
)


def check(repository: Path) -> list[Finding]:
    """Return all that is wrong with the integration in a repository."""
    try:
        integration = read(repository)
    except UnreadableError as err:
        return err.findings
    return [finding for part in CHECKS for finding in part(integration)]
