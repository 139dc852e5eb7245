"""Tests of what the cards and the media browser ask for."""
