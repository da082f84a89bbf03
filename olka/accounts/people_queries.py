"""Named reads of people and their roles, for the coordinator's and the admin's pages and for the verbs' facts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from olka.accounts.models import Person, RoleRow
from olka.accounts.people_rules import Dates, Terms, Who, fold, has_same_name, search_words
from olka.core.errors import NotFound
from olka.core.permissions import Kind
from olka.core.texts import Text3
from olka.db import db
from olka.sites.models import Place, Site

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with her contacts."""

    id: int
    given_name: str
    family_name: str
    called_name: str
    mail: str | None
    phone: str | None
    language: str
    disabled_at: datetime | None
    version: int

    @property
    def full_name(self) -> str:
        """Her given and family name."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def who(self) -> Who:
        """The same, as the rules know it."""
        return Who(self.given_name, self.family_name, self.called_name, self.mail, self.phone, self.language)


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A role with the names of its site and place, and of whom it stands in for."""

    id: int
    person_id: int
    kind: Kind
    site_id: int | None
    place_id: int | None
    starts_on: date
    ends_on: date | None
    deputy_of_id: int | None
    site_name: Text3 | None
    place_name: Text3 | None
    stands_in_for: str | None

    @property
    def terms(self) -> Terms:
        """The same, as the rules know it."""
        return Terms(self.kind, self.site_id, self.place_id, self.starts_on, self.ends_on)


_PERSON: Final[tuple[Any, ...]] = tuple(getattr(Person, name) for name in PersonRow.__slots__)


def person_rows(query_of: Select[Any]) -> list[PersonRow]:
    """Runs a select of people narrowed by the caller."""
    return [PersonRow(*row[: len(_PERSON)]) for row in db.session.execute(query_of)]


def select_people(*more: Any) -> Select[Any]:
    """Begins a select whose first columns make a PersonRow; ``person_of`` reads them back."""
    return select(*_PERSON, *more)


def person_of(row: Row[Any] | Sequence[Any]) -> PersonRow:
    """Reads the person of a row that ``select_people`` began."""
    return PersonRow(*row[: len(_PERSON)])


def get_person(person_id: int) -> PersonRow:
    """Reads a person, one whose account is closed too. Raises NotFound."""
    row = db.session.execute(select(*_PERSON).where(Person.id == person_id)).first()
    if row is None:
        raise NotFound
    return PersonRow(*row)


def found_by(search: str) -> list[ColumnElement[bool]]:
    """Gives the conditions under which a person is found: every word of the search, folded."""
    return [Person.search_key.contains(word, autoescape=True) for word in search_words(search)]


def by_name() -> tuple[Any, ...]:
    """Gives the order of lists of people."""
    return Person.family_name, Person.called_name, Person.id


