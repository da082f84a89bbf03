"""Named reads of whom the public may reach: the coordinators, and nothing of them beyond their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from olka.accounts.models import Person, RoleRow
from olka.core.permissions import Kind
from olka.db import fetch_all


@dataclass(frozen=True, slots=True)
class Contact:
    """A coordinator of a site (none: of every site); ``phone`` is her own only where she shows it to everybody."""

    role_id: int
    site_id: int | None
    name: str
    is_deputy: bool
    phone: str | None


def coordinators_on(day: date) -> list[Contact]:
    """Lists the coordinators whose role is in force on the day, deputies after those they stand in for."""
    rows = fetch_all(
        select(
            RoleRow.id,
            RoleRow.site_id,
            RoleRow.deputy_of_id,
            Person.called_name,
            Person.family_name,
            Person.phone,
            Person.shows_phone_publicly,
        )
        .join(Person, Person.id == RoleRow.person_id)
        .where(
            RoleRow.kind == Kind.COORDINATOR,
            RoleRow.starts_on <= day,
            or_(RoleRow.ends_on.is_(None), RoleRow.ends_on >= day),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.family_name, Person.called_name, RoleRow.id)
    )
    found = [
        Contact(
            row.id,
            row.site_id,
            f"{row.called_name} {row.family_name}".strip(),
            row.deputy_of_id is not None,
            row.phone if row.shows_phone_publicly else None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda contact: contact.is_deputy)
