"""What is spent by now: what the accounts hold, and requests that are under way."""

from collections.abc import Callable, Iterable

from ..ledger.rows import Spent
from .accounts import Accounts
from .budget import Limit, Unit


class Expenses:
    """What a budget is compared with."""

    def __init__(self, accounts: Accounts) -> None:
        """Take the accounts; nothing is under way."""
        self._accounts = accounts
        self._under_way: list[tuple[str, float | None, Spent]] = []

    def begin(self, provider_id: str, usd: float | None) -> Callable[[], None]:
        """Count a request that begins, until what is returned is called: then it is booked.

        It counts with the USD that it will cost, so that twenty at once do not overdraw what is
        left for one.
        """
        request = (provider_id, usd, Spent(calls=1, cost=usd or 0.0))
        self._under_way.append(request)
        return lambda: self._under_way.remove(request)

    def booked(self, limit: Limit, free: Iterable[str]) -> float:
        """Return what the accounts have of a limit.

        The calls of ``free`` providers, who are named by their subentry ids, use up nothing of a
        limit for all.
        """
        accounts, period = self._accounts, limit.period
        amount = limit.amount(accounts.spent(period, limit.provider_id))
        if limit.unit is Unit.CALLS and limit.provider_id is None:
            amount -= sum(accounts.spent(period, each).calls for each in free)
        return amount

    def used(self, limit: Limit, free: Iterable[str]) -> float:
        """Return the same with the requests that are under way."""
        return self.booked(limit, free) + sum(
            limit.amount(expected)
            for provider_id, usd, expected in self._under_way
            if limit.concerns(provider_id, usd)
        )
