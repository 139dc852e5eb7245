"""Decide whether an event is described, by whom and for how long the camera is waited for."""

from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.ledger.rows import Period
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
from custom_components.eyewitness.runtime.budget import Limit, Standing, Unit

KNOWN: Any = {key: SimpleNamespace(id=key) for key in "abc"}
RECENT = {"title": "A man at the door"}
LIMIT = Limit(period=Period.DAY, unit=Unit.COST, most=1.0)
NOTHING_LEFT = Standing(used_up=dict.fromkeys("abc", LIMIT))


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
    facts = {"known": KNOWN, "recent": None, "standing": Standing(), **facts}
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
        ({"standing": NOTHING_LEFT}, Deny(Reason.BUDGET, NOTHING_LEFT.used_up)),
        ({"standing": NOTHING_LEFT, "recent": RECENT}, Reuse(RECENT)),
        ({"standing": NOTHING_LEFT, "allowed": "z"}, Deny(Reason.NOT_ALLOWED)),
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
    ("standing", "facts", "asked", "side"),
    [
        (Standing(used_up={"a": LIMIT}), {}, "bc", 1344),
        (Standing(saving=frozenset("b"), usd={"a": 3, "b": 2, "c": 1}), {}, "cba", 768),
        # What nobody knows may be the dearest; what costs the same stays in the user's order.
        (Standing(saving=frozenset("abc"), usd={"a": None, "b": 1, "c": 1}), {}, "bca", 768),
        (Standing(saving=frozenset("c"), usd={"a": 3, "b": 2}), {"allowed": "ab"}, "ab", 1344),
        (Standing(saving=frozenset("a"), used_up={"a": LIMIT}), {}, "bc", 1344),
        (Standing(saving=frozenset("a")), {"detail": Detail.HIGH}, "abc", 1344),
        (Standing(saving=frozenset("a")), {"detail": Detail.LOW}, "abc", 768),
    ],
    ids=["used up", "cheapest first", "unknown price", "may not see", "both", "large", "small"],
)
def test_a_budget_of_which_not_much_is_left(
    standing: Standing, facts: dict[str, Any], asked: str, side: int
) -> None:
    """The cheapest comes first and the picture gets smaller, if that saves anything here."""
    plan = decide(standing=standing, **facts)
    assert isinstance(plan, Plan)
    assert [provider.id for provider in plan.providers] == list(asked)
    assert (plan.side, plan.used_up) == (side, standing.used_up)


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
