"""Verbs on people and their roles: entering, contacts, closing an account, roles and deputies."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import delete, select, update

from olka.accounts import people_queries as queries
from olka.accounts import people_rules as rules
from olka.accounts.models import Person, RoleRow
from olka.accounts.people_rules import Dates, Terms, Who
from olka.accounts.sessions import shut_out
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor, Kind, Permission, sites_where
from olka.db import db, lock_row


def enter(actor: Actor, who: Who, *, known: str = "") -> int:
    """Enters a person and gives her id.

    Raises Refused with Twins where somebody may be the same person, unless ``known`` is their seal: the actor has
    seen these twins and found them to be others.
    """
    if actor.person_id is not None:
        lock_row(Person, actor.person_id)  # a double click waits here, and then finds the first one as a twin
    twins = queries.twins_of(who, sites_where(actor, Permission.SEE_PEOPLE), clock.today(clock.HOME_ZONE))
    found = tuple(sorted(twin.id for twin in twins))
    seal = _seal(actor, found)
    if found and not hmac.compare_digest(seal.encode(), known.encode("utf-8", "surrogatepass")):
        raise Refused(rules.Twins(found, seal))
    person = Person(
        given_name=who.given_name,
        family_name=who.family_name,
        called_name=who.called_name,
        mail=who.mail,
        phone=who.phone,
        language=who.language,
        search_key=who.search_key,
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    record(actor, "entered", "person", person.id)
    return person.id


def _seal(actor: Actor, person_ids: tuple[int, ...]) -> str:
    # A page carries this instead of the ids, which would tell how many there are at sites that aren't the reader's.
    text = f"olka-twins:{actor.person_id}:{person_ids}"
    return hmac.digest(str(current_app.secret_key).encode(), text.encode(), hashlib.sha256).hex()


def change_contacts(actor: Actor, person_id: int, who: Who, version: int, *, scope: frozenset[int] | None) -> None:
    """Changes a person's names, contacts and language, by a coordinator of the sites in ``scope`` (None: all).

    Another mail signs her out everywhere. Raises NotFound, Refused with RolesElsewhere, Conflict when she was
    changed since ``version``.
    """
    hold_account(person_id, scope)
    mail_before = queries.get_person(person_id).mail
    changed = db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.version == version)
        .values(
            given_name=who.given_name,
            family_name=who.family_name,
            called_name=who.called_name,
            mail=who.mail,
            phone=who.phone,
            language=who.language,
            search_key=who.search_key,
            version=version + 1,
        )
        .returning(Person.id)
    ).first()
    if changed is None:
        raise Conflict
    if who.mail != mail_before:
        shut_out(person_id)
    record(actor, "changed_contacts", "person", person_id)


def hold_account(person_id: int, scope: frozenset[int] | None) -> None:
    """Locks a person whose account a coordinator of the sites may handle. Raises NotFound, Refused."""
    if not lock_row(Person, person_id):
        raise NotFound
    today = clock.today(clock.HOME_ZONE)
    roles = queries.roles_of([person_id])[person_id]
    if not rules.may_handle(scope, [r.terms for r in roles if r.ends_on is None or r.ends_on >= today]):
        raise Refused(rules.RolesElsewhere())


def disable(actor: Actor, person_id: int) -> None:
    """Closes a person's account: she can't sign in, and is signed out everywhere.

    Raises NotFound, Refused with LastAdmin.
    """
    if not lock_row(Person, person_id):
        raise NotFound
    _lock_admins()
    gap = rules.obstacle_of_last_admin(
        queries.admin_dates(), queries.admin_dates(without_person=person_id), clock.today(clock.HOME_ZONE)
    )
    if gap:
        raise Refused(gap)
    _set_disabled(actor, person_id, disabled=True)
    shut_out(person_id)


def sign_out_everywhere(actor: Actor, person_id: int) -> None:
    """Signs a person out everywhere and kills the sign-ins that wait for her, her account otherwise as it was.

    For an account in wrong hands, whatever shifts are coming. Raises NotFound.
    """
    if not lock_row(Person, person_id):
        raise NotFound
    shut_out(person_id)
    record(actor, "signed_out_everywhere", "person", person_id)


def enable(actor: Actor, person_id: int) -> None:
    """Opens a closed account again. Raises NotFound."""
    if not lock_row(Person, person_id):
        raise NotFound
    _set_disabled(actor, person_id, disabled=False)


def _set_disabled(actor: Actor, person_id: int, *, disabled: bool) -> None:
    known = Person.disabled_at.is_(None) if disabled else Person.disabled_at.is_not(None)
    changed = db.session.execute(
        update(Person)
        .where(Person.id == person_id, known)
        .values(disabled_at=clock.now() if disabled else None, version=Person.version + 1)
        .returning(Person.id)
    ).first()
    if changed is not None:
        record(actor, "disabled" if disabled else "enabled", "person", person_id)


# ---------------------------------------------------------------- roles


def give_role(actor: Actor, person_id: int, terms: Terms) -> int:
    """Gives a person a role and gives its id. Raises NotFound, Refused with every obstacle."""
    if not lock_row(Person, person_id):
        raise NotFound
    _check_terms(person_id, terms)
    return _add_role(actor, person_id, terms, verb="gave_role")


def _check_terms(person_id: int, terms: Terms, *, besides: int | None = None) -> None:
    if besides is None and terms.site_id is not None and not queries.is_site_in_use(terms.site_id):
        raise NotFound
    held = [role.terms for role in queries.roles_of([person_id])[person_id] if role.id != besides]
    place_site = terms.site_id if besides is not None else queries.find_place_site(terms.place_id)
    obstacles = rules.obstacles_to_role(terms, place_site, held)
    if obstacles:
        raise Refused(*obstacles)


def _add_role(actor: Actor, person_id: int, terms: Terms, *, verb: str, deputy_of: int | None = None) -> int:
    row = RoleRow(
        person_id=person_id,
        kind=terms.kind,
        site_id=terms.site_id,
        place_id=terms.place_id,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        deputy_of_id=deputy_of,
    )
    db.session.add(row)
    db.session.flush()
    _told(actor, verb, person_id, row.id, terms)
    return row.id


def change_role(actor: Actor, role_id: int, dates: Dates, version: int) -> None:
    """Changes a role's dates, and cuts its deputies' dates to them.

    ``version`` is the person's, as the form showed it. Raises NotFound, Conflict, Refused.
    """
    role = hold_role(role_id)
    if queries.get_person(role.person_id).version != version:
        raise Conflict
    terms = Terms(role.kind, role.site_id, role.place_id, *dates)
    _check_terms(role.person_id, terms, besides=role_id)
    if role.deputy_of_id is not None:
        principal = queries.get_role(role.deputy_of_id)
        if rules.fit_within(principal.terms.dates, dates) != dates:
            raise Refused(rules.DeputyOutside(*principal.terms.dates))
    _keep_an_admin(role, dates)
    _set_dates(actor, role, dates, verb="changed_role")


def end_role(actor: Actor, role_id: int) -> None:
    """Ends a role at once: yesterday was its last day; one that hasn't begun before today goes altogether.

    Its deputies' roles end with it. Raises NotFound, Refused with LastAdmin.
    """
    role = hold_role(role_id)
    dates = ended(role.terms, clock.today(clock.HOME_ZONE))
    _keep_an_admin(role, dates)
    _set_dates(actor, role, dates, verb="ended_role")


def ended(terms: Terms, today: date) -> Dates | None:
    """Tells the dates of a role ended now; None where nothing of it is left."""
    return rules.fit_within((date.min, today - timedelta(days=1)), terms.dates)


def hold_role(role_id: int) -> queries.RoleInfo:
    """Locks the person whose role it is, and reads the role as it then stands. Raises NotFound."""
    if not lock_row(Person, queries.get_role(role_id).person_id):
        raise NotFound
    return queries.get_role(role_id)


def _keep_an_admin(role: queries.RoleInfo, dates: Dates | None) -> None:
    if role.kind is not Kind.ADMIN:
        return
    _lock_admins()
    if queries.get_person(role.person_id).disabled_at is not None:
        return
    after = queries.admin_dates(without_role=role.id) + ([dates] if dates else [])
    gap = rules.obstacle_of_last_admin(queries.admin_dates(), after, clock.today(clock.HOME_ZONE))
    if gap:
        raise Refused(gap)


def _lock_admins() -> None:
    # Two admins who end each other at once: the second waits here, and then counts without the first.
    db.session.execute(
        select(RoleRow.id).where(RoleRow.kind == Kind.ADMIN).order_by(RoleRow.id).with_for_update()
    ).all()


def _set_dates(actor: Actor, role: queries.RoleInfo, dates: Dates | None, *, verb: str) -> None:
    for deputy, _name in queries.deputies_of([role.id])[role.id]:
        left = rules.fit_within(dates, deputy.terms.dates) if dates else None
        if left != deputy.terms.dates:
            _write_dates(actor, deputy, left, verb=verb)
    _write_dates(actor, role, dates, verb=verb)


def _write_dates(actor: Actor, role: queries.RoleInfo, dates: Dates | None, *, verb: str) -> None:
    if dates is None:
        db.session.execute(delete(RoleRow).where(RoleRow.id == role.id))
    else:
        db.session.execute(update(RoleRow).where(RoleRow.id == role.id).values(starts_on=dates[0], ends_on=dates[1]))
    _told(actor, verb, role.person_id, role.id, role.terms)


def name_deputy(actor: Actor, role_id: int, deputy_id: int, dates: Dates) -> int:
    """Names a deputy for a coordinator's role between two dates, by a role of the same kind and site.

    Raises NotFound, Refused with every obstacle.
    """
    holder_id = queries.get_role(role_id).person_id
    for locked in sorted({holder_id, deputy_id}):
        if not lock_row(Person, locked):
            raise NotFound
    role = queries.get_role(role_id)
    found = rules.obstacles_to_deputy(
        role.terms,
        dates,
        is_deputy=role.deputy_of_id is not None,
        same_person=role.person_id == deputy_id,
        disabled=queries.get_person(deputy_id).disabled_at is not None,
    )
    if found:
        raise Refused(*found)
    terms = Terms(role.kind, role.site_id, role.place_id, *dates)
    _check_terms(deputy_id, terms)
    return _add_role(actor, deputy_id, terms, verb="named_deputy", deputy_of=role_id)


def _told(actor: Actor, verb: str, person_id: int, role_id: int, terms: Terms) -> None:
    # Whoever's rights change signs in anew: no page open in a browser keeps the old ones.
    shut_out(person_id)
    db.session.execute(update(Person).where(Person.id == person_id).values(version=Person.version + 1))
    record(actor, verb, "role", role_id, person_id=person_id, kind=terms.kind.value, site_id=terms.site_id)
