"""Verbs on one's own account, and the house's first one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from olka.accounts import people_rules, queries, rules, sessions, sign_in
from olka.accounts.models import Person, RoleRow
from olka.accounts.people_queries import get_person
from olka.accounts.people_rules import search_key_of
from olka.audit.service import record
from olka.core import clock
from olka.core.errors import Refused
from olka.core.permissions import NOBODY, Actor, Kind
from olka.db import change_row, db


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person says of herself; what others may see is None where she isn't asked."""

    given_name: str
    family_name: str
    called_name: str
    phone: str | None
    language: str
    shows_name: bool | None
    shows_phone: bool | None
    shows_phone_publicly: bool | None


def save_profile(actor: Actor, profile: Profile, version: int) -> None:
    """Changes the actor's own profile. Raises Conflict when it was changed since ``version``."""
    person_id = actor.person_id or 0
    names = (profile.given_name, profile.family_name, profile.called_name)
    shown = {name: getattr(profile, name) for name in ("shows_name", "shows_phone", "shows_phone_publicly")}
    change_row(
        Person,
        person_id,
        version,
        given_name=profile.given_name,
        family_name=profile.family_name,
        called_name=profile.called_name,
        phone=profile.phone,
        language=profile.language,
        search_key=search_key_of(*names, get_person(person_id).mail, profile.phone),
        **{name: value for name, value in shown.items() if value is not None},
    )
    record(actor, "changed_profile", "person", person_id)


def sign_out(actor: Actor, token: str) -> None:
    """Ends the session of one browser of the actor's; a copy of its cookie is dead with it."""
    sessions.end_session(token)
    record(actor, "sign_out", "person", actor.person_id)


def sign_out_elsewhere(actor: Actor, token: str) -> None:
    """Ends the actor's sessions in every browser but the token's."""
    sessions.end_sessions(actor.person_id or 0, but=token)
    record(actor, "sign_out_elsewhere", "person", actor.person_id)


def create_admin(mail: str) -> str:
    """Makes the person of a mail address an admin, and the person too where nobody has it.

    Gives the path of a sign-in link that works once, for a day. Raises Refused with SharedAddress where several
    people have the address, with Disabled where the person's account is closed.
    """
    people = list(db.session.scalars(select(Person).where(Person.mail == mail).order_by(Person.id).with_for_update()))
    if len(people) > 1:
        raise Refused(rules.SharedAddress())
    person = people[0] if people else _nameless(mail)
    if person.disabled_at is not None:
        raise Refused(people_rules.Disabled())
    if not queries.holds_role(person.id, Kind.ADMIN, clock.today(clock.HOME_ZONE)):
        today = clock.today(clock.HOME_ZONE)
        role = RoleRow(person_id=person.id, kind=Kind.ADMIN, starts_on=today)
        db.session.add(role)
        db.session.flush()
        record(NOBODY, "gave_role", "role", role.id, person_id=person.id, kind=Kind.ADMIN.value)
        sessions.shut_out(person.id)
    return sign_in.hand_over(person.id, lives=rules.FIRST_LINK_LIVES).path


def _nameless(mail: str) -> Person:
    # Her own names are for her to write, on her profile; until then the address stands for them.
    name = mail.partition("@")[0][:80]
    person = Person(
        given_name=name,
        family_name="",
        called_name=name,
        mail=mail,
        search_key=search_key_of(name, "", name, mail, None),
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    record(NOBODY, "entered", "person", person.id)
    return person
