"""What the sources of the cards show."""

import re

from tests.sources import INTEGRATION

_SHOWN = re.compile(
    r"""["'](?P<key>(?:card|usage_card|mask)_\w+)["'](?:\s*,\s*\{(?P<given>[^}]*)\})?"""
    r"""|`(?P<family>(?:card|usage_card|mask)_\w*)\$\{\w+(?:\.\w+)*\}(?P<rest>\w*)`"""
)
_NAME = re.compile(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)")


def texts_of_cards(texts: dict[str, str]) -> dict[str, set[str]]:
    """Return the texts that the cards show, by path, with the names they put into each."""
    shown: dict[str, set[str]] = {}
    for path in sorted((INTEGRATION / "frontend").glob("*.js")):
        for found in _SHOWN.finditer(path.read_text("utf-8")):
            if key := found["key"]:
                given = set(_NAME.findall(found["given"] or ""))
                shown[f"common.{key}"] = shown.get(f"common.{key}", set()) | given
            else:
                family = re.compile(rf"common\.{found['family']}[a-z_]+{found['rest']}")
                shown.update({name: set() for name in texts if family.fullmatch(name)})
    return shown
