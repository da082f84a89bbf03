"""Keeping the house: organisers, sites, tasks, accounts."""
