"""OLKA operations app: volunteers, shifts and theme days of a hospital's OLKA points."""
