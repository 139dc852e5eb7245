"""The ledger: every request to a vendor, and the last thing each camera was said to show."""

from .store import LastDescription, Ledger, LedgerError, Totals, UsageRow

__all__ = ["LastDescription", "Ledger", "LedgerError", "Totals", "UsageRow"]
