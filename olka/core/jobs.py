"""Timed work: what is done again and again, told apart from who does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the worker does once in every interval, however many workers there are.

    ``run`` opens transactions of its own, short ones, and may be run again after being cut off half-way.
    """

    name: str
    every: timedelta
    run: Callable[[], object]
