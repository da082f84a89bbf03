"""People, sign-in, sessions, and roles at sites with dates and deputies. Stands on sites and the outbox."""
