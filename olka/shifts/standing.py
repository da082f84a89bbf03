"""Changes in a person's standing that her coming shifts may forbid: refused with their list until previews exist.

Each verb locks the person before it looks: a booking locks her too, so none slips in between. A shift that has
begun holds nothing up: she can't be taken off it any more, and it will soon be over.
"""

from __future__ import annotations

from collections.abc import Sequence

from olka.accounts import people_queries, people_service
from olka.accounts.models import Person
from olka.accounts.people_rules import Dates, Terms
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Actor, Kind
from olka.db import lock_row
from olka.eligibility import service as eligibility
from olka.shifts.people_queries import coming_shifts
from olka.shifts.standing_rules import ComingShift, HasShifts, shifts_losing_ground
from olka.volunteers import service as volunteers
from olka.volunteers.rules import Standing


def set_standing(actor: Actor, person_id: int, standing: Standing) -> None:
    """Sets how a volunteer stands. Raises NotFound, Refused with HasShifts on leave or leaving."""
    _lock(person_id)
    if standing is not Standing.ACTIVE:
        _refuse(_ahead(person_id))
    volunteers.set_standing(actor, person_id, standing)


def revoke(actor: Actor, person_id: int, task_id: int) -> None:
    """Takes an acceptance for a task back. Raises NotFound, Refused with HasShifts."""
    _lock(person_id)
    _refuse([shift for shift in _ahead(person_id) if shift.task_id == task_id])
    eligibility.revoke(actor, person_id, task_id)


def disable(actor: Actor, person_id: int) -> None:
    """Closes a person's account. Raises NotFound, Refused with HasShifts or LastAdmin."""
    _lock(person_id)
    _refuse(_ahead(person_id))
    people_service.disable(actor, person_id)


def change_role(actor: Actor, role_id: int, dates: Dates, version: int) -> None:
    """Changes a role's dates. Raises NotFound, Conflict, Refused; a volunteer's with HasShifts too."""
    role = people_service.hold_role(role_id)
    _check_shifts(role, dates)
    people_service.change_role(actor, role_id, dates, version)


def end_role(actor: Actor, role_id: int) -> None:
    """Ends a role at once. Raises NotFound, Refused with LastAdmin, a volunteer's with HasShifts."""
    role = people_service.hold_role(role_id)
    _check_shifts(role, people_service.ended(role.terms, clock.today(clock.HOME_ZONE)))
    people_service.end_role(actor, role_id)


def _check_shifts(role: people_queries.RoleInfo, dates: Dates | None) -> None:
    if role.kind is not Kind.VOLUNTEER:
        return
    held = people_queries.roles_of([role.person_id])[role.person_id]
    others = [other.terms for other in held if other.id != role.id]
    changed = [Terms(role.kind, role.site_id, role.place_id, *dates)] if dates else []
    _refuse(shifts_losing_ground(_ahead(role.person_id), [*others, role.terms], others + changed))


def _ahead(person_id: int) -> list[ComingShift]:
    now = clock.now()
    return [shift for shift in coming_shifts(person_id, now) if not shift.has_begun(now)]


def _lock(person_id: int) -> None:
    if not lock_row(Person, person_id):
        raise NotFound


def _refuse(shifts: Sequence[ComingShift]) -> None:
    if shifts:
        raise Refused(HasShifts(tuple(shifts)))
