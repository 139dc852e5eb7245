"""Decide, before there is a picture, whether an event is described, by whom and how large.

Pure: everything that counts is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ..chain import policy
from ..chain.task import Provider
from ..pictures.rules import CameraRules
from ..runtime import Response
from ..runtime.budget import Limit, Standing
from .request import Request

LEAST_SECONDS: Final = 1.5 * policy.FIRST_NEEDS_SECONDS
"""After a third of this for the camera there is still enough for one request."""


class Reason(StrEnum):
    """Why an event is not described; the value is the key of the error's text."""

    NO_PROVIDER = "no_provider"
    NOT_ALLOWED = "provider_not_allowed"
    TOO_SLOW = "too_slow"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Describe the event like this."""

    providers: tuple[Provider, ...]
    """Whom to ask, in order: nobody who may not see the camera."""
    rules: CameraRules
    side: int
    """Pixels of the picture's longer side, at most."""
    camera_seconds: float
    wake_seconds: float
    """For waking the camera up, before its own seconds begin."""
    used_up: Mapping[str, Limit] = field(default_factory=dict)
    """Who is left out, by subentry id, and the limit that says so."""


@dataclass(frozen=True, slots=True)
class Reuse:
    """Answer with what was said before."""

    response: Response


@dataclass(frozen=True, slots=True)
class Deny:
    """Do not describe the event."""

    reason: Reason
    used_up: Mapping[str, Limit] = field(default_factory=dict)
    """Who was left out, by subentry id, and the limit that says so."""


def admit(
    request: Request,
    *,
    known: Mapping[str, Provider],
    rules: CameraRules,
    recent: Response | None,
    seconds: float,
    standing: Standing,
) -> Plan | Reuse | Deny:
    """Return what to do about a request.

    ``known`` are the usable providers by subentry id in the user's order, ``rules`` the camera's,
    ``recent`` an answer that is still good enough, ``seconds`` what is left of the caller's time,
    ``standing`` what is left of the budget.
    """
    if recent is not None:
        return Reuse(recent)
    chosen = [known[key] for key in request.providers or known if key in known]
    if not chosen:
        return Deny(Reason.NO_PROVIDER)
    allowed = tuple(p for p in chosen if rules.allowed is None or p.id in rules.allowed)
    if not allowed:
        return Deny(Reason.NOT_ALLOWED)
    if seconds < LEAST_SECONDS:
        return Deny(Reason.TOO_SLOW)
    affordable = tuple(p for p in allowed if p.id not in standing.used_up)
    if not affordable:
        return Deny(Reason.BUDGET, standing.used_up)
    detail = request.detail or rules.detail
    if any(each.id in standing.saving for each in affordable):
        detail = detail.smaller
        affordable = tuple(sorted(affordable, key=lambda each: standing.price(each.id)))
    return Plan(
        providers=affordable,
        rules=rules,
        side=detail.side,
        camera_seconds=min(policy.CAMERA_SECONDS, seconds / 3),
        # Without the usual upper limit, since a camera on a battery needs what it needs. Another
        # third is left for the providers.
        wake_seconds=seconds / 3,
        used_up=standing.used_up,
    )
