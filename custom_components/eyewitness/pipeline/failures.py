"""The translated errors with which an event ends that was not described."""

from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..chain import crash
from ..chain.attempt import Verdict
from ..chain.failures import Failure
from ..const import DOMAIN, LOGGER
from .admission import Reason
from .record import Status

DENIED: Final = {
    Reason.NO_PROVIDER: Status.NO_PROVIDER,
    Reason.NOT_ALLOWED: Status.NOT_ALLOWED,
    Reason.TOO_SLOW: Status.DROPPED,
}
"""How an event ends that was not admitted."""


def error(key: str) -> HomeAssistantError:
    """Return the error whose text needs no more than its key."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)


def sentence(err: HomeAssistantError) -> str:
    """Return what an error says, as a sentence.

    Home Assistant takes a text's full stop away, unless it came with a placeholder.
    """
    return f"{str(err).rstrip('.')}."


def denial(reason: Reason) -> HomeAssistantError:
    """Return the error for a request that was not admitted."""
    if reason is Reason.NOT_ALLOWED:
        return ServiceValidationError(translation_domain=DOMAIN, translation_key=reason.value)
    return error(reason.value)


def unexpected(err: BaseException) -> HomeAssistantError:
    """Return the error for a bug of ours; log where it is."""
    LOGGER.error("Unexpected %s", crash.where(err))
    return error("unexpected")


def status(verdict: Verdict[object]) -> Status:
    """Return how an event ended."""
    if verdict.answer is not None:
        return Status.DESCRIBED
    if verdict.offline:
        return Status.OFFLINE
    failures = {attempt.failure for attempt in verdict.attempts}
    return Status.REFUSED if failures == {Failure.REFUSED} else Status.FAILED


def failure(verdict: Verdict[object], reasons: str) -> HomeAssistantError:
    """Return the error for an event that no provider has described."""
    key = "all_failed" if verdict.attempts else "all_resting"
    if verdict.offline:
        key = "offline"
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"reasons": reasons},
    )
