"""The vendors: one module each, behind the chain's ``Provider`` protocol.

Nothing here imports Home Assistant. A vendor's SDK is imported by its own module only, and that
module only when a provider of its kind exists (see ``registry``), since each costs half a second.
"""
