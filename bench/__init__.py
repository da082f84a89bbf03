"""Benchmarks: how the pages' cost grows with the history, as ratios to a bare page measured in the same run."""
