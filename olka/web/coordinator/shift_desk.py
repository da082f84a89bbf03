"""The coordinator's shifts: making, looking, changing, publishing, cancelling, and booking on somebody's behalf."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from olka.accounts.people_queries import PersonRow, get_person
from olka.audit.queries import find_detail
from olka.core import clock, wording
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Permission, sites_where
from olka.db import transaction
from olka.shifts import planning, planning_queries, queries, rules
from olka.shifts.people_queries import within_scope
from olka.shifts.planning_rules import obstacles_to_publishing, obstacles_to_touching
from olka.shifts.service import Booked, Released
from olka.sites.queries import PlaceRow, get_place, places_of
from olka.tasks.queries import get_task
from olka.web.coordinator.planning_words import beside, in_one_sentence, left_out_words, number_made
from olka.web.coordinator.shift_form import (
    BookForm,
    ChangeShiftForm,
    NewShiftForm,
    VersionForm,
    fill,
    read_first,
)
from olka.web.coordinator.week import week_word
from olka.web.forms import operation_key
from olka.web.gate import current_actor, require_at, requires
from olka.web.language import language
from olka.web.notes import tell
from olka.web.reading import read_day, read_id, read_search

pages: Final = Blueprint("shift_desk", __name__)


# ---------------------------------------------------------------- making


@pages.get("/viikko/vuoro/uusi")
@requires(Permission.RUN_ROTA)
def new() -> ResponseReturnValue:
    """Shows the form of a new shift, with the place and day that the board's link named."""
    form = NewShiftForm()
    form.offer()
    place_id = read_id("paikka")
    read_first(form, place_id, read_day())
    return _new_page(form, taskless=_taskless(form, place_id))


@pages.post("/viikko/vuoro/uusi")
@requires(Permission.RUN_ROTA)
def make() -> ResponseReturnValue:
    """Makes a shift, or one a week until a date, and says which days were left out."""
    form = NewShiftForm()
    form.offer()
    if not form.validate():
        return _new_page(form)
    plan = form.plan()
    try:
        with transaction():
            made = planning.make_shifts(current_actor(), plan, form.until.data, published=not form.is_draft)
    except Refused as refused:
        return _new_page(form, form.refuse(refused.obstacles))
    first = made.days[0]
    when = wording.span(plan.on("UTC"), language())
    title = (
        gettext("Vuoro on viikolla: %(when)s", when=when)
        if len(made.days) == 1 and not made.left_out
        else number_made(len(made.days))
    )
    more = [gettext("Vapaaehtoiset eivät näe luonnoksia vielä.")] if form.is_draft else []
    if made.left_out:
        more.append(gettext("Jäi pois. %(days)s", days=left_out_words(made.left_out)))
    tell("ok", title, " ".join(more), link=(url_for(".show", shift_id=made.shift_ids[0]), gettext("Avaa vuoro")))
    return redirect(url_for("week.board", viikko=week_word(first), paiva=first))


def _new_page(
    form: NewShiftForm, above: list[str] | None = None, taskless: PlaceRow | None = None
) -> ResponseReturnValue:
    return render_template("coordinator/shift_new.html", form=form, above=above or [], taskless=taskless)


def _taskless(form: NewShiftForm, place_id: int | None) -> PlaceRow | None:
    """Gives the place in use that the link named, where nothing is done there, so no shift can be made."""
    if place_id is None or form.where.data:
        return None
    places = places_of(sites_where(current_actor(), Permission.RUN_ROTA))
    return next((place for place in places if place.id == place_id), None)


# ---------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class Candidate:
    """A volunteer whom the search found, and what keeps her from the shift, in words."""

    person: PersonRow
    is_booked: bool
    why: str


