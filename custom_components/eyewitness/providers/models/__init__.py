"""What we know of models: which to choose or offer, what they can do and what they take."""
