"""Tests of the provider chain: no Home Assistant, no network, no real time."""
