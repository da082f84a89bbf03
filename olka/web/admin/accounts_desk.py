"""The admin's accounts: who has which role where and when, deputies, new people, accounts closed and opened."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from olka.accounts import people_queries as queries
from olka.accounts import people_service, second_factor
from olka.accounts.people_queries import PersonRow, RoleInfo
from olka.accounts.people_rules import Twins
from olka.core import clock, wording
from olka.core.errors import NotFound, Refused
from olka.core.permissions import Kind, Permission
from olka.db import transaction
from olka.shifts import standing as standings
from olka.sites.queries import places_of, sites_of
from olka.sites.rules import PlaceKind
from olka.volunteers import service as volunteers
from olka.web.errors import list_page
from olka.web.gate import current_actor, requires
from olka.web.kinds import KIND_WORDS
from olka.web.language import language
from olka.web.notes import tell
from olka.web.people_forms import DatesForm, DeputyForm, NewAccountForm, RoleFields
from olka.web.people_scope import shown_twins
from olka.web.people_words import Refusal, dates_in_words, refusal
from olka.web.reading import read_choice, read_id, read_page, read_search

pages: Final = Blueprint("accounts_desk", __name__)

CANDIDATES: Final = 20


def _today() -> date:
    return clock.today(clock.HOME_ZONE)


@pages.get("/hallinta/tunnukset")
@requires(Permission.KEEP_HOUSE)
def list_accounts() -> ResponseReturnValue:
    """Lists everybody with her roles, found by name, mail or phone, kind and site."""
    sites = {site.id: site for site in sites_of(None, retired=True)}
    kind, site_id, search = read_choice("tunnus", tuple(Kind)), read_id("toimipaikka"), read_search()
    if site_id is not None and site_id not in sites:
        raise NotFound
    found = queries.accounts(
        _today(), search=search, kind=Kind(kind) if kind else None, site_id=site_id, page=read_page()
    )
    roles = queries.roles_of([person.id for person in found.people])
    shown = render_template(
        "admin/accounts.html",
        found=found,
        roles={person_id: _current(held) for person_id, held in roles.items()},
        search=search,
        kind=kind,
        site_id=site_id,
        site_options=[(site.id, site.name.in_(language())) for site in sites.values()],
        kinds=KIND_WORDS,
        dates=dates_in_words,
        today=_today(),
    )
    return list_page(shown, past_end=found.page > 1 and not found.people)


def _current(roles: list[RoleInfo]) -> list[RoleInfo]:
    return [role for role in roles if role.ends_on is None or role.ends_on >= _today()]


@pages.get("/hallinta/tunnukset/uusi")
@requires(Permission.KEEP_HOUSE)
def new() -> ResponseReturnValue:
    """Shows the form for a person with her first role."""
    form = _offered(NewAccountForm(alkaa=_today()))
    return render_template("admin/accounts_new.html", form=form, refused=None, **shown_twins(None))


@pages.post("/hallinta/tunnukset/uusi")
@requires(Permission.KEEP_HOUSE)
def enter() -> ResponseReturnValue:
    """Enters a person with her first role, once those who may be the same person have been looked at."""
    form = _offered(NewAccountForm())
    refused, twins = None, None
    if form.validate():
        try:
            with transaction():
                person_id = volunteers.enter_with_role(current_actor(), form.who, form.terms, known=form.known)
            tell("ok", _("%(name)s on lisätty.", name=form.who.called_name))
            return redirect(url_for("accounts_desk.show", person_id=person_id))
        except Refused as no:
            twins = next((o for o in no.obstacles if isinstance(o, Twins)), None)
            refused = None if twins else refusal(_("Roolia ei voi antaa näin"), no.obstacles, None)
    return render_template("admin/accounts_new.html", form=form, refused=refused, **shown_twins(twins))


def _offered(form: Any) -> Any:
    tongue = language()
    form.offer(
        [(site.id, site.name.in_(tongue)) for site in sites_of(None)],
        [
            (place.id, f"{place.site_short_name.in_(tongue)}: {place.name.in_(tongue)}")
            for place in places_of(None)
            if place.kind is PlaceKind.WARD
        ],
    )
    return form


# ---------------------------------------------------------------- one person


@pages.get("/hallinta/tunnukset/<id:person_id>")
@requires(Permission.KEEP_HOUSE)
def show(person_id: int) -> ResponseReturnValue:
    """Shows a person's roles, past ones too, and what can be done about them."""
    return _account_page(person_id)


