"""Add the probe without asking anything."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from . import DOMAIN


class BenchProbeFlow(ConfigFlow, domain=DOMAIN):
    """The flow that creates the entry."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Create it at once."""
        return self.async_create_entry(title="Bench probe", data={})
