"""Compare what was spent with the limits."""

from typing import Any

import pytest

from custom_components.eyewitness.ledger.rows import Period, Spent
from custom_components.eyewitness.runtime.budget import Budget, Limit, Standing, Unit, standing

STORED = {
    "cost_per_day": 0.5,
    "calls_per_day": 9,
    "cost_per_month": 10,
    "calls_per_month": 100,
    "reserve_cameras": ["camera.door"],
    "reserve_percent": 30,
}
COST = Limit(period=Period.DAY, unit=Unit.COST, most=1.0)
CALLS = Limit(period=Period.DAY, unit=Unit.CALLS, most=20)
OWN_COST = Limit(period=Period.MONTH, unit=Unit.COST, most=1.0, provider_id="a")
OWN_CALLS = Limit(period=Period.DAY, unit=Unit.CALLS, most=20, provider_id="a")
USD = {"a": 0.1, "b": None, "home": 0.0}


def test_what_is_stored() -> None:
    """Each limit by itself; of calls for others there are whole ones only."""
    budget = Budget.read(STORED, {"a": {"calls_per_day": 20}, "b": {}})
    assert [(each.period, each.unit, each.most, each.provider_id) for each in budget.limits] == [
        ("day", "cost", 0.5, None),
        ("day", "calls", 9, None),
        ("month", "cost", 10, None),
        ("month", "calls", 100, None),
        ("day", "calls", 20, "a"),
    ]
    assert [each.most for each in budget.for_others] == [0.35, 6, 7, 70, 20]
    assert budget.reserve_percent == 30


@pytest.mark.parametrize(
    "stored", [{}, {"calls_per_day": 20}, {"calls_per_day": 20, "reserve_percent": 30}]
)
def test_without_a_camera_nothing_is_kept(stored: dict[str, Any]) -> None:
    """A share alone is no reserve."""
    budget = Budget.read(stored, {})
    assert budget.for_others == budget.limits
    assert budget.reserve_percent == 0


@pytest.mark.parametrize(
    ("limit", "used", "used_up", "saving"),
    [
        (COST, 0.79, "", ""),
        (COST, 0.8, "", "ab"),
        (COST, 0.99, "", "ab"),
        (COST, 1.0, "ab", ""),
        (CALLS, 15, "", ""),
        (CALLS, 16, "", "ab"),
        (CALLS, 19, "", "ab"),
        (CALLS, 20, "ab", ""),
        (OWN_COST, 0.8, "", "a"),
        (OWN_COST, 1.2, "a", ""),
        # The last of its own calls are not dearer than the first.
        (OWN_CALLS, 19, "", ""),
        (OWN_CALLS, 20, "a", ""),
    ],
)
def test_stages(limit: Limit, used: float, used_up: str, saving: str) -> None:
    """Near the end it is saved, at the end only what is free is left."""
    left = standing([limit], lambda _: used, USD)
    assert left == Standing(
        used_up=dict.fromkeys(used_up, limit), saving=frozenset(saving), usd=USD
    )


@pytest.mark.parametrize("limit", [COST, CALLS, OWN_COST, OWN_CALLS])
def test_a_limit_of_nothing_allows_what_is_free(limit: Limit) -> None:
    """Only a provider's own calls are counted also when they cost nothing."""
    nothing = Limit(period=limit.period, unit=limit.unit, most=0, provider_id=limit.provider_id)
    left = standing([nothing], lambda _: 0, {"a": 0.0, "c": 0.1})
    is_own_calls = limit is OWN_CALLS
    assert left.used_up.keys() == (
        {"a"} if is_own_calls else {"c"} - ({"c"} if limit.provider_id else set())
    )


def test_who_is_kept_out_by_two_limits() -> None:
    """The first is named: those for all come first."""
    left = standing([COST, OWN_COST], lambda _: 2.0, {"a": 0.1})
    assert left.used_up == {"a": COST}


def test_what_counts() -> None:
    """Money for the one, calls for the other."""
    spent = Spent(calls=3, cost=0.25)
    assert (COST.amount(spent), CALLS.amount(spent)) == (0.25, 3)
