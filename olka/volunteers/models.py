"""The table of volunteers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from olka.db import Base, Choice
from olka.volunteers.rules import Standing


class Volunteer(Base):
    """A person who volunteers, and since when she stands as she does."""

    __tablename__ = "volunteers"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    standing: Mapped[Standing] = mapped_column(Choice(Standing))
    since: Mapped[date]
