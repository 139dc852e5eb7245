"""The bench: how long the action takes in a real Home Assistant, and where the milliseconds go.

``scripts/bench`` runs it; docs/performance.md explains what it finds.
"""
