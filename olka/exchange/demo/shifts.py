"""The demo's shifts and bookings: twelve weeks back and twelve ahead, the nearer the fuller."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from olka.core.spans import HOME_ZONE, LocalSpan, Span, instant_of
from olka.core.texts import Text3
from olka.exchange.demo.slots import SLOTS, WEEKS_COMING, WEEKS_PAST, Slot, first_day, occasions, site_of_places
from olka.exchange.demo.staff import COORDINATOR_OF, EERO, MARJATTA, PersonPlan
from olka.shifts.rules import BookingState, Channel, ShiftState

# Up to how many days ahead, how surely a regular has her place and how surely somebody else fills one.
_FILLED: Final = ((0, 0.93, 0.65), (14, 0.93, 0.62), (35, 0.86, 0.45), (63, 0.6, 0.25), (77, 0.3, 0.12))
_WEEKLY_MOST: Final = 2
_MARJATTAS_WEEKS: Final = 8
_GAP_EVERY: Final = 7

_NOTES: Final = (
    Text3(
        "Uusi vapaaehtoinen tulee mukaan tutustumaan.",
        "En ny frivillig kommer med och bekantar sig.",
        "A new volunteer comes along to see how it goes.",
    ),
    Text3(
        "Aulassa on rokotuspäivä, joten kysyjiä on tavallista enemmän.",
        "Det är vaccinationsdag i aulan, så fler än vanligt har frågor.",
        "It is vaccination day in the lobby, so expect more questions than usual.",
    ),
    Text3("Avain haetaan infosta.", "Nyckeln hämtas i informationen.", "Fetch the key from the info desk."),
)


@dataclass(frozen=True, slots=True)
class BookingPlan:
    """A booking to be loaded; people are named by their keys."""

    person: str
    by: str
    channel: Channel
    booked_at: datetime
    released_at: datetime | None = None
    released_by: str | None = None

    @property
    def state(self) -> BookingState:
        """Whether it holds a place."""
        return BookingState.BOOKED if self.released_at is None else BookingState.RELEASED


@dataclass(slots=True)
class ShiftPlan:
    """A shift to be loaded, with its bookings."""

    slot: Slot
    when: LocalSpan
    span: Span
    state: ShiftState
    note: Text3
    cancelled_at: datetime | None = None
    bookings: list[BookingPlan] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many places are held."""
        return sum(booking.state is BookingState.BOOKED for booking in self.bookings)


@dataclass(frozen=True, slots=True)
class Regular:
    """Somebody who comes to a weekly slot every week, or every second one."""

    person: PersonPlan
    every: int
    turn: int

    def comes_in(self, week: int) -> bool:
        """Tells whether it is her week."""
        return week % self.every == self.turn


