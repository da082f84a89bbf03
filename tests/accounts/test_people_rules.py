"""Rules on people and roles: search, twins, what a role needs, deputies, the last admin."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olka.accounts import people_rules as rules
from olka.accounts.people_rules import Dates, Terms, Who
from olka.core.permissions import Kind

D1, D2, D5, D9 = date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 5), date(2026, 12, 9)
TODAY = D2
FORSSA, RIIHIMAKI = 1, 2


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Mäkinen", "makinen"),
        ("ÅSTRÖM", "astrom"),
        ("  Nguyễn   Thị ", "nguyen thi"),
        ("Đorđević", "dordevic"),
        ("Łukasz Øst", "lukasz ost"),
        ("Straße", "strasse"),
        ("", ""),
    ],
)
def test_a_name_is_folded_to_what_a_keyboard_types(text: str, folded: str) -> None:
    assert rules.fold(text) == folded


@pytest.mark.parametrize(
    "typed", ["mäkinen", "MAKINEN aino", "040 123", "040-123 4567", "+358 40 123", "@example.org", "liisa"]
)
def test_a_person_is_found_by_name_phone_and_mail(typed: str) -> None:
    key = rules.search_key_of("Aino Liisa", "Mäkinen", "Aino", "aino@example.org", "+358401234567")
    assert all(word in key for word in rules.search_words(typed))


@given(*[st.text(max_size=80)] * 3, st.text(max_size=254))
def test_a_search_key_fits_its_column_whatever_the_names(given_name: str, family: str, called: str, mail: str) -> None:
    assert len(rules.search_key_of(given_name, family, called, mail, "+358401234567")) <= rules.SEARCH_KEY_LENGTH


def who(given_name: str = "Aino", family: str = "Mäkinen", called: str = "Aino", **contacts: Any) -> Who:
    return Who(given_name, family, called, contacts.get("mail"), contacts.get("phone"), "fi")


@pytest.mark.parametrize(
    ("one", "other", "twins"),
    [
        (who(), who(), True),
        (who(), who(family="MAKINEN"), True),
        (who("Aino Liisa", called="Liisa"), who("Liisa", called="Liisa"), True),
        (who(), who("Liisa", called="Liisa"), False),
        (who(), who(family="Mäkelä"), False),
        (who(), who("Pekka", "Salo", "Pekka"), False),
    ],
)
def test_twins_share_a_folded_family_name_and_a_first_one(one: Who, other: Who, twins: bool) -> None:
    assert rules.has_same_name(one, other) is twins
    assert rules.has_same_name(other, one) is twins


def terms(kind: Kind = Kind.COORDINATOR, site: int | None = FORSSA, place: int | None = None, *dates: Any) -> Terms:
    return Terms(kind, site, place, *(dates or (D1, None)))


@pytest.mark.parametrize(
    ("role", "place_site", "held", "found"),
    [
        (terms(), None, [], ()),
        (terms(site=None), None, [], (rules.SiteMissing,)),
        (terms(Kind.ADMIN, None), None, [], ()),
        (terms(Kind.WARD), None, [], (rules.PlaceMissing,)),
        (terms(Kind.WARD, FORSSA, 7), FORSSA, [], ()),
        (terms(Kind.WARD, FORSSA, 7), RIIHIMAKI, [], (rules.PlaceElsewhere,)),
        (terms(Kind.WARD, None), None, [], (rules.SiteMissing, rules.PlaceMissing)),
        (terms(Kind.COORDINATOR, FORSSA, None, D5, D1), None, [], (rules.EndsBeforeStart,)),
        (terms(), None, [terms()], (rules.HeldAlready,)),
        (terms(), None, [terms(Kind.VOLUNTEER)], ()),
        (terms(), None, [terms(site=RIIHIMAKI)], ()),
        (terms(Kind.COORDINATOR, FORSSA, None, D5, D9), None, [terms(Kind.COORDINATOR, FORSSA, None, D1, D2)], ()),
        (
            terms(Kind.COORDINATOR, FORSSA, None, D5, D9),
            None,
            [terms(Kind.COORDINATOR, FORSSA, None, D1, D5)],
            (rules.HeldAlready,),
        ),
    ],
)
def test_a_role_needs_its_site_its_ward_and_free_days(
    role: Terms, place_site: int | None, held: list[Terms], found: tuple[type, ...]
) -> None:
    assert tuple(map(type, rules.obstacles_to_role(role, place_site, held))) == found


@pytest.mark.parametrize(
    ("spans", "gap"),
    [
        ([], TODAY),
        ([(D1, None)], None),
        ([(D1, D5)], date(2026, 12, 6)),
        ([(D5, None)], TODAY),
        ([(D1, D5), (date(2026, 12, 6), None)], None),
        ([(D1, D5), (date(2026, 12, 7), None)], date(2026, 12, 6)),
        ([(D1, D1)], TODAY),
    ],
)
def test_the_first_day_without_anybody_is_found(spans: list[Dates], gap: date | None) -> None:
    assert rules.first_day_without(spans, TODAY) == gap


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ([(D1, None)], [], True),
        ([(D1, None)], [(D1, D1)], True),
        ([(D1, None)], [(D1, D9)], True),
        ([(D1, None), (D1, None)], [(D1, None)], False),
        ([(D1, D9)], [(D1, None)], False),
        ([(D1, D5)], [(D1, D5)], False),
        ([], [], False),
    ],
)
def test_the_last_admin_stays(before: list[Dates], after: list[Dates], refused: bool) -> None:
    assert (rules.obstacle_of_last_admin(before, after, TODAY) is not None) is refused


@pytest.mark.parametrize(
    ("role", "dates", "more", "found"),
    [
        (terms(), (D2, D5), {}, ()),
        (terms(), (D2, None), {}, (rules.EndsBeforeStart,)),
        (terms(), (D5, D2), {}, (rules.EndsBeforeStart,)),
        (terms(Kind.COORDINATOR, FORSSA, None, D2, D5), (D2, D9), {}, (rules.DeputyOutside,)),
        (terms(Kind.COORDINATOR, FORSSA, None, D2, D5), (D1, D5), {}, (rules.DeputyOutside,)),
        (terms(Kind.COORDINATOR, FORSSA, None, D2, D5), (D2, D5), {}, ()),
        (terms(Kind.VOLUNTEER), (D2, D5), {}, (rules.NoDeputyFor,)),
        (terms(), (D2, D5), {"is_deputy": True}, (rules.NoDeputyFor,)),
        (terms(), (D2, D5), {"same_person": True}, (rules.OwnDeputy,)),
        (terms(), (D2, D5), {"disabled": True}, (rules.Disabled,)),
    ],
)
def test_a_deputy_is_another_and_within_the_days(
    role: Terms, dates: Dates, more: dict[str, bool], found: tuple[type, ...]
) -> None:
    asked = {"is_deputy": False, "same_person": False, "disabled": False, **more}
    assert tuple(map(type, rules.obstacles_to_deputy(role, dates, **asked))) == found


@pytest.mark.parametrize(
    ("outer", "inner", "left"),
    [
        ((D2, D5), (D1, D9), (D2, D5)),
        ((D2, None), (D1, D9), (D2, D9)),
        ((D1, None), (D2, None), (D2, None)),
        ((D5, D9), (D1, D2), None),
        ((D1, D5), (D5, D9), (D5, D5)),
    ],
)
def test_a_deputys_days_are_cut_to_the_roles(outer: Dates, inner: Dates, left: Dates | None) -> None:
    assert rules.fit_within(outer, inner) == left


@pytest.mark.parametrize(
    ("scope", "roles", "may"),
    [
        (frozenset({FORSSA}), [terms(Kind.VOLUNTEER)], True),
        (frozenset({FORSSA}), [terms(Kind.VOLUNTEER, RIIHIMAKI)], True),
        (frozenset({FORSSA}), [terms(Kind.COORDINATOR, RIIHIMAKI)], False),
        (frozenset({FORSSA}), [terms(Kind.COORDINATOR)], True),
        (frozenset({FORSSA}), [terms(Kind.VOLUNTEER), terms(Kind.ADMIN, None)], False),
        (frozenset({FORSSA}), [], True),
        (None, [terms(Kind.ADMIN, None)], True),
    ],
)
def test_a_coordinator_handles_only_accounts_that_reach_no_further_than_hers(
    scope: frozenset[int] | None, roles: list[Terms], may: bool
) -> None:
    assert rules.may_handle(scope, roles) is may