def _account_page(
    person_id: int, form: RoleFields | None = None, refused: Refusal | None = None
) -> ResponseReturnValue:
    person, roles = queries.get_person(person_id), queries.roles_of([person_id])[person_id]
    current = _current(roles)
    deputies = queries.deputies_of([role.id for role in current])
    return render_template(
        "admin/account.html",
        person=person,
        form=form or _offered(RoleFields(formdata=None, alkaa=_today())),
        refused=refused,
        roles=current,
        past=[role for role in roles if role not in current],
        deputies={
            role_id: [(deputy, name) for deputy, name in named if _current([deputy])]
            for role_id, named in deputies.items()
        },
        kinds=KIND_WORDS,
        dates=dates_in_words,
        has_second_factor=second_factor.is_in_use(person_id),
        today=_today(),
    )


@pages.post("/hallinta/tunnukset/<id:person_id>/roolit")
@requires(Permission.KEEP_HOUSE)
def give_role(person_id: int) -> ResponseReturnValue:
    """Gives a person a role: kind, site, a ward contact's place, from, until."""
    queries.get_person(person_id)
    form = _offered(RoleFields())
    if not form.validate():
        return _account_page(person_id, form)
    try:
        with transaction():
            volunteers.give_role(current_actor(), person_id, form.terms)
        tell("ok", _("Rooli on annettu."), _("Hän kirjautuu uudelleen ja näkee sitten uudet sivunsa."))
    except Refused as refused:
        return _account_page(person_id, form, refusal(_("Roolia ei voi antaa näin"), refused.obstacles, None))
    return redirect(url_for("accounts_desk.show", person_id=person_id))


@pages.post("/hallinta/tunnukset/<id:person_id>/sulje")
@requires(Permission.KEEP_HOUSE)
def disable(person_id: int) -> ResponseReturnValue:
    """Closes a person's account and signs her out."""
    try:
        with transaction():
            standings.disable(current_actor(), person_id)
        tell(
            "ok",
            _("Tunnus on suljettu."),
            _("Hän ei pääse enää kirjautumaan."),
            post=(url_for("accounts_desk.enable", person_id=person_id), _("Avaa tunnus")),
        )
    except Refused as refused:
        no = refusal(_("Tunnusta ei voi vielä sulkea"), refused.obstacles, None)
        return _account_page(person_id, refused=no)
    return redirect(url_for("accounts_desk.show", person_id=person_id))


@pages.post("/hallinta/tunnukset/<id:person_id>/avaa")
@requires(Permission.KEEP_HOUSE)
def enable(person_id: int) -> ResponseReturnValue:
    """Opens a closed account again."""
    with transaction():
        people_service.enable(current_actor(), person_id)
    tell("ok", _("Tunnus on auki."), _("Hän voi taas kirjautua."))
    return redirect(url_for("accounts_desk.show", person_id=person_id))


@pages.post("/hallinta/tunnukset/<id:person_id>/kirjaa-ulos")
@requires(Permission.KEEP_HOUSE)
def sign_out_everywhere(person_id: int) -> ResponseReturnValue:
    """Ends a person's sessions and waiting sign-ins at once, whatever shifts she has."""
    with transaction():
        people_service.sign_out_everywhere(current_actor(), person_id)
    tell("ok", _("Hänet on kirjattu ulos kaikkialta."), _("Hänelle aiemmin annetut linkit ja koodit eivät enää toimi."))
    return redirect(url_for("accounts_desk.show", person_id=person_id))


@pages.post("/hallinta/tunnukset/<id:person_id>/vahvistus")
@requires(Permission.KEEP_HOUSE)
def reset_second_factor(person_id: int) -> ResponseReturnValue:
    """Takes a lost phone out of use: she takes a new one into use when she next signs in."""
    with transaction():
        second_factor.reset(current_actor(), person_id)
    tell("ok", _("Vahvistus on nollattu."), _("Hän ottaa sovelluksen käyttöön uudelleen, kun hän kirjautuu."))
    return redirect(url_for("accounts_desk.show", person_id=person_id))


# ---------------------------------------------------------------- one role


