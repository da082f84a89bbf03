"""The audit log's table: no foreign keys, so that it outlives what it tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from olka.db import Base


class AuditRow(Base):
    """One thing seen or done: by whom, what, to which object, when; ids only."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_subject", "object_kind", "object_id"),
        Index("ix_audit_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    verb: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    seal: Mapped[str | None] = mapped_column(String(64))
