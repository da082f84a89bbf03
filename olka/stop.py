"""Being told to stop: a signal sets it, and a wait ends at once."""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from types import FrameType


class Stop:
    """Whether this process was told to stop; a wait ends at once when it is."""

    def __init__(self) -> None:
        self._told = False
        # A pipe and not an Event: a handler that sets an Event may find its lock held by what it interrupts.
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)

    def __call__(self) -> bool:
        """Tells whether to stop."""
        return self._told

    def tell(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Tells the process to stop after what it has at hand; safe within a signal's handler."""
        self._told = True
        with suppress(BlockingIOError):
            os.write(self._writer, b".")

    def wait(self, seconds: float) -> None:
        """Waits, or returns at once when told to stop."""
        select.select([self._reader], [], [], seconds)


def stop_on_signals() -> Stop:
    """Makes SIGTERM, SIGINT and SIGHUP tell this process to stop."""
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop.tell)
    return stop
