"""Tests of Eyewitness."""
