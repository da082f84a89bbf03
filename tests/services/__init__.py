"""Servers and programs that tests stand on, each private to the test run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """Says whether something is there; where it isn't, `reason` says why, for a skipped test to show."""

    reason: str = ""

    def __bool__(self) -> bool:
        return not self.reason
