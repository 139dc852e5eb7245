"""`scripts/demo`: a described camera event from end to end."""
