"""One person's page: who she is, what she may do, how she stands, when she comes; and the acts on it."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.accounts import people_rules, people_service
from olka.accounts.people_queries import roles_of
from olka.accounts.sign_in import print_code
from olka.core import clock
from olka.core.errors import BadInput, NotFound, Refused
from olka.core.permissions import Kind, Permission
from olka.db import transaction
from olka.eligibility import service as eligibility
from olka.eligibility.queries import tasks_accepted
from olka.shifts import people_queries as queries
from olka.shifts import standing as standings
from olka.shifts.people_queries import InScope
from olka.sites.queries import sites_of
from olka.tasks.queries import all_tasks
from olka.volunteers import service as volunteers
from olka.volunteers.rules import Standing
from olka.web.code_paper import paper_for
from olka.web.gate import current_actor, requires
from olka.web.kinds import KIND_WORDS
from olka.web.language import language
from olka.web.notes import tell
from olka.web.people_forms import ContactsForm, TakeInForm
from olka.web.people_scope import scope
from olka.web.people_words import LANGUAGES, STANDINGS, Refusal, dates_in_words, refusal, with_links

pages: Final = Blueprint("person", __name__)

SHOWN: Final = 10


def _get_seen(person_id: int) -> InScope:
    found = queries.find_in_scope(scope(), person_id, today=clock.today(clock.HOME_ZONE), now=clock.now())
    if found is None:
        raise NotFound
    return found


def _get_own(person_id: int) -> InScope:
    """Reads a person of the coordinator's sites; a guest who is only booked there is seen but not changed."""
    found = _get_seen(person_id)
    if not found.belongs:
        raise NotFound
    return found


@pages.get("/vapaaehtoiset/<id:person_id>")
@requires(Permission.SEE_PEOPLE)
def show(person_id: int) -> ResponseReturnValue:
    """Shows a person of her sites, or one who is booked there."""
    return _page(person_id)


def _page(person_id: int, refused: Refusal | None = None) -> ResponseReturnValue:
    found, own, now, today = _get_seen(person_id), scope(), clock.now(), clock.today(clock.HOME_ZONE)
    roles = roles_of([person_id])[person_id]
    held = [role for role in roles if role.ends_on is None or role.ends_on >= today]
    coming = queries.coming_shifts(person_id, now)
    return render_template(
        "coordinator/person.html",
        found=found,
        person=found.person,
        refused=refused,
        held=held,
        past_roles=[role for role in roles if role not in held],
        since=min((r.starts_on for r in roles if r.kind is Kind.VOLUNTEER), default=None),
        may_handle=people_rules.may_handle(own, [role.terms for role in held]),
        tasks=_tasks_of(found),
        coming=with_links(coming[:SHOWN], own),
        coming_count=len(coming),
        past_count=queries.count_past_shifts(person_id, now),
        take_in=_take_in_form({role.site_id for role in held if role.kind is Kind.VOLUNTEER}),
        kinds=KIND_WORDS,
        standings=STANDINGS,
        languages=LANGUAGES,
        dates=dates_in_words,
        standing_links=_standing_links(found),
    )


def _tasks_of(found: InScope) -> list[dict[str, Any]]:
    accepted = tasks_accepted(found.person.id)
    done = queries.tasks_done_at(scope())
    return [
        {"task": task, "since": accepted.get(task.id), "ours": found.belongs and task.id in done}
        for task in all_tasks().values()
        if task.id in done or task.id in accepted
    ]


def _take_in_form(already: set[int | None]) -> TakeInForm | None:
    sites = [(site.id, site.name.in_(language())) for site in sites_of(scope()) if site.id not in already]
    if not sites:
        return None
    form = TakeInForm()
    form.toimipaikka.choices = sites
    return form


def _standing_links(found: InScope) -> list[tuple[str, str, Any, bool]]:
    if found.standing is None or not found.belongs:
        return []
    words = {
        Standing.ACTIVE: ("check", _("Merkitse aktiiviseksi"), False),
        Standing.ON_LEAVE: ("clock", _("Merkitse tauolle"), False),
        Standing.LEFT: ("out", _("Kirjaa lopettaneeksi"), True),
    }
    return [(s.value, *words[s]) for s in Standing if s is not found.standing]


@pages.get("/vapaaehtoiset/<id:person_id>/yhteystiedot")
@requires(Permission.SEE_PEOPLE)
def contacts(person_id: int) -> ResponseReturnValue:
    """Shows a person's names and contacts for changing."""
    person = _get_own(person_id).person
    return render_template("coordinator/person_contacts.html", person=person, form=ContactsForm.of(person))


@pages.post("/vapaaehtoiset/<id:person_id>/yhteystiedot")
@requires(Permission.SEE_PEOPLE)
def change_contacts(person_id: int) -> ResponseReturnValue:
    """Changes a person's names and contacts, unless her duties reach beyond the coordinator's sites."""
    person, form = _get_own(person_id).person, ContactsForm()
    if not form.validate():
        return render_template("coordinator/person_contacts.html", person=person, form=form)
    try:
        with transaction():
            _get_own(person_id)
            people_service.change_contacts(current_actor(), person_id, form.who, form.versio.data or 0, scope=scope())
        tell("ok", _("Tiedot on muutettu."))
    except Refused as refused:
        return _page(person_id, refusal(_("Tietoja ei voi muuttaa"), refused.obstacles, scope()))
    return redirect(url_for("person.show", person_id=person_id))


