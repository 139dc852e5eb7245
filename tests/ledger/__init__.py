"""Tests of the ledger, against real SQLite files."""
