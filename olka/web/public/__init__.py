"""Pages for anyone: front page, contact, sign-in."""
