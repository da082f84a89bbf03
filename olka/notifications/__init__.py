"""Telling people: each in her language, by mail where she has one. Stands on accounts and the outbox."""
