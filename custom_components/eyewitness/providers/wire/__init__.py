"""The wire to a vendor: the HTTP client, pinned addresses, replies and logs."""
