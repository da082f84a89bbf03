"""People, how they sign in, their sessions, and roles at sites with dates and deputies. Stands on sites and the outbox."""
