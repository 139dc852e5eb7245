"""A real Home Assistant, the simulated vendors and a person's clicks, for tests and the demo."""
