"""The people of a coordinator's sites: the list with its search, and someone new who came by paper or phone."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.accounts.people_queries import roles_of
from olka.accounts.people_rules import Twins
from olka.core import clock
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Kind, Permission
from olka.core.texts import Text3
from olka.db import transaction
from olka.eligibility.queries import tasks_accepted_of
from olka.eligibility.service import welcome
from olka.shifts import people_queries as queries
from olka.shifts.people_queries import PeopleFilter
from olka.sites.queries import SiteRow, sites_of
from olka.tasks.queries import TaskRow, all_tasks
from olka.volunteers.rules import Standing
from olka.web.errors import list_page
from olka.web.gate import current_actor, requires
from olka.web.kinds import KIND_WORDS
from olka.web.language import language
from olka.web.notes import tell
from olka.web.people_forms import NewVolunteerForm
from olka.web.people_scope import scope, shown_twins
from olka.web.people_words import STANDINGS, with_links
from olka.web.reading import read_choice, read_id, read_page, read_search

pages: Final = Blueprint("people", __name__)


@pages.get("/vapaaehtoiset")
@requires(Permission.SEE_PEOPLE)
def list_people() -> ResponseReturnValue:
    """Lists the people of her sites, found by name, mail or phone, with what they may do and when they come."""
    own, now = scope(), clock.now()
    sites, tasks = {site.id: site for site in sites_of(own)}, all_tasks()
    wish = _read_wish(sites, tasks)
    found = queries.people_of(own, wish, today=clock.today(clock.HOME_ZONE), now=now, page=read_page())
    ids = [listed.person.id for listed in found.people]
    shown = render_template(
        "coordinator/people.html",
        found=found,
        wish=wish,
        sites=sites,
        site_options=[(site.id, site.name.in_(language())) for site in sites.values()],
        task_options=[(t.id, t.name.in_(language())) for t in tasks.values() if t.retired_on is None],
        kinds=KIND_WORDS,
        standings=STANDINGS,
        tasks=_tasks_in_words(ids, tasks),
        places=_sites_in_words(ids),
        coming={
            person_id: with_links([shift], own)[0] for person_id, shift in queries.next_shifts_of(ids, now).items()
        },
    )
    return list_page(shown, past_end=found.page > 1 and not found.people)


def _read_wish(sites: dict[int, SiteRow], tasks: dict[int, TaskRow]) -> PeopleFilter:
    kind, standing = read_choice("tunnus", tuple(Kind)), read_choice("tila", tuple(Standing))
    site_id, task_id = read_id("toimipaikka"), read_id("tehtava")
    if (site_id is not None and site_id not in sites) or (task_id is not None and task_id not in tasks):
        raise NotFound
    return PeopleFilter(
        search=read_search(),
        site_id=site_id,
        kind=Kind(kind) if kind else None,
        task_id=task_id,
        standing=Standing(standing) if standing else None,
    )


def _tasks_in_words(ids: list[int], tasks: dict[int, TaskRow]) -> dict[int, list[Text3]]:
    return {
        person_id: [tasks[task_id].name for task_id in accepted]
        for person_id, accepted in tasks_accepted_of(ids).items()
    }


def _sites_in_words(ids: list[int]) -> dict[int, dict[int, Text3]]:
    today = clock.today(clock.HOME_ZONE)
    return {
        person_id: {
            role.site_id: role.site_name
            for role in roles
            if role.site_id is not None
            and role.site_name is not None
            and (role.ends_on is None or role.ends_on >= today)
        }
        for person_id, roles in roles_of(ids).items()
    }


@pages.get("/vapaaehtoiset/uusi")
@requires(Permission.SEE_PEOPLE)
def new() -> ResponseReturnValue:
    """Shows the form for someone who came by paper or phone."""
    form = _new_form()
    if len(form.toimipaikat.choices) == 1:
        form.toimipaikat.data = [form.toimipaikat.choices[0][0]]
    return _new_page(form)


@pages.post("/vapaaehtoiset/uusi")
@requires(Permission.SEE_PEOPLE)
def enter() -> ResponseReturnValue:
    """Enters a volunteer, once those who may be the same person have been looked at."""
    form = _new_form()
    if not form.validate():
        return _new_page(form)
    try:
        with transaction():
            person_id = welcome(
                current_actor(),
                form.who,
                site_ids=form.toimipaikat.data,
                task_ids=form.tehtavat.data,
                known=form.known,
            )
        tell("ok", _("%(name)s on nyt mukana.", name=form.who.called_name))
    except Refused as refused:
        return _new_page(form, *(o for o in refused.obstacles if isinstance(o, Twins)))
    return redirect(url_for("person.show", person_id=person_id))


def _new_form() -> NewVolunteerForm:
    own, tongue = scope(), language()
    done = queries.tasks_done_at(own)
    form = NewVolunteerForm()
    form.toimipaikat.choices = [(site.id, site.name.in_(tongue)) for site in sites_of(own)]
    form.tehtavat.choices = [(t.id, t.name.in_(tongue)) for t in all_tasks().values() if t.id in done]
    return form


def _new_page(form: NewVolunteerForm, twins: Twins | None = None) -> ResponseReturnValue:
    return render_template("coordinator/people_new.html", form=form, **shown_twins(twins))
