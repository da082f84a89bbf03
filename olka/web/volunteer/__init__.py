"""Pages of a signed-in person: open shifts, own shifts, profile."""