@pages.post("/vapaaehtoiset/<id:person_id>/tila/<word>")
@requires(Permission.SEE_PEOPLE)
def set_standing(person_id: int, word: str) -> ResponseReturnValue:
    """Sets how a volunteer stands; leave and leaving are refused while she has coming shifts."""
    if word not in tuple(Standing):
        raise NotFound
    standing = Standing(word)
    try:
        with transaction():
            before = _get_own(person_id)
            standings.set_standing(current_actor(), person_id, standing)
            back = url_for("person.set_standing", person_id=person_id, word=before.standing)
            told = _("%(name)s on nyt: %(what)s", name=before.person.called_name, what=STANDINGS[standing])
        tell("ok", told, post=(back, _("Palauta ennalleen")) if before.standing is not standing else None)
    except Refused as refused:
        titles = {
            Standing.ON_LEAVE: _("Häntä ei voi vielä merkitä tauolle"),
            Standing.LEFT: _("Häntä ei voi vielä kirjata lopettaneeksi"),
        }
        return _page(person_id, refusal(titles.get(standing, ""), refused.obstacles, scope()))
    return redirect(url_for("person.show", person_id=person_id))


@pages.post("/vapaaehtoiset/<id:person_id>/tehtavat/<id:task_id>/hyvaksy")
@requires(Permission.SEE_PEOPLE)
def accept(person_id: int, task_id: int) -> ResponseReturnValue:
    """Accepts a person for a task that is done at the coordinator's sites."""
    try:
        with transaction():
            person = _get_own(person_id).person
            name = _own_task(task_id)
            eligibility.accept(current_actor(), person_id, task_id)
        tell(
            "ok",
            _("%(name)s on hyväksytty: %(task)s", name=person.called_name, task=name),
            post=(url_for("person.revoke", person_id=person_id, task_id=task_id), _("Peru hyväksyntä")),
        )
    except Refused as refused:
        return _page(person_id, refusal(_("Häntä ei voi hyväksyä tehtävään"), refused.obstacles, scope()))
    return redirect(url_for("person.show", person_id=person_id))


@pages.post("/vapaaehtoiset/<id:person_id>/tehtavat/<id:task_id>/peru")
@requires(Permission.SEE_PEOPLE)
def revoke(person_id: int, task_id: int) -> ResponseReturnValue:
    """Takes an acceptance back, unless she has coming shifts of the task."""
    try:
        with transaction():
            person = _get_own(person_id).person
            name = _own_task(task_id)
            standings.revoke(current_actor(), person_id, task_id)
        tell(
            "ok",
            _("%(name)s ei ole enää hyväksytty: %(task)s", name=person.called_name, task=name),
            post=(url_for("person.accept", person_id=person_id, task_id=task_id), _("Hyväksy uudelleen")),
        )
    except Refused as refused:
        return _page(person_id, refusal(_("Hyväksyntää ei voi vielä perua"), refused.obstacles, scope()))
    return redirect(url_for("person.show", person_id=person_id))


def _own_task(task_id: int) -> str:
    if task_id not in queries.tasks_done_at(scope()):
        raise NotFound
    return all_tasks()[task_id].name.in_(language())


@pages.post("/vapaaehtoiset/<id:person_id>/toimipaikka")
@requires(Permission.SEE_PEOPLE)
def take_in(person_id: int) -> ResponseReturnValue:
    """Makes a person a volunteer of one of the coordinator's sites."""
    form = TakeInForm()
    form.toimipaikka.choices = [(site.id, site.name.in_(language())) for site in sites_of(scope())]
    if not form.validate():
        raise BadInput("toimipaikka")
    try:
        with transaction():
            person = _get_seen(person_id).person
            volunteers.take_in(current_actor(), person_id, form.toimipaikka.data)
        tell("ok", _("%(name)s on nyt toimipaikan vapaaehtoinen.", name=person.called_name))
    except Refused as refused:
        return _page(person_id, refusal(_("Häntä ei voi ottaa mukaan"), refused.obstacles, scope()))
    return redirect(url_for("person.show", person_id=person_id))


@pages.post("/vapaaehtoiset/<id:person_id>/koodi")
@requires(Permission.SEE_PEOPLE)
def hand_over_code(person_id: int) -> ResponseReturnValue:
    """Makes a one-time code and shows it on a sheet to print; it is never shown again."""
    try:
        with transaction():
            person = _get_own(person_id).person
            code = print_code(current_actor(), person_id)
    except Refused as refused:
        return _page(person_id, refusal(_("Koodia ei voi tehdä"), refused.obstacles, scope()))
    return render_template("coordinator/person_code.html", person=person, paper=paper_for(person, code))
