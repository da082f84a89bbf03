"""What every room stands on: clock, spans of local time, errors, permissions, wording. Pure Python, no Flask, no database."""
