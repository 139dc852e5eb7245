"""The status and the error of an event that nobody described."""

import pytest

from custom_components.eyewitness.chain.attempt import Attempt, Verdict
from custom_components.eyewitness.chain.failures import Failure
from custom_components.eyewitness.const import DOMAIN
from custom_components.eyewitness.pipeline import failures
from custom_components.eyewitness.pipeline.record import Status


def attempt(provider: str, failure: Failure, status: int | None = None) -> Attempt:
    """Return a failed attempt; each kind has one provider."""
    return Attempt(
        provider_id=provider,
        provider=provider,
        model="m",
        number=1,
        failure=failure,
        status=status,
        started=0.0,
    )


REFUSED = attempt("openai", Failure.REFUSED), attempt("grok", Failure.REFUSED)
UNREACHED = attempt("openai", Failure.NETWORK), attempt("grok", Failure.NETWORK)
MIXED = (attempt("openai", Failure.SERVER, 503), REFUSED[1], attempt("openai", Failure.TIMEOUT))


@pytest.mark.parametrize(
    ("attempts", "offline", "status", "key"),
    [
        (REFUSED, False, Status.REFUSED, "all_failed"),
        (UNREACHED, True, Status.OFFLINE, "offline"),
        ((), False, Status.FAILED, "all_resting"),
        (MIXED, False, Status.FAILED, "all_failed"),
    ],
    ids=["row_25_all_refuse", "row_35_offline", "row_43_all_rest", "mixed"],
)
def test_what_automations_and_people_are_told(
    attempts: tuple[Attempt, ...], offline: bool, status: Status, key: str
) -> None:
    """A word for the one, and a text with the reasons for the others."""
    verdict: Verdict[object] = Verdict(answer=None, attempts=attempts, offline=offline)
    error = failures.failure(verdict, "OpenAI: Server trouble.")
    assert failures.status(verdict) is status
    assert (error.translation_domain, error.translation_key) == (DOMAIN, key)
    assert error.translation_placeholders == {"reasons": "OpenAI: Server trouble."}
