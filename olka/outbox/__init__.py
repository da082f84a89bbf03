"""Messages waiting to leave, delivered by the worker. Knows addresses, not people."""
