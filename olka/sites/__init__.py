"""Organisers, sites and their places, opening hours, closures, succession. Stands on core and the audit log."""
