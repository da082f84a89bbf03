"""Named reads of volunteers: their standing and the sites they belong to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, or_, select

from olka.accounts.models import RoleRow
from olka.core.permissions import Kind
from olka.db import db
from olka.volunteers.models import Volunteer
from olka.volunteers.rules import Standing

_VOLUNTEERS = Volunteer.__table__
_STANDING = select(_VOLUNTEERS.c.standing).where(_VOLUNTEERS.c.person_id == bindparam("person_id"))


def find_standing(person_id: int) -> Standing | None:
    """Finds how a volunteer stands; None for someone who has never been one."""
    return db.session.scalar(_STANDING, {"person_id": person_id})


def sites_of(person_id: int, day: date) -> frozenset[int]:
    """Lists the sites whose volunteer the person is on the day, by her roles."""
    rows = db.session.scalars(
        select(RoleRow.site_id).where(
            RoleRow.person_id == person_id,
            RoleRow.kind == Kind.VOLUNTEER,
            RoleRow.starts_on <= day,
            or_(RoleRow.ends_on.is_(None), RoleRow.ends_on >= day),
        )
    )
    return frozenset(site_id for site_id in rows if site_id is not None)
