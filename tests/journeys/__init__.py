"""Journeys in a real browser, on a phone and on a desk: what people come for, from the first page to the last."""
