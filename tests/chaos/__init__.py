"""Processes killed and servers crashed in mid-write, and a checker of what must be left."""
