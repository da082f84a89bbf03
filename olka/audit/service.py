"""Writing the audit log, in the transaction of the change that it tells of."""

from __future__ import annotations

from olka.audit.models import AuditRow
from olka.core import clock
from olka.core.permissions import Actor
from olka.db import db


def record(actor: Actor, verb: str, object_kind: str, object_id: int | None, **ids: int | str | None) -> None:
    """Adds a row: the actor did the verb to the object; further ids and enum words go into ``ids``."""
    db.session.add(
        AuditRow(
            at=clock.now(),
            actor_id=actor.person_id,
            verb=verb,
            object_kind=object_kind,
            object_id=object_id,
            detail=ids,
        )
    )
