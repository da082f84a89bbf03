"""Tests mirror olka/; each is a sentence."""
