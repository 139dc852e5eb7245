"""Let the test plugin load on a Home Assistant newer than itself: `pytest -p tests.ahead`."""

# isort: off
import homeassistant  # noqa: F401  from 2026.11 on it gives httpx another meaning, so it comes first
from pytest_homeassistant_custom_component import patch_json, patch_recorder, patch_time  # noqa: F401

from homeassistant.components import logger
from homeassistant.components.logger import helpers

# Up to 2026.10 this name was in both places.
vars(logger).setdefault("_clear_logger_overwrites", vars(helpers)["_clear_logger_overwrites"])
