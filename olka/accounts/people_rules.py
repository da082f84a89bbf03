"""Pure decisions on people and their roles: names folded for search, twins, what a role needs, deputies, last admin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from olka.core.permissions import Kind

SEARCH_KEY_LENGTH: Final = 400
_PLAIN: Final = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
_NUMBER: Final = re.compile(r"\+?[0-9][0-9 ()\-]*")

Dates = tuple[date, date | None]


def fold(text: str) -> str:
    """Brings a text to the form in which it is searched: small letters, no accents, single blanks."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in spread if not unicodedata.combining(char))
    return " ".join(bare.translate(_PLAIN).split())


def search_key_of(given_name: str, family_name: str, called_name: str, mail: str | None, phone: str | None) -> str:
    """Makes what a person is found by: names, phone in both its forms, mail; family name first."""
    national = f"0{phone[4:]}" if phone and phone.startswith("+358") else ""
    parts = (family_name, called_name, given_name, phone or "", national, mail or "")
    return fold(" ".join(part for part in parts if part))[:SEARCH_KEY_LENGTH]


def search_words(typed: str) -> tuple[str, ...]:
    """Splits a search into the words that must all be there; a phone number is one word, blanks or not."""
    folded = fold(typed)
    if _NUMBER.fullmatch(folded):
        return (re.sub("[^0-9]", "", folded),)
    return tuple(folded.split())


@dataclass(frozen=True, slots=True)
class Who:
    """A person's names, contacts and language, as typed and cleaned."""

    given_name: str
    family_name: str
    called_name: str
    mail: str | None
    phone: str | None
    language: str

    @property
    def search_key(self) -> str:
        """What she is found by."""
        return search_key_of(self.given_name, self.family_name, self.called_name, self.mail, self.phone)


def has_same_name(one: Who, other: Who) -> bool:
    """Tells whether two may be the same person by their folded names."""
    return fold(one.family_name) == fold(other.family_name) and not _first_names(one).isdisjoint(_first_names(other))


def _first_names(who: Who) -> set[str]:
    return {name for name in (fold(who.given_name), fold(who.called_name)) if name}


# ---------------------------------------------------------------- roles


@dataclass(frozen=True, slots=True)
class Terms:
    """What a role is to be: an account kind at a site (admin: none), at a place for wards, both dates included."""

    kind: Kind
    site_id: int | None
    place_id: int | None
    starts_on: date
    ends_on: date | None = None

    @property
    def dates(self) -> Dates:
        """The first and the last day."""
        return self.starts_on, self.ends_on

    def covers(self, day: date) -> bool:
        """Tells whether the role is in force on the day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def meets(self, other: Terms) -> bool:
        """Tells whether both are in force on some day."""
        return (other.ends_on is None or self.starts_on <= other.ends_on) and (
            self.ends_on is None or other.starts_on <= self.ends_on
        )


@dataclass(frozen=True, slots=True)
class Twins:
    """Somebody who is here already may be the same person; the seal says later that these ones were shown."""

    person_ids: tuple[int, ...]
    seal: str


@dataclass(frozen=True, slots=True)
class SiteMissing:
    """Every kind but the admin's belongs to a site."""


@dataclass(frozen=True, slots=True)
class PlaceMissing:
    """A ward contact belongs to a ward of the site."""


@dataclass(frozen=True, slots=True)
class PlaceElsewhere:
    """The place named is not one of the site's."""


@dataclass(frozen=True, slots=True)
class EndsBeforeStart:
    """The last day comes before the first."""


@dataclass(frozen=True, slots=True)
class HeldAlready:
    """She has the same role on some of the same days."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class LastAdmin:
    """Nobody would be left to keep the house from this day on."""

    day: date


@dataclass(frozen=True, slots=True)
class OwnDeputy:
    """Nobody is her own deputy."""


@dataclass(frozen=True, slots=True)
class NoDeputyFor:
    """Only a coordinator's own role, not a deputy's, can have a deputy."""


@dataclass(frozen=True, slots=True)
class DeputyOutside:
    """The deputy's days must lie within the role's own."""

    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Disabled:
    """The person's account is closed."""


