"""What we know of models: which to choose, what they take, whether they see, what they cost."""
