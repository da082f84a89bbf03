"""The demo data: plans made from a day and a seed, and the loading of them into an empty database."""
