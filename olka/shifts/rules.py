"""Pure decisions on booking and releasing: every obstacle at once, none of them a surprise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from olka.core.permissions import Kind, Role
from olka.core.spans import LocalSpan, Span
from olka.core.texts import Text3
from olka.volunteers.rules import Standing


class ShiftState(StrEnum):
    """A draft is the coordinator's alone; a published one can be booked; a cancelled one stays to be told."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class BookingState(StrEnum):
    """Whether a booking holds a place."""

    BOOKED = "booked"
    RELEASED = "released"


class Channel(StrEnum):
    """How a booking came: by herself in the app, or by a coordinator who was called or handed a paper."""

    SELF = "self"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class NotActive:
    """The person doesn't take shifts now; ``standing`` is None for someone who is no volunteer."""

    standing: Standing | None


@dataclass(frozen=True, slots=True)
class NotOfSite:
    """The person isn't a volunteer of the shift's site on its day, or her account is closed."""

    site_id: int


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """The person isn't accepted for the shift's task on its day."""

    task_id: int


@dataclass(frozen=True, slots=True)
class Full:
    """Every place is taken."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The person is on another shift at the same time."""

    shift_id: int
    when: LocalSpan
    place_name: Text3


@dataclass(frozen=True, slots=True)
class Begun:
    """The shift has begun or is over."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The shift is cancelled."""


@dataclass(frozen=True, slots=True)
class NotPublished:
    """The shift is still a draft."""


@dataclass(frozen=True, slots=True)
class PastDeadline:
    """It is too late to cancel by oneself; ``until`` was the last moment, on the clock of ``zone``."""

    until: datetime
    zone: str


Obstacle = NotActive | NotOfSite | NotAccepted | Full | Overlaps | Begun | Cancelled | NotPublished | PastDeadline


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """What the rule must know of a shift."""

    id: int
    site_id: int
    task_id: int
    day: date
    span: Span
    state: ShiftState
    taken: int
    max_people: int


@dataclass(frozen=True, slots=True)
class OwnShift:
    """A shift on which the person is booked."""

    shift_id: int
    span: Span
    when: LocalSpan
    place_name: Text3


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the rule must know of a person: ``accepted`` maps a task to the day since when.

    ``roles`` are her volunteer's roles, past and coming ones too; none where her account is closed.
    """

    standing: Standing | None
    accepted: Mapping[int, date]
    own_shifts: Sequence[OwnShift]
    roles: Sequence[Role]

    def belongs_to(self, site_id: int, day: date) -> bool:
        """Tells whether she is a volunteer of the site on the day."""
        return any(
            role.kind is Kind.VOLUNTEER and role.site_id == site_id and role.holds_on(day) for role in self.roles
        )


def obstacles_to_booking(shift: ShiftFacts, person: PersonFacts, now: datetime) -> tuple[Obstacle, ...]:
    """Lists everything that keeps the person from the shift; an empty list means she may take it.

    The shift's own booking of the person, if any, is no obstacle.
    """
    found: list[Obstacle] = []
    if shift.state is ShiftState.CANCELLED:
        found.append(Cancelled())
    elif shift.state is ShiftState.DRAFT:
        found.append(NotPublished())
    if shift.span.starts_at <= now:
        found.append(Begun())
    if shift.taken >= shift.max_people:
        found.append(Full())
    found.extend(obstacles_of_person(shift, person))
    return tuple(found)


def obstacles_of_person(shift: ShiftFacts, person: PersonFacts) -> tuple[Obstacle, ...]:
    """Lists what lies in the person and not in the shift: holds for someone already booked, too."""
    found: list[Obstacle] = []
    if person.standing is not Standing.ACTIVE:
        found.append(NotActive(person.standing))
    if not person.belongs_to(shift.site_id, shift.day):
        found.append(NotOfSite(shift.site_id))
    since = person.accepted.get(shift.task_id)
    if since is None or since > shift.day:
        found.append(NotAccepted(shift.task_id))
    found.extend(
        Overlaps(own.shift_id, own.when, own.place_name)
        for own in person.own_shifts
        if own.shift_id != shift.id and own.span.overlaps(shift.span)
    )
    return tuple(found)


def is_thrown_away(state: ShiftState, *, ever_booked: bool) -> bool:
    """Tells whether cancelling a shift leaves nothing of it: a draft that nobody was ever on, begun or not."""
    return state is ShiftState.DRAFT and not ever_booked


@dataclass(frozen=True, slots=True)
class Hold:
    """A place held on a shift, and what its site has set for giving it up, on the clock of ``zone``."""

    starts_at: datetime
    booked_at: datetime
    cancel_hours: int
    undo_minutes: int
    zone: str

    @property
    def deadline(self) -> datetime:
        """The last moment at which a volunteer may cancel by herself, however long ago she booked."""
        return self.starts_at - timedelta(hours=self.cancel_hours)

    @property
    def undo_ends_at(self) -> datetime:
        """The moment from which the booking is no fresh one that can be undone."""
        return self.booked_at + timedelta(minutes=self.undo_minutes)


def may_release_until(hold: Hold) -> datetime:
    """Tells until when she may give her place up by herself: the deadline or a later undo, but not past the start."""
    return min(hold.starts_at, max(hold.deadline, hold.undo_ends_at))


def obstacles_to_release(hold: Hold, now: datetime) -> tuple[Obstacle, ...]:
    """Lists what keeps a volunteer from cancelling by herself.

    She may until the deadline, and undo a fresh booking whatever the deadline, but not once it has begun.
    """
    if hold.starts_at <= now:
        return (Begun(),)
    if now <= hold.deadline or now < hold.undo_ends_at:
        return ()
    return (PastDeadline(may_release_until(hold), hold.zone),)
