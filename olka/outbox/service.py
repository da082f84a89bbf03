"""Putting a message into the outbox, in the transaction of the change that it tells of."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from olka.core import clock
from olka.db import db
from olka.outbox.models import Message
from olka.outbox.rules import MessageState


def post(
    kind: str,
    address: str,
    language: str,
    facts: dict[str, Any],
    *,
    due_at: datetime | None = None,
    to_nobody: bool = False,
) -> None:
    """Leaves a mail for the worker: ``templates/mail/<kind>.txt`` with the facts, in the language.

    ``to_nobody`` writes the same row but never sends it, so that a stranger's address takes as long as a
    known one. Facts hold no secret: links are made of ids when the mail is rendered.
    """
    now = clock.now()
    db.session.add(
        Message(
            message_id=f"{secrets.token_hex(16)}",
            kind=kind,
            address=address,
            language=language,
            facts=facts,
            state=MessageState.DROPPED if to_nobody else MessageState.WAITING,
            created_at=now,
            due_at=due_at or now,
        )
    )
