"""Fix what was reported about the ledger."""

from typing import Any, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult
import voluptuous as vol

from ..const import DATABASE
from ..ledger.errors import LedgerError
from .fix_flow import FixFlow


class SetAsideFlow(FixFlow, ConfirmRepairFlow):
    """A flow that gives a damaged ledger another name, so that a new one can begin."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask first; nothing is ever deleted."""
        if (entry := self._entry) is None:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await entry.runtime_data.accounts.writer.async_set_aside()
            except LedgerError, OSError:
                errors["base"] = "not_moved"
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"file": DATABASE},
        )