@pages.get("/hallinta/tunnukset/roolit/<id:role_id>")
@requires(Permission.KEEP_HOUSE)
def show_role(role_id: int) -> ResponseReturnValue:
    """Shows a role's dates and deputies for changing; ``haku`` finds a deputy."""
    return _role_page(queries.get_role(role_id))


def _role_page(
    role: RoleInfo,
    form: DatesForm | None = None,
    deputy_form: DeputyForm | None = None,
    refused: Refusal | None = None,
) -> ResponseReturnValue:
    person = queries.get_person(role.person_id)
    known = DatesForm(formdata=None, alkaa=role.starts_on, paattyy=role.ends_on, versio=person.version)
    return render_template(
        "admin/account_role.html",
        person=person,
        role=role,
        form=form or known,
        deputy_form=deputy_form or _deputy_form(role, filled=False),
        refused=refused,
        deputies=queries.deputies_of([role.id])[role.id],
        is_past=not _current([role]),
        can_have_deputy=role.kind is Kind.COORDINATOR and role.deputy_of_id is None,
        search=read_search(),
        kinds=KIND_WORDS,
        dates=dates_in_words,
    )


def _deputy_form(role: RoleInfo, *, filled: bool) -> DeputyForm:
    form = DeputyForm() if filled else DeputyForm(formdata=None)
    form.sijainen.choices = [(person.id, _in_list(person)) for person in _candidates() if person.id != role.person_id]
    return form


def _candidates() -> list[PersonRow]:
    """Lists those whom a search finds; without one, those who coordinate or work somewhere already."""
    if search := read_search():
        return queries.people_named(search, CANDIDATES)
    return queries.people_in_kinds(_today(), (Kind.COORDINATOR, Kind.EMPLOYEE), CANDIDATES)


def _in_list(person: PersonRow) -> str:
    reach = person.mail or (wording.phone(person.phone) if person.phone else "")
    return f"{person.full_name}, {reach}" if reach else person.full_name


@pages.post("/hallinta/tunnukset/roolit/<id:role_id>")
@requires(Permission.KEEP_HOUSE)
def change_role(role_id: int) -> ResponseReturnValue:
    """Changes a role's dates; its deputies' are cut to them."""
    role, form = queries.get_role(role_id), DatesForm()
    if not form.validate():
        return _role_page(role, form)
    try:
        with transaction():
            standings.change_role(current_actor(), role_id, form.dates, form.versio.data or 0)
        tell("ok", _("Roolin päivät on muutettu."))
    except Refused as refused:
        return _role_page(role, form, refused=refusal(_("Päiviä ei voi muuttaa näin"), refused.obstacles, None))
    return redirect(url_for("accounts_desk.show", person_id=role.person_id))


@pages.post("/hallinta/tunnukset/roolit/<id:role_id>/paata")
@requires(Permission.KEEP_HOUSE)
def end_role(role_id: int) -> ResponseReturnValue:
    """Ends a role at once."""
    role = queries.get_role(role_id)
    try:
        with transaction():
            standings.end_role(current_actor(), role_id)
        tell("ok", _("Rooli on päätetty."), _("Hän on kirjautunut ulos kaikkialta."))
    except Refused as refused:
        return _role_page(role, refused=refusal(_("Roolia ei voi vielä päättää"), refused.obstacles, None))
    return redirect(url_for("accounts_desk.show", person_id=role.person_id))


@pages.post("/hallinta/tunnukset/roolit/<id:role_id>/sijainen")
@requires(Permission.KEEP_HOUSE)
def name_deputy(role_id: int) -> ResponseReturnValue:
    """Names a deputy for a coordinator's role between two days."""
    role = queries.get_role(role_id)
    form = _deputy_form(role, filled=True)
    if not form.validate():
        return _role_page(role, deputy_form=form)
    try:
        with transaction():
            people_service.name_deputy(current_actor(), role_id, form.sijainen.data, form.dates)
        tell("ok", _("Sijainen on nimetty: %(dates)s.", dates=dates_in_words(form.dates)))
    except Refused as refused:
        no = refusal(_("Sijaista ei voi nimetä näin"), refused.obstacles, None)
        return _role_page(role, deputy_form=form, refused=no)
    return redirect(url_for("accounts_desk.show_role", role_id=role_id, haku=request.args.get("haku")))
