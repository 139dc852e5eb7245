"""The providers' keys: encrypted at rest, and the master key that opens them.

Nothing here knows Home Assistant.
"""
