"""The coordinator's desk: week board, shifts, people, places."""
