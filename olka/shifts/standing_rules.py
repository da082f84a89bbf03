"""Pure decisions on what a change in a person's standing does to the shifts she is booked on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from olka.accounts.people_rules import Terms
from olka.core.permissions import Kind
from olka.core.spans import LocalSpan
from olka.core.texts import Text3


@dataclass(frozen=True, slots=True)
class ComingShift:
    """A shift that isn't over, on which somebody is booked; ``names`` tells who, where not one person is meant."""

    shift_id: int
    site_id: int
    task_id: int
    when: LocalSpan
    place_name: Text3
    site_name: Text3
    task_name: Text3
    names: tuple[str, ...] = ()

    def has_begun(self, now: datetime) -> bool:
        """Tells whether the shift is under way at the moment."""
        return self.when.to_span().starts_at <= now

    @property
    def day(self) -> date:
        """The local day of the shift."""
        return self.when.day


@dataclass(frozen=True, slots=True)
class HasShifts:
    """She is booked on shifts that haven't begun and that the change would leave without right."""

    shifts: tuple[ComingShift, ...]


def shifts_losing_ground(
    shifts: Sequence[ComingShift], before: Iterable[Terms], after: Iterable[Terms]
) -> tuple[ComingShift, ...]:
    """Lists the shifts for which a change of volunteer roles takes the ground away.

    A shift stands on a volunteer's role at its site on its day, one of a guest on any volunteer's role on its
    day; what didn't stand before isn't lost.
    """
    was, left = list(before), list(after)
    return tuple(
        shift
        for shift in shifts
        if any(
            _stands(was, shift, at_site=at_site) and not _stands(left, shift, at_site=at_site)
            for at_site in (True, False)
        )
    )


def _stands(roles: Iterable[Terms], shift: ComingShift, *, at_site: bool) -> bool:
    return any(
        role.kind is Kind.VOLUNTEER and role.covers(shift.day) and (not at_site or role.site_id == shift.site_id)
        for role in roles
    )