class Rota:
    """Puts people on shifts for a day's demo: one person is at one place at a time."""

    def __init__(self, today: date, people: Sequence[PersonPlan], random: Random) -> None:
        self.today = today
        self.random = random
        self.midnight = instant_of(today, time(0), HOME_ZONE)
        self.site_of = site_of_places(today)
        self.people = {person.key: person for person in people}
        self.pools: dict[tuple[str, str], list[PersonPlan]] = defaultdict(list)
        for person in people:
            if person.standing is None or person.key in (MARJATTA, EERO):
                continue  # these two come when it is their turn, and never else
            for site in {role.site: None for role in person.roles if role.site}:
                for task in {acceptance.task: None for acceptance in person.acceptances}:
                    self.pools[site, task].append(person)
        self.busy: dict[str, list[Span]] = defaultdict(list)
        self.weekly: Counter[tuple[str, date]] = Counter()
        self.regulars: dict[tuple[int, int], list[Regular]] = {}
        self.near = 0

    # ------------------------------------------------------------ who may

    def _may_come(self, person: PersonPlan, plan: ShiftPlan) -> bool:
        day = plan.when.day
        if not person.may_do(plan.slot.task, self.site_of[plan.slot.place], day):
            return False
        accepted = person.accepted_since(plan.slot.task, day)
        return accepted is not None and accepted < min(day, self.today)

    def _is_free(self, person: PersonPlan, span: Span) -> bool:
        return not any(span.overlaps(other) for other in self.busy[person.key])

    def _pool(self, slot: Slot) -> list[PersonPlan]:
        return self.pools[self.site_of[slot.place], slot.task]

    # ------------------------------------------------------------ regulars

    def choose_regulars(self) -> None:
        """Gives each weekly slot its regulars, nobody more than two slots or two at the same time."""
        hers: dict[str, list[tuple[int, time, time]]] = defaultdict(list)
        for number, slot in enumerate(SLOTS):
            for weekday in map(int, slot.weekdays):
                chosen: list[Regular] = []
                pool = self._pool(slot)
                for person in self.random.sample(pool, len(pool)):
                    if len(chosen) == slot.most:
                        break
                    theirs = hers[person.key]
                    if len(theirs) == _WEEKLY_MOST or any(
                        day == weekday and start < slot.end and slot.start < end for day, start, end in theirs
                    ):
                        continue
                    if self.random.random() < 0.8 * slot.pull:
                        theirs.append((weekday, slot.start, slot.end))
                        every = self.random.choice((1, 1, 2))
                        chosen.append(Regular(person, every, self.random.randrange(every)))
                    elif self.random.random() < 0.5:
                        break  # this place has nobody of its own
                self.regulars[number, weekday] = chosen

    def keep_for_the_known(self, plans: Sequence[ShiftPlan]) -> None:
        """Gives the demo's volunteer her weekly slot at the point, with her companion, within days from now."""
        first = next(p for p in plans if p.slot is SLOTS[0] and p.when.day >= self.today + timedelta(days=2))
        weekday = first.when.day.isoweekday()
        self.regulars[0, weekday] = [Regular(self.people[key], 1, 0) for key in (MARJATTA, EERO)]
        digital = next(number for number, slot in enumerate(SLOTS) if slot.task == "digital")
        hers = Regular(self.people[MARJATTA], 3, (WEEKS_PAST + 1) % 3)
        self.regulars[digital, 4] = [hers, *self.regulars[digital, 4][:1]]

    def is_marjattas(self, plan: ShiftPlan) -> bool:
        """Tells whether the shift is in the demo volunteer's weekly slot, near enough to be hers."""
        return (
            plan.slot is SLOTS[0]
            and any(r.person.key == MARJATTA for r in self.regulars[0, plan.when.day.isoweekday()])
            and plan.when.day < self.today + timedelta(weeks=_MARJATTAS_WEEKS)
        )

    # ------------------------------------------------------------ filling

    def fill(self, plan: ShiftPlan, number: int, week: int) -> None:
        """Books the shift's regulars and then others, as surely as its distance from today tells."""
        ahead = (plan.when.day - self.today).days
        surely, others = next(((sure, other) for until, sure, other in _FILLED if ahead < until), (0.0, 0.0))
        if plan.state is ShiftState.DRAFT:
            return
        kept = self.is_marjattas(plan)
        for regular in self.regulars[number, plan.when.day.isoweekday()]:
            if kept or (regular.comes_in(week) and self.random.random() < surely):
                self._book(plan, regular.person, longest_lead=45)
        while not kept and plan.taken < plan.slot.most and self.random.random() < others * plan.slot.pull:
            self._book_somebody(plan)
        if self.random.random() < 0.06:
            self._book_and_release_somebody(plan)
        if not kept and self._is_to_be_a_gap(plan, ahead):
            self.release_all(plan)

    def _is_to_be_a_gap(self, plan: ShiftPlan, ahead: int) -> bool:
        """Leaves every seventh shift of this week and the next to be looked after: the board is loud in places."""
        if not 0 <= ahead < 14 - self.today.weekday() or plan.slot.least == 0:
            return False
        self.near += 1
        return self.near % _GAP_EVERY == 3

    def _book_somebody(self, plan: ShiftPlan) -> None:
        pool = self._pool(plan.slot)
        for person in self.random.sample(pool, min(len(pool), 6)):
            if self.weekly[person.key, _monday(plan.when.day)] < _WEEKLY_MOST and self._book(plan, person, 20):
                return

    def _book(self, plan: ShiftPlan, person: PersonPlan, longest_lead: int) -> bool:
        if plan.taken == plan.slot.most or not (self._may_come(person, plan) and self._is_free(person, plan.span)):
            return False
        plan.bookings.append(self._booking(plan, person, longest_lead))
        self.busy[person.key].append(plan.span)
        self.weekly[person.key, _monday(plan.when.day)] += 1
        return True

    def _book_and_release_somebody(self, plan: ShiftPlan) -> None:
        here = {booking.person for booking in plan.bookings}
        pool = [p for p in self._pool(plan.slot) if p.key not in here and self._may_come(p, plan)]
        if pool:
            person = self.random.choice(pool)
            plan.bookings.insert(0, self._released(plan, self._booking(plan, person, 30)))

    def _booking(self, plan: ShiftPlan, person: PersonPlan, longest_lead: int) -> BookingPlan:
        """Books in time: once she was accepted, before the day and before today."""
        day = plan.when.day - timedelta(days=self.random.randint(1, longest_lead))
        if day >= self.today:
            day = self.today - timedelta(days=self.random.randint(1, 25))
        accepted = person.accepted_since(plan.slot.task, plan.when.day)
        day = max(day, accepted) if accepted else day
        at = time(self.random.randint(7, 20), self.random.randint(0, 59))
        called = self.random.random() < (0.07 if person.mail else 0.9)
        return BookingPlan(
            person=person.key,
            by=COORDINATOR_OF[self.site_of[plan.slot.place]] if called else person.key,
            channel=Channel.PHONE if called else Channel.SELF,
            booked_at=instant_of(day, at, HOME_ZONE),
        )

    def _released(self, plan: ShiftPlan, booking: BookingPlan) -> BookingPlan:
        """Releases a booking in good time, by whoever made it."""
        latest = min(self.midnight, plan.span.starts_at - timedelta(hours=25))
        latest = max(latest, booking.booked_at + timedelta(minutes=1))
        moment = booking.booked_at + (latest - booking.booked_at) * self.random.random()
        return replace(booking, released_at=moment.replace(microsecond=0), released_by=booking.by)

    def _let_go(self, plan: ShiftPlan, booking: BookingPlan) -> None:
        self.busy[booking.person].remove(plan.span)
        self.weekly[booking.person, _monday(plan.when.day)] -= 1

    def release_all(self, plan: ShiftPlan) -> None:
        """Leaves a shift to be looked after: everyone has cancelled by herself."""
        for at, booking in enumerate(plan.bookings):
            if booking.state is BookingState.BOOKED:
                self._let_go(plan, booking)
                plan.bookings[at] = self._released(plan, booking)

    def cancel(self, plan: ShiftPlan) -> None:
        """Cancels a shift: the coordinator does, and whoever was booked is released at the same moment."""
        latest = min(self.midnight, plan.span.starts_at) - timedelta(hours=2)
        booked = [booking for booking in plan.bookings if booking.state is BookingState.BOOKED]
        known = [booking.booked_at for booking in booked]
        moment = max([latest - timedelta(days=self.random.randint(1, 5)), *known]) + timedelta(minutes=40)
        by = COORDINATOR_OF[self.site_of[plan.slot.place]]
        for booking in booked:
            self._let_go(plan, booking)
            at = plan.bookings.index(booking)
            plan.bookings[at] = replace(booking, released_at=moment, released_by=by)
        plan.state, plan.cancelled_at = ShiftState.CANCELLED, moment