@pages.get("/viikko/vuoro/<id:shift_id>")
@requires(Permission.RUN_ROTA)
def show(shift_id: int) -> ResponseReturnValue:
    """Shows a shift: who is on it with their contacts, who could be, and what can be done with it."""
    shift = _own_shift(shift_id)
    place = get_place(shift.place_id)
    now = clock.now()
    fell = planning_queries.find_cancelled_at(shift_id) if shift.facts.state is rules.ShiftState.CANCELLED else None
    on_it = planning_queries.people_on(shift_id, fell)
    people = {someone.person.id for someone in on_it}
    known = _known(people)
    # Whoever fell with a cancelled shift may have to be called, but only until its day has passed.
    reachable = known if fell is None else people if clock.today(place.zone) <= shift.when.last_day else set()
    search = read_search()
    facts = planning_queries.place_facts(place.id, shift.when.day, shift.when.day)
    untouchable = obstacles_to_touching(shift.facts, now)
    return render_template(
        "coordinator/shift.html",
        shift=shift,
        place=place,
        task=get_task(shift.facts.task_id),
        on_it=on_it,
        known=known,
        reachable=reachable,
        to_call=[one.person for one in on_it if one.told is False and one.person.id in reachable],
        is_thrown_away=_is_thrown_away(shift),
        search=search,
        found=_candidates(shift, search, people) if search and not untouchable else [],
        can_touch=not untouchable,
        hindrances=[beside(one)[1] for one in obstacles_to_publishing(planning.present_of(shift), facts, now)],
        key=secrets.token_urlsafe(9),
        week=week_word(shift.when.day),
        state=rules.ShiftState,
    )


def _known(person_ids: set[int]) -> set[int]:
    """Keeps those whose own page the reader can open."""
    scope = sites_where(current_actor(), Permission.SEE_PEOPLE)
    seen = within_scope(scope, person_ids, today=clock.today(clock.HOME_ZONE), now=clock.now())
    return {person.id for person in seen}


def _candidates(shift: queries.ShiftRecord, search: str, booked: set[int]) -> list[Candidate]:
    scope = sites_where(current_actor(), Permission.RUN_ROTA)
    people = planning_queries.volunteers_found(scope, search, clock.today(shift.when.zone))
    if not people:
        return []
    facts = queries.people_facts([person.id for person in people], [shift.facts.span])
    now = clock.now()
    return [
        Candidate(
            person,
            person.id in booked,
            in_one_sentence(rules.obstacles_to_booking(shift.facts, facts[person.id], now)),
        )
        for person in people
    ]


def _is_thrown_away(shift: queries.ShiftRecord) -> bool:
    ever_booked = planning_queries.has_any_booking(shift.facts.id)
    return rules.is_thrown_away(shift.facts.state, ever_booked=ever_booked)


def _own_shift(shift_id: int) -> queries.ShiftRecord:
    shift = queries.get_shift(shift_id)
    require_at(Permission.RUN_ROTA, shift.site_id)
    return shift


# ---------------------------------------------------------------- changing


@pages.get("/viikko/vuoro/<id:shift_id>/muuta")
@requires(Permission.RUN_ROTA)
def edit(shift_id: int) -> ResponseReturnValue:
    """Shows the form of a shift as it stands."""
    shift = _own_shift(shift_id)
    if above := [beside(one)[1] for one in obstacles_to_touching(shift.facts, clock.now())]:
        tell("info", gettext("Vuoroa ei voi enää muuttaa"), " ".join(above))
        return redirect(url_for(".show", shift_id=shift_id))
    form = ChangeShiftForm()
    form.offer(planning.plan_of(shift))
    fill(form, planning.plan_of(shift), shift.version)
    return _edit_page(form, shift)


@pages.post("/viikko/vuoro/<id:shift_id>/muuta")
@requires(Permission.RUN_ROTA)
def change(shift_id: int) -> ResponseReturnValue:
    """Changes a shift and tells those booked; where another was first, shows both versions."""
    shift = _own_shift(shift_id)
    form = ChangeShiftForm()
    form.offer(planning.plan_of(shift))
    version = form.version.data
    if not form.validate() or version is None:
        return _edit_page(form, shift)
    try:
        with transaction():
            done = planning.change(current_actor(), shift_id, version, form.plan())
    except Refused as refused:
        return _edit_page(form, shift, above=form.refuse(refused.obstacles))
    except Conflict:
        newer = _own_shift(shift_id)
        form.version.typed = str(newer.version)
        return _edit_page(form, newer, newer=True)
    tell("ok", gettext("Vuoro on muutettu"), _told_words(done))
    return redirect(url_for(".show", shift_id=shift_id))


