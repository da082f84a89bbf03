"""The table of volunteers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from olka.db import Base, Choice


class Standing(StrEnum):
    """Whether a volunteer takes shifts now."""

    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    LEFT = "left"


class Volunteer(Base):
    """A person who volunteers, and since when she stands as she does."""

    __tablename__ = "volunteers"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    standing: Mapped[Standing] = mapped_column(Choice(Standing))
    since: Mapped[date]