def shifts(today: date, people: Sequence[PersonPlan], random: Random) -> list[ShiftPlan]:
    """Plans every shift of the demo with its bookings, by time; the same for the same day, people and seed."""
    start = first_day(today)
    drafts_from = start + timedelta(weeks=WEEKS_PAST + WEEKS_COMING - 1)
    found = [(number, _empty(random, day, slot, draft=day >= drafts_from)) for day, number, slot in occasions(today)]
    found.sort(key=lambda item: (item[1].span.starts_at, item[0]))
    plans = [plan for _, plan in found]
    rota = Rota(today, people, random)
    rota.choose_regulars()
    rota.keep_for_the_known(plans)
    for number, plan in found:
        rota.fill(plan, number, (plan.when.day - start).days // 7)
    for plan in plans:
        if rota.is_marjattas(plan):
            continue
        ahead = (plan.when.day - today).days
        if plan.state is ShiftState.PUBLISHED and not 0 <= ahead <= 8 and random.random() < 0.012:
            rota.cancel(plan)
    return plans


def _empty(random: Random, day: date, slot: Slot, *, draft: bool) -> ShiftPlan:
    when = LocalSpan(day, slot.start, slot.end, HOME_ZONE)
    return ShiftPlan(
        slot=slot,
        when=when,
        span=when.to_span(),
        state=ShiftState.DRAFT if draft else ShiftState.PUBLISHED,
        note=random.choice(_NOTES) if random.random() < 0.03 else Text3(),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
