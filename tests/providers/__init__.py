"""Tests of the vendors, against the simulator over real HTTP."""
