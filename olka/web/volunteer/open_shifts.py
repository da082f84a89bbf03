"""The shifts a volunteer may take, and taking, undoing and cancelling one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from flask import Blueprint, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from olka.core import clock, wording
from olka.core.errors import NotFound
from olka.core.permissions import Permission, may, sites_where
from olka.core.spans import Span
from olka.db import transaction
from olka.shifts import queries, rules, service
from olka.sites.queries import PlaceName, place_names
from olka.tasks.queries import TaskName, task_names
from olka.web.errors import list_page
from olka.web.forms import operation_key
from olka.web.gate import current_actor, requires
from olka.web.language import language
from olka.web.notes import tell
from olka.web.obstacles import words_of
from olka.web.reading import read_choice, read_day, read_id, read_page

pages: Final = Blueprint("open_shifts", __name__)

WEEKDAYS: Final = ("1", "2", "3", "4", "5", "6", "7")
PARTS: Final = (
    (queries.PartOfDay.MORNING, _l("Aamupäivä")),
    (queries.PartOfDay.AFTERNOON, _l("Iltapäivä")),
    (queries.PartOfDay.EVENING, _l("Ilta")),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the list, every word ready: the template only lays it out."""

    shift: queries.OpenShift
    hours: str
    spoken: str
    title: str
    task: str
    seats: Markup
    mine: bool
    why: Markup


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the list with its rows."""

    day: date
    title: str
    near: str
    slots: Sequence[Slot]

    @property
    def fitting(self) -> int:
        """How many of the rows she may take."""
        return sum(not slot.why and not slot.mine for slot in self.slots)


@pages.get("/vuorot")
@requires(Permission.TAKE_SHIFTS)
def list_open() -> ResponseReturnValue:
    """Shows the coming shifts of her sites by day: what she may take, and of the rest why not."""
    wish = _read_wish()
    page = read_page()
    places = {place.id: place for place in place_names(sites_where(current_actor(), Permission.TAKE_SHIFTS))}
    tasks = task_names()
    found, has_next = queries.open_shifts(list(places), wish, clock.now(), page)
    slots = _slots(found, places, tasks)
    days = _days(slots)
    shown = render_template(
        "volunteer/open_shifts.html",
        days=days,
        fitting=sum(day.fitting for day in days),
        wish=wish,
        filter_words=_filter_words(wish, places, tasks),
        places=list(places.values()),
        tasks=[task for task in tasks.values() if task.retired_on is None],
        parts=PARTS,
        weekdays=[(n, wording.weekday_by_number(n, language())) for n in range(1, 8)],
        page=page,
        has_next=has_next,
        take=_("Ota vuoro"),
        key=secrets.token_urlsafe(9),
        query=request.query_string.decode("ascii", "ignore"),
    )
    return list_page(shown, past_end=page > 1 and not days)


@pages.post("/vuorot/<id:shift_id>/varaa")
@requires(Permission.TAKE_SHIFTS)
def book(shift_id: int) -> ResponseReturnValue:
    """Takes a shift for herself and says so; sent twice it is still one booking."""
    actor = current_actor()
    with transaction():
        shift = _own_site_shift(shift_id)
        done = service.book(actor, shift_id, _person_id(), key=operation_key("self"))
        _tell_booked(shift, done)
    return redirect(url_for("open_shifts.list_open", **_kept_query()))


def _tell_booked(shift: queries.ShiftRecord, done: service.Booked) -> None:
    shift_id, when = shift.facts.id, wording.span(shift.when, language())
    if done.state is rules.BookingState.RELEASED:  # the same press, sent again after she had undone it
        tell(
            "info",
            _("Tämä varaus on jo peruttu"),
            _("Et ole vuorossa %(when)s. Voit ottaa sen uudelleen.", when=when),
            post=(url_for("open_shifts.book", shift_id=shift_id), _("Ota vuoro takaisin")),
        )
        return
    tell(
        "ok",
        _("Vuoro on sinun: %(when)s", when=when),
        f"{shift.place_name.in_(language())}, {shift.site_name.in_(language())}.",
        post=(url_for("open_shifts.release", shift_id=shift_id), _("Peru varaus")),
        link=(url_for("own_shifts.calendar_file", shift_id=shift_id), _("Kalenteriin")),
    )


@pages.get("/vuorot/<id:shift_id>/peru")
@requires(Permission.TAKE_SHIFTS)
def confirm_release(shift_id: int) -> ResponseReturnValue:
    """Asks whether she means it, and says what her going leaves behind."""
    shift = queries.get_shift(shift_id)
    booking = queries.find_booking(shift_id, _person_id())
    if booking is None:
        raise NotFound
    obstacles = rules.obstacles_to_release(shift.held_since(booking.booked_at), clock.now())
    return render_template(
        "volunteer/release.html",
        shift=shift,
        when=wording.span(shift.when, language()),
        others=shift.facts.taken - 1,
        missing=max(shift.min_people - shift.facts.taken + 1, 0),
        obstacles=[words_of(obstacle) for obstacle in obstacles],
    )


@pages.post("/vuorot/<id:shift_id>/peru")
@requires(Permission.TAKE_SHIFTS)
def release(shift_id: int) -> ResponseReturnValue:
    """Undoes a booking or cancels her own shift, and says so."""
    with transaction():
        shift = queries.get_shift(shift_id)
        service.release_own(current_actor(), shift_id)
    tell(
        "ok",
        _("Et ole enää vuorossa %(when)s.", when=wording.span(shift.when, language())),
        _("Paikka on nyt muiden otettavissa."),
        post=(url_for("open_shifts.book", shift_id=shift_id), _("Ota vuoro takaisin")),
    )
    return redirect(url_for("open_shifts.list_open"))


def _read_wish() -> queries.ShiftFilter:
    weekday = read_choice("viikonpaiva", WEEKDAYS)
    part = read_choice("aika", tuple(queries.PartOfDay))
    return queries.ShiftFilter(
        place_id=read_id("paikka"),
        task_id=read_id("tehtava"),
        weekday=int(weekday) if weekday else None,
        part=queries.PartOfDay(part) if part else None,
        day=read_day(),
    )


def _person_id() -> int:
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound
    return person_id


def _own_site_shift(shift_id: int) -> queries.ShiftRecord:
    shift = queries.get_shift(shift_id)
    hidden = shift.facts.state is rules.ShiftState.DRAFT
    if hidden or not may(current_actor(), Permission.TAKE_SHIFTS, shift.site_id):
        raise NotFound
    return shift


def _kept_query() -> dict[str, Any]:
    return {
        name: value
        for name in ("paikka", "tehtava", "viikonpaiva", "aika", "paiva", "sivu")
        if (value := request.args.get(name))
    }


def _slots(found: Sequence[queries.OpenShift], places: dict[int, PlaceName], tasks: dict[int, TaskName]) -> list[Slot]:
    if not found:
        return []
    now = clock.now()
    stretch = Span(found[0].starts_at, max(shift.ends_at for shift in found))
    person = queries.person_facts(_person_id(), stretch)
    mine = {own.shift_id for own in person.own_shifts}
    tongue = language()
    titles = {place.id: f"{place.name.in_(tongue)}, {place.site_short_name.in_(tongue)}" for place in places.values()}
    # Words and drawings that come again in the list are made once.
    said: dict[tuple[rules.Obstacle, ...], Markup] = {(): Markup()}
    drawn: dict[tuple[int, int, int], Markup] = {}
    draw_seats = get_template_attribute("macros/parts.html", "seats")
    draw_reasons = get_template_attribute("macros/parts.html", "reasons")
    slots = []
    for shift in found:
        why: tuple[rules.Obstacle, ...] = ()
        if shift.id not in mine:
            why = rules.obstacles_to_booking(shift.facts_at(places[shift.place_id].site_id), person, now)
            if why not in said:
                said[why] = draw_reasons([words_of(obstacle) for obstacle in why], url_for("open_shifts.list_open"))
        full_to = (shift.taken, shift.min_people, shift.max_people)
        if full_to not in drawn:
            drawn[full_to] = draw_seats(*full_to)
        hours = wording.hours(shift.start, shift.end, tongue)
        slots.append(
            Slot(
                shift,
                hours,
                f"{wording.day_short(shift.day, tongue)} {hours}, {titles[shift.place_id]}",
                titles[shift.place_id],
                tasks[shift.task_id].name.in_(tongue),
                drawn[full_to],
                shift.id in mine,
                said[why],
            )
        )
    return slots


def _days(slots: Sequence[Slot]) -> list[Day]:
    today = clock.today(clock.HOME_ZONE)
    near = {today: _("tänään"), today + timedelta(days=1): _("huomenna")}
    tongue = language()
    return [
        Day(day, wording.day_long(day, tongue), near.get(day, ""), list(rows))
        for day, rows in groupby(slots, key=lambda slot: slot.shift.day)
    ]


def _filter_words(wish: queries.ShiftFilter, places: dict[int, PlaceName], tasks: dict[int, TaskName]) -> str:
    tongue = language()
    words = []
    if wish.place_id is not None:
        if wish.place_id not in places:
            raise NotFound
        words.append(places[wish.place_id].name.in_(tongue))
    if wish.task_id is not None:
        if wish.task_id not in tasks:
            raise NotFound
        words.append(tasks[wish.task_id].name.in_(tongue))
    if wish.weekday is not None:
        words.append(wording.weekday_by_number(wish.weekday, tongue))
    if wish.part is not None:
        words.append(str(dict(PARTS)[wish.part]))
    if wish.day is not None:
        words.append(wording.day_short(wish.day, tongue))
    return ", ".join(words) or _("kaikki paikat ja tehtävät")