def has_role(today: date, *, kind: Kind | None = None, site_ids: Collection[int] | None = None) -> ColumnElement[bool]:
    """Gives the condition of holding a role now or later: of the kind, at one of the sites (None: any)."""
    found = exists().where(RoleRow.person_id == Person.id, or_(RoleRow.ends_on.is_(None), RoleRow.ends_on >= today))
    if kind is not None:
        found = found.where(RoleRow.kind == kind)
    if site_ids is not None:
        found = found.where(RoleRow.site_id.in_(site_ids))
    return found


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people, and how many there are in all."""

    people: list[PersonRow]
    total: int
    page: int

    @property
    def has_next(self) -> bool:
        """Whether another page follows."""
        return self.page * PAGE < self.total


def accounts(
    today: date, *, search: str = "", kind: Kind | None = None, site_id: int | None = None, page: int = 1
) -> PeoplePage:
    """Lists a page of all people by name, narrowed by search and by a role held now or later."""
    query = select(*_PERSON, func.count().over()).where(*found_by(search))
    if kind is not None or site_id is not None:
        query = query.where(has_role(today, kind=kind, site_ids=None if site_id is None else {site_id}))
    rows = db.session.execute(query.order_by(*by_name()).limit(PAGE).offset((page - 1) * PAGE)).all()
    return PeoplePage([person_of(row) for row in rows], rows[0][-1] if rows else 0, page)


def people_named(search: str, limit: int) -> list[PersonRow]:
    """Lists people found by a search whose accounts are open."""
    query = select(*_PERSON).where(Person.disabled_at.is_(None), *found_by(search))
    return person_rows(query.order_by(*by_name()).limit(limit))


def people_in_kinds(today: date, kinds: Collection[Kind], limit: int) -> list[PersonRow]:
    """Lists people with open accounts who hold a role of one of the kinds now or later."""
    of_kind = or_(*(has_role(today, kind=kind) for kind in kinds))
    query = select(*_PERSON).where(Person.disabled_at.is_(None), of_kind)
    return person_rows(query.order_by(*by_name()).limit(limit))


def twins_of(who: Who, scope: frozenset[int] | None, today: date) -> list[PersonRow]:
    """Lists those who may be the same person: the same folded name anywhere, or the same mail or phone.

    Mail and phone are compared within the sites in ``scope`` (None: all), so that nobody can try whose they are.
    """
    names = {fold(name) for name in (who.given_name, who.called_name) if name}
    like_named = and_(
        Person.search_key.contains(fold(who.family_name), autoescape=True),
        or_(false(), *(Person.search_key.contains(name, autoescape=True) for name in names)),
    )
    reached = or_(Person.mail == who.mail if who.mail else false(), Person.phone == who.phone if who.phone else false())
    same_reach = and_(reached, true() if scope is None else has_role(today, site_ids=scope))
    query = select_people(same_reach).where(or_(like_named, same_reach)).order_by(*by_name())
    found = [(person_of(row), row[-1]) for row in db.session.execute(query)]
    return [person for person, reach_is_same in found if reach_is_same or has_same_name(who, person.who)]


# ---------------------------------------------------------------- roles


_Deputed: Final = aliased(RoleRow)
_Principal: Final = aliased(Person)
_ROLE: Final[tuple[Any, ...]] = (
    RoleRow.id,
    RoleRow.person_id,
    RoleRow.kind,
    RoleRow.site_id,
    RoleRow.place_id,
    RoleRow.starts_on,
    RoleRow.ends_on,
    RoleRow.deputy_of_id,
    Site.name,
    Place.name.label("place_name"),
    _Principal.called_name.label("principal"),
    _Principal.family_name.label("principal_family"),
)


def _select_roles(*more: Any) -> Select[Any]:
    return (
        select(*_ROLE, *more)
        .select_from(RoleRow)
        .outerjoin(Site, Site.id == RoleRow.site_id)
        .outerjoin(Place, Place.id == RoleRow.place_id)
        .outerjoin(_Deputed, _Deputed.id == RoleRow.deputy_of_id)
        .outerjoin(_Principal, _Principal.id == _Deputed.person_id)
        .order_by(RoleRow.starts_on.desc(), RoleRow.id)
    )


def _role_of(row: Sequence[Any]) -> RoleInfo:
    role_id, person_id, kind, site_id, place_id, starts_on, ends_on, deputy_of_id = row[:8]
    site_name, place_name, called, family = row[8:12]
    return RoleInfo(
        id=role_id,
        person_id=person_id,
        kind=kind,
        site_id=site_id,
        place_id=place_id,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy_of_id=deputy_of_id,
        site_name=site_name,
        place_name=place_name,
        stands_in_for=None if called is None else f"{called} {family}".strip(),
    )


def roles_of(person_ids: Collection[int]) -> dict[int, list[RoleInfo]]:
    """Lists every role of the people, past ones too, the latest first; a person without any is there, empty."""
    found: dict[int, list[RoleInfo]] = {person_id: [] for person_id in person_ids}
    for row in db.session.execute(_select_roles().where(RoleRow.person_id.in_(person_ids))):
        role = _role_of(row)
        found[role.person_id].append(role)
    return found


def get_role(role_id: int) -> RoleInfo:
    """Reads a role. Raises NotFound."""
    row = db.session.execute(_select_roles().where(RoleRow.id == role_id)).first()
    if row is None:
        raise NotFound
    return _role_of(row)


def deputies_of(role_ids: Collection[int]) -> dict[int, list[tuple[RoleInfo, str]]]:
    """Lists by role who stands in for it, past ones too: the deputy's role and her name."""
    found: dict[int, list[tuple[RoleInfo, str]]] = {role_id: [] for role_id in role_ids}
    query = (
        _select_roles(Person.called_name, Person.family_name)
        .join(Person, Person.id == RoleRow.person_id)
        .where(RoleRow.deputy_of_id.in_(role_ids))
    )
    for row in db.session.execute(query):
        role = _role_of(row)
        found[role.deputy_of_id or 0].append((role, f"{row[12]} {row[13]}".strip()))
    return found


def find_place_site(place_id: int | None) -> int | None:
    """Tells which site a place in use is of; None for no place."""
    if place_id is None:
        return None
    return db.session.scalar(select(Place.site_id).where(Place.id == place_id, Place.retired_on.is_(None)))


def is_site_in_use(site_id: int) -> bool:
    """Tells whether the site exists and isn't retired."""
    return db.session.scalar(select(Site.id).where(Site.id == site_id, Site.retired_on.is_(None))) is not None


def admin_dates(*, without_role: int | None = None, without_person: int | None = None) -> list[Dates]:
    """Lists the dates of the admins' roles whose people's accounts are open, less a role or a person."""
    query = (
        select(RoleRow.starts_on, RoleRow.ends_on)
        .join(Person, Person.id == RoleRow.person_id)
        .where(RoleRow.kind == Kind.ADMIN, Person.disabled_at.is_(None))
    )
    if without_role is not None:
        query = query.where(RoleRow.id != without_role)
    if without_person is not None:
        query = query.where(Person.id != without_person)
    return [(row.starts_on, row.ends_on) for row in db.session.execute(query)]
