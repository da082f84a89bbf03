"""Pure decisions on messages: states and delays."""

from __future__ import annotations

from enum import StrEnum


class MessageState(StrEnum):
    """Where a message is on its way."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"
