"""The table of acceptances."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from olka.db import Base


class Acceptance(Base):
    """A coordinator's acceptance of a person for a task: dated, revocable, one in force at a time."""

    __tablename__ = "acceptances"
    __table_args__ = (
        Index(
            "uq_acceptances_in_force",
            "person_id",
            "task_id",
            unique=True,
            sqlite_where=text("revoked_on IS NULL"),
            postgresql_where=text("revoked_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    accepted_on: Mapped[date]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    revoked_on: Mapped[date | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
