"""Where a message is on its way; when one that couldn't leave is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

DELAYS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
PATIENCE: Final = timedelta(days=3)
# Where a server relays nothing of ours somebody must first find out and put it right.
LONG_PATIENCE: Final = timedelta(days=14)
KEPT: Final = timedelta(days=30)
DEAD_KEPT: Final = timedelta(days=90)


class MessageState(StrEnum):
    """Where a message is on its way."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


def wait_after(failures: int, patience: timedelta = PATIENCE) -> timedelta | None:
    """Tells how long to wait after so many failures of one message; None when patience has run out: it is dead.

    A mail server that can't be reached at all is no failure of the message, and kills none.
    """
    waits = [DELAYS[min(n, len(DELAYS)) - 1] for n in range(1, failures + 1)]
    return waits[-1] if sum(waits, timedelta()) <= patience else None