def _edit_page(
    form: ChangeShiftForm, shift: queries.ShiftRecord, *, above: list[str] | None = None, newer: bool = False
) -> ResponseReturnValue:
    return render_template(
        "coordinator/shift_edit.html",
        form=form,
        shift=shift,
        task=get_task(shift.facts.task_id),
        above=above or [],
        newer=newer,
    )


def _told_words(done: planning.Touched) -> str:
    words = []
    if done.told:
        words.append(
            ngettext(
                "Kerroimme muutoksesta sähköpostilla yhdelle.",
                "Kerroimme muutoksesta sähköpostilla %(num)d ihmiselle.",
                len(done.told),
            )
        )
    if done.to_call:
        words.append(gettext("Soita vielä: %(people)s.", people=", ".join(map(_with_number, done.to_call))))
    return " ".join(words)


def _with_number(person: PersonRow) -> str:
    return f"{person.full_name} {wording.phone(person.phone)}" if person.phone else person.full_name


@pages.post("/viikko/vuoro/<id:shift_id>/julkaise")
@requires(Permission.RUN_ROTA)
def publish(shift_id: int) -> ResponseReturnValue:
    """Publishes a draft."""
    form = VersionForm()
    version = form.version.data
    if not form.validate() or version is None:
        _own_shift(shift_id)
        tell("need", gettext("Vuoroa ei julkaistu"), gettext("Avaa sivu uudelleen ja yritä uudestaan."))
        return redirect(url_for(".show", shift_id=shift_id))
    try:
        with transaction():
            planning.publish(current_actor(), shift_id, version)
    except Conflict:
        tell("need", gettext("Vuoro muuttui sillä välin"), gettext("Katso, mitä siitä tuli, ja päätä uudelleen."))
    except Refused as refused:
        tell("stop", gettext("Vuoroa ei voi julkaista"), " ".join(beside(one)[1] for one in refused.obstacles))
    else:
        tell("ok", gettext("Vuoro on julkaistu"), gettext("Vapaaehtoiset voivat nyt ottaa sen."))
    return redirect(url_for(".show", shift_id=shift_id))


# ---------------------------------------------------------------- cancelling


@pages.get("/viikko/vuoro/<id:shift_id>/peru")
@requires(Permission.RUN_ROTA)
def confirm_cancel(shift_id: int) -> ResponseReturnValue:
    """Asks whether the shift is to be cancelled, and says who is on it."""
    shift = _own_shift(shift_id)
    above = [beside(one)[1] for one in obstacles_to_touching(shift.facts, clock.now())]
    thrown_away = _is_thrown_away(shift)
    if above and not thrown_away:
        tell("info", gettext("Alkanutta vuoroa ei voi perua"), " ".join(above))
        return redirect(url_for(".show", shift_id=shift_id))
    on_it = planning_queries.people_on(shift_id)
    return render_template("coordinator/shift_cancel.html", shift=shift, on_it=on_it, is_thrown_away=thrown_away)


@pages.post("/viikko/vuoro/<id:shift_id>/peru")
@requires(Permission.RUN_ROTA)
def cancel(shift_id: int) -> ResponseReturnValue:
    """Cancels a shift and tells those booked, or throws away a draft; a second click finds it gone."""
    try:
        return _cancel(_own_shift(shift_id))
    except NotFound:
        if find_detail(current_actor().person_id, "thrown_away", "shift", shift_id) is None:
            raise
    tell("ok", gettext("Luonnos on jo poistettu"))
    return redirect(url_for("week.board"))


