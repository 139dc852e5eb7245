"""The ledger: every request to a vendor, and the last thing each camera was said to show.

Nothing here knows Home Assistant; what is in the file is seen through SQLAlchemy.
"""
