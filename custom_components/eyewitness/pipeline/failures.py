"""Say in one word and in a translated error why an event was not described."""

from typing import Final

from homeassistant.exceptions import HomeAssistantError

from ..chain.attempt import Verdict
from ..chain.failures import Kind
from ..const import DOMAIN, NAMES

FAILED: Final = "failed"
FAILED_CAMERA: Final = "failed:camera"
REFUSED: Final = "refused"
OFFLINE: Final = "offline"
DROPPED: Final = "dropped"


def status(verdict: Verdict) -> str:
    """Return the word for a verdict without an answer."""
    if verdict.offline:
        return OFFLINE
    kinds = {attempt.kind for attempt in verdict.attempts}
    return REFUSED if kinds == {Kind.REFUSED} else FAILED


def failure(verdict: Verdict) -> HomeAssistantError:
    """Return the error with each provider's last failure in our words."""
    key = "all_failed" if verdict.attempts else "all_resting"
    if verdict.offline:
        key = "offline"
    reasons = {a.provider_id: (a.provider, a.error) for a in verdict.attempts}
    trail = ", ".join(f"{NAMES[kind]}: {error}" for kind, error in reasons.values())
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"reasons": trail},
    )