def _cancel(shift: queries.ShiftRecord) -> ResponseReturnValue:
    shift_id = shift.facts.id
    form = VersionForm()
    version = form.version.data
    if not form.validate() or version is None:
        return redirect(url_for(".confirm_cancel", shift_id=shift_id))
    try:
        with transaction():
            stays = planning.cancel(current_actor(), shift_id, version)
    except Refused as refused:
        tell("stop", gettext("Vuoroa ei voi perua"), " ".join(beside(one)[1] for one in refused.obstacles))
        return redirect(url_for(".show", shift_id=shift_id))
    except Conflict:
        tell("need", gettext("Vuoro muuttui sillä välin"), gettext("Katso, mitä siitä tuli, ja päätä uudelleen."))
        return redirect(url_for(".show", shift_id=shift_id))
    if not stays:
        tell("ok", gettext("Luonnos on poistettu"))
        return redirect(url_for("week.board", viikko=week_word(shift.when.day), paiva=shift.when.day))
    tell("ok", gettext("Vuoro on peruttu"))
    return redirect(url_for(".show", shift_id=shift_id))


# ---------------------------------------------------------------- people


@pages.post("/viikko/vuoro/<id:shift_id>/varaa")
@requires(Permission.RUN_ROTA)
def book(shift_id: int) -> ResponseReturnValue:
    """Books a volunteer on her behalf and says so, or says why she can't be."""
    _own_shift(shift_id)
    form = BookForm()
    person_id = form.person_id.data
    if not form.validate() or person_id is None:
        tell("stop", gettext("Varaus ei onnistunut"), gettext("Hae vapaaehtoinen ja valitse hänet luettelosta."))
        return redirect(url_for(".show", shift_id=shift_id))
    actor = current_actor()
    try:
        with transaction():
            done = planning.book_for(actor, shift_id, person_id, key=operation_key(f"phone-{actor.person_id}"))
    except Refused as refused:
        tell("stop", gettext("Varaus ei onnistunut"), in_one_sentence(refused.obstacles))
        return redirect(url_for(".show", shift_id=shift_id, haku=request.args.get("haku")))
    except Conflict:
        tell("stop", gettext("Joku ehti ensin"), gettext("Viimeinen paikka meni juuri."))
        return redirect(url_for(".show", shift_id=shift_id))
    person = get_person(person_id)
    if done.state is rules.BookingState.RELEASED:
        tell("info", gettext("Tämä varaus on jo peruttu"), gettext("Hae hänet uudelleen, jos hän tulee sittenkin."))
    else:
        tell("ok", gettext("%(name)s on vuorossa", name=person.full_name), _informed(person, done))
    return redirect(url_for(".show", shift_id=shift_id))


@pages.get("/viikko/vuoro/<id:shift_id>/poista/<id:person_id>")
@requires(Permission.RUN_ROTA)
def confirm_remove(shift_id: int, person_id: int) -> ResponseReturnValue:
    """Asks whether a person is to be taken off the shift."""
    shift = _own_shift(shift_id)
    someone = next((one for one in planning_queries.people_on(shift_id) if one.person.id == person_id), None)
    if someone is None:
        raise NotFound
    return render_template("coordinator/shift_remove.html", shift=shift, person=someone.person)


@pages.post("/viikko/vuoro/<id:shift_id>/poista/<id:person_id>")
@requires(Permission.RUN_ROTA)
def remove(shift_id: int, person_id: int) -> ResponseReturnValue:
    """Takes a person off the shift, deadline or not, and tells her."""
    try:
        with transaction():
            done = planning.remove(current_actor(), shift_id, person_id)
    except Refused as refused:
        tell("stop", gettext("Vuorosta ei voi enää poistaa"), in_one_sentence(refused.obstacles))
        return redirect(url_for(".show", shift_id=shift_id))
    person = get_person(person_id)
    tell("ok", gettext("%(name)s ei ole enää vuorossa", name=person.full_name), _informed(person, done))
    return redirect(url_for(".show", shift_id=shift_id))


def _informed(person: PersonRow, done: Booked | Released) -> Any:
    if not done.fresh or done.told is None:  # a second click: the first one has said it
        return ""
    if done.told:
        return gettext("Kerroimme hänelle sähköpostilla.")
    if person.phone:
        return gettext("Hänellä ei ole sähköpostia. Soita: %(number)s.", number=wording.phone(person.phone))
    return gettext("Hänellä ei ole sähköpostia eikä puhelinta. Kerro hänelle itse.")