@dataclass(frozen=True, slots=True)
class RolesElsewhere:
    """She has duties at sites that are not the coordinator's, so only an admin may handle her account."""


RoleObstacle = SiteMissing | PlaceMissing | PlaceElsewhere | EndsBeforeStart | HeldAlready


def obstacles_to_role(terms: Terms, place_site_id: int | None, held: Iterable[Terms]) -> tuple[RoleObstacle, ...]:
    """Lists what keeps a role from being given or changed so; ``held`` are the person's other roles."""
    found: list[RoleObstacle] = []
    if terms.kind is not Kind.ADMIN and terms.site_id is None:
        found.append(SiteMissing())
    if terms.kind is Kind.WARD and terms.place_id is None:
        found.append(PlaceMissing())
    if terms.place_id is not None and terms.site_id is not None and place_site_id != terms.site_id:
        found.append(PlaceElsewhere())
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        found.append(EndsBeforeStart())
        return tuple(found)
    found.extend(
        HeldAlready(*other.dates)
        for other in held
        if (other.kind, other.site_id, other.place_id) == (terms.kind, terms.site_id, terms.place_id)
        and other.meets(terms)
    )
    return tuple(found)


def first_day_without(spans: Sequence[Dates], today: date) -> date | None:
    """Finds the first day from today on that none of the spans covers; None where there is none."""
    day = today
    while True:
        ends = [end for start, end in spans if start <= day and (end is None or end >= day)]
        if not ends:
            return day
        if None in ends:
            return None
        day = max(end for end in ends if end is not None) + timedelta(days=1)


def obstacle_of_last_admin(before: Sequence[Dates], after: Sequence[Dates], today: date) -> LastAdmin | None:
    """Finds the day from which a change would leave the house without an admin sooner than it is now."""
    gap = first_day_without(after, today)
    known = first_day_without(before, today)
    if gap is None or (known is not None and known <= gap):
        return None
    return LastAdmin(gap)


def obstacles_to_deputy(
    role: Terms, dates: Dates, *, is_deputy: bool, same_person: bool, disabled: bool
) -> tuple[NoDeputyFor | OwnDeputy | Disabled | EndsBeforeStart | DeputyOutside, ...]:
    """Lists what keeps a person from being the deputy of a role between two dates."""
    starts_on, ends_on = dates
    found: list[NoDeputyFor | OwnDeputy | Disabled | EndsBeforeStart | DeputyOutside] = []
    if role.kind is not Kind.COORDINATOR or is_deputy:
        found.append(NoDeputyFor())
    if same_person:
        found.append(OwnDeputy())
    if disabled:
        found.append(Disabled())
    if ends_on is None or ends_on < starts_on:
        found.append(EndsBeforeStart())
    elif fit_within(role.dates, dates) != dates:
        found.append(DeputyOutside(*role.dates))
    return tuple(found)


def fit_within(outer: Dates, inner: Dates) -> Dates | None:
    """Cuts the inner dates to the outer ones; None where nothing of them is left."""
    start = max(outer[0], inner[0])
    ends = [end for end in (outer[1], inner[1]) if end is not None]
    end = min(ends) if ends else None
    return None if end is not None and end < start else (start, end)


def may_handle(scope: frozenset[int] | None, roles: Iterable[Terms]) -> bool:
    """Tells whether a coordinator of the sites may change a person's contacts or hand her a sign-in.

    Whoever does can sign in as that person, so the person's duties must lie within the coordinator's own
    sites (None: all). A volunteer's role anywhere is no duty in this sense. ``roles`` hold now or later.
    """
    return scope is None or all(role.kind is Kind.VOLUNTEER or role.site_id in scope for role in roles)
