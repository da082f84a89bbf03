"""Append-only log of who saw and did what: ids and verbs, never names. Stands on nothing but the database."""
