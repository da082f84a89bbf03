"""What every room stands on: clock, spans, errors, permissions, wording. No Flask, no database."""
