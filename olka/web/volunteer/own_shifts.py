"""A volunteer's own shifts: the next one as a card, the rest, and what she has done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from olka.core import clock, wording
from olka.core.errors import NotFound
from olka.core.permissions import Permission
from olka.core.spans import local
from olka.shifts import calendar, queries, rules
from olka.sites.queries import PlaceRow, get_place, places_of
from olka.tasks.queries import TaskRow, all_tasks, get_task
from olka.web.errors import list_page
from olka.web.gate import current_actor, requires
from olka.web.language import language
from olka.web.reading import read_page

pages: Final = Blueprint("own_shifts", __name__)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One own shift, its words ready."""

    booking: queries.OwnBooking
    place: PlaceRow
    task: TaskRow
    company: str
    phones: tuple[tuple[str, str], ...]
    may_cancel: bool
    until: str


@pages.get("/omat")
@requires(Permission.TAKE_SHIFTS)
def mine() -> ResponseReturnValue:
    """Shows her next shift on top, then the rest, then what she has done."""
    person_id = _person_id()
    now = clock.now()
    page = read_page()
    coming = queries.coming_bookings(person_id, now)
    done, has_next = queries.past_bookings(person_id, now, page)
    places = {place.id: place for place in places_of(None, retired=True)}
    tasks = all_tasks()
    company = queries.companions_on([own.shift_id for own in coming], person_id) if coming else {}
    rows = [_row(own, places[own.place_id], tasks[own.task_id], company.get(own.shift_id, []), now) for own in coming]
    shown = render_template(
        "volunteer/own_shifts.html",
        upcoming=rows[0] if rows and page == 1 else None,
        rest=rows[1:] if page == 1 else [],
        near=_near(rows[0].booking) if rows else "",
        done=done,
        places=places,
        tasks=tasks,
        page=page,
        has_next=has_next,
    )
    return list_page(shown, past_end=page > 1 and not done)


@pages.get("/omat/vuoro/<id:shift_id>.ics")
@requires(Permission.TAKE_SHIFTS)
def calendar_file(shift_id: int) -> ResponseReturnValue:
    """Sends one own shift as a calendar file."""
    if queries.find_booking(shift_id, _person_id()) is None:
        raise NotFound
    shift = queries.get_shift(shift_id)
    task = get_task(shift.facts.task_id)
    body = calendar.one_shift(shift, get_place(shift.place_id), task.name, language(), clock.now())
    return Response(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="olka-{shift.when.day}.ics"'},
    )


def _row(
    own: queries.OwnBooking, place: PlaceRow, task: TaskRow, company: list[queries.Companion], now: datetime
) -> OwnRow:
    hold = rules.Hold(own.starts_at, own.booked_at, place.cancel_hours, place.undo_minutes, place.zone)
    may_cancel = not rules.obstacles_to_release(hold, now)
    until = wording.moment(rules.may_release_until(hold), place.zone, language())
    phones = tuple((one.called_name, one.phone) for one in company if one.shows_phone and one.shows_name and one.phone)
    return OwnRow(own, place, task, _company(company), phones, may_cancel, until)


def _company(company: list[queries.Companion]) -> str:
    if not company:
        return str(_("Olet vuorossa yksin."))
    named = [wording.with_initial(one.called_name, one.family_name) for one in company if one.shows_name]
    unnamed = len(company) - len(named)
    if unnamed:
        named.append(ngettext("toinen vapaaehtoinen", "%(num)d muuta vapaaehtoista", unnamed))
    return str(_("Kanssasi: %(names)s", names=", ".join(named)))


def _near(own: queries.OwnBooking) -> str:
    today: date = local(clock.now(), own.when.zone).date()
    if own.when.day == today:
        return str(_("Seuraava vuorosi, tänään"))
    if own.when.day == today + timedelta(days=1):
        return str(_("Seuraava vuorosi, huomenna"))
    return str(_("Seuraava vuorosi"))


def _person_id() -> int:
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound
    return person_id
