"""How the demo's photo was drawn."""
