"""Fix what was reported: a provider, its model, a camera's rules, a damaged ledger."""

from typing import cast

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant

from .flows.camera_repairs import CameraGoneFlow, CameraUncoveredFlow
from .flows.ledger_repairs import SetAsideFlow
from .flows.provider_repairs import PickModelFlow, RetiringModelFlow, TryAgainFlow, TryAllFlow
from .runtime import issues
from .runtime.accounts import DAMAGED


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes a report."""
    about = cast("dict[str, str]", data)
    if issue_id.startswith(issues.CAMERA_GONE):
        return CameraGoneFlow(about["entry_id"], about["subentry_id"])
    if issue_id.startswith(issues.CAMERA_UNCOVERED):
        return CameraUncoveredFlow(about["entry_id"], about["subentry_id"])
    if issue_id == DAMAGED:
        return SetAsideFlow(about["entry_id"])
    if issue_id == issues.PROVIDERS_OUT:
        return TryAllFlow(about["entry_id"])
    if issue_id.startswith(issues.MODEL_RETIRES):
        return RetiringModelFlow(about)
    picks = issue_id.startswith((issues.MODEL_MISSING, issues.NO_MODEL))
    flow = PickModelFlow if picks else TryAgainFlow
    return flow(about["entry_id"], about["provider_id"])
