"""The ledger: every request to a vendor, and the last thing each camera was said to show."""

from .rows import LastDescription, Size, Totals, UsageRow
from .store import Ledger, LedgerError

__all__ = ["LastDescription", "Ledger", "LedgerError", "Size", "Totals", "UsageRow"]
