"""Messages waiting to leave: written with the change they tell of, delivered by the worker. Knows addresses, not people."""
