"""Tables of tasks and of what is done where."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from olka.core.texts import Text3
from olka.db import Base, Choice
from olka.tasks.rules import Service


class Task(Base):
    """One kind of volunteer work."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[Service] = mapped_column(Choice(Service))
    name: Mapped[Text3]
    description: Mapped[Text3]
    with_children: Mapped[bool] = mapped_column(default=False)
    retired_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class PlaceTask(Base):
    """A task that is done at a place."""

    __tablename__ = "place_tasks"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True, index=True)
