"""Decide whether an event is described, by whom and for how long the camera is waited for."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.pictures.rules import CameraRules
from custom_components.eyewitness.pictures.size import Detail
from custom_components.eyewitness.pipeline.admission import (
    LEAST_SECONDS,
    Deny,
    Plan,
    Reason,
    Reuse,
    admit,
)
from custom_components.eyewitness.pipeline.request import Request

KNOWN: Any = {key: SimpleNamespace(id=key) for key in "abc"}
RECENT = {"title": "A man at the door"}


def decide(
    *,
    wish: str = "",
    allowed: str = "",
    detail: Detail | None = None,
    seconds: float = 60.0,
    **facts: Any,
) -> Plan | Reuse | Deny:
    """Decide about a request, in which a letter stands for each provider."""
    request = Request(
        entity_id="camera.a",
        providers=tuple(wish) or None,
        language="en",
        detail=detail,
        seconds=seconds,
    )
    facts = {"rules": CameraRules(allowed=frozenset(allowed) or None), **facts}
    facts = {"known": KNOWN, "recent": None, **facts}
    return admit(request, seconds=seconds, **facts)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        ({"recent": RECENT}, Reuse(RECENT)),
        ({"recent": RECENT, "known": {}, "allowed": "z", "seconds": 0}, Reuse(RECENT)),
        ({"known": {}}, Deny(Reason.NO_PROVIDER)),
        ({"known": {}, "allowed": "z", "seconds": 0}, Deny(Reason.NO_PROVIDER)),
        ({"wish": "z"}, Deny(Reason.NO_PROVIDER)),
        ({"allowed": "z"}, Deny(Reason.NOT_ALLOWED)),
        ({"allowed": "a", "wish": "bc", "seconds": 0}, Deny(Reason.NOT_ALLOWED)),
        ({"seconds": LEAST_SECONDS - 0.01}, Deny(Reason.TOO_SLOW)),
        ({"seconds": -1.0}, Deny(Reason.TOO_SLOW)),
    ],
    ids=str,
)
def test_who_is_not_described(facts: dict[str, Any], decision: Reuse | Deny) -> None:
    """A fresh answer counts before everything, then providers, permission and time."""
    assert decide(**facts) == decision


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({}, "abc"),
        ({"wish": "ca"}, "ca"),
        ({"wish": "czb"}, "cb"),
        ({"allowed": "cza"}, "ac"),
        ({"allowed": "ab", "wish": "cba"}, "ba"),
    ],
    ids=str,
)
def test_who_is_asked(facts: dict[str, str], asked: str) -> None:
    """The caller's providers in the caller's order, and nobody who may not see the camera."""
    plan = decide(**facts)  # type: ignore[arg-type]
    assert isinstance(plan, Plan)
    assert [provider.id for provider in plan.providers] == list(asked)
    assert plan.rules == CameraRules(allowed=frozenset(facts.get("allowed", "")) or None)
    assert plan.side == 1344


@pytest.mark.parametrize(
    ("rule", "wish", "side"),
    [
        (Detail.NORMAL, None, 1344),
        (Detail.LOW, None, 768),
        (Detail.HIGH, None, 2048),
        (Detail.LOW, Detail.HIGH, 2048),
        (Detail.HIGH, Detail.NORMAL, 1344),
    ],
)
def test_how_large_the_picture_is(rule: Detail, wish: Detail | None, side: int) -> None:
    """As the camera's rules say, unless the caller says otherwise."""
    plan = decide(rules=CameraRules(detail=rule), detail=wish)
    assert isinstance(plan, Plan)
    assert plan.side == side


@pytest.mark.parametrize(
    ("seconds", "share"),
    [(LEAST_SECONDS, LEAST_SECONDS / 3), (9.0, 3.0), (30.0, 10.0), (30.1, 10.0), (180.0, 10.0)],
)
def test_the_cameras_share(seconds: float, share: float) -> None:
    """A third of the time and at most ten seconds, so that one request fits in after it."""
    plan = decide(seconds=seconds)
    assert isinstance(plan, Plan)
    assert plan.camera_seconds == share
    assert seconds - share >= policy.FIRST_NEEDS_SECONDS
