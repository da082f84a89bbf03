"""Shifts and bookings: who is where and when. Stands on eligibility, tasks, sites and accounts."""
