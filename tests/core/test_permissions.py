"""Who may do what: the whole table, and how sites and dates limit it."""

from __future__ import annotations

from datetime import date

import pytest

from olka.core.permissions import NOBODY, Actor, Kind, Permission, Role, may, sites_where

TABLE = {
    # kind: what it may, beside being signed in
    Kind.VOLUNTEER: {"TAKE_SHIFTS"},
    Kind.COORDINATOR: {"RUN_ROTA", "SEE_PEOPLE", "KEEP_PLACES"},
    Kind.EMPLOYEE: set(),
    Kind.ASSOCIATION: set(),
    Kind.WARD: set(),
    Kind.ADMIN: {"RUN_ROTA", "SEE_PEOPLE", "KEEP_PLACES", "KEEP_HOUSE"},
}
FORSSA, RIIHIMAKI = 1, 2


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("permission", list(Permission))
def test_each_kind_may_what_the_table_says(kind: Kind, permission: Permission) -> None:
    actor = Actor(7, (Role(kind, FORSSA),))
    always = {"ANYONE", "SIGNED_IN"}
    assert may(actor, permission) is (permission.name in TABLE[kind] | always)


@pytest.mark.parametrize("permission", list(Permission))
def test_nobody_may_only_what_anyone_may(permission: Permission) -> None:
    assert may(NOBODY, permission) is (permission is Permission.ANYONE)


@pytest.mark.parametrize(
    ("sites", "asked", "expected"),
    [
        ((FORSSA,), FORSSA, True),
        ((FORSSA,), RIIHIMAKI, False),
        ((FORSSA, RIIHIMAKI), RIIHIMAKI, True),
        ((None,), FORSSA, True),
    ],
)
def test_a_role_holds_at_its_sites(sites: tuple[int | None, ...], asked: int, expected: bool) -> None:
    actor = Actor(7, tuple(Role(Kind.COORDINATOR, site) for site in sites))
    assert may(actor, Permission.RUN_ROTA, asked) is expected


def test_several_kinds_add_up() -> None:
    actor = Actor(7, (Role(Kind.VOLUNTEER, FORSSA), Role(Kind.COORDINATOR, RIIHIMAKI)))
    assert may(actor, Permission.TAKE_SHIFTS, FORSSA)
    assert not may(actor, Permission.TAKE_SHIFTS, RIIHIMAKI)
    assert may(actor, Permission.RUN_ROTA, RIIHIMAKI)
    assert sites_where(actor, Permission.RUN_ROTA) == frozenset({RIIHIMAKI})
    assert sites_where(Actor(7, (Role(Kind.ADMIN),)), Permission.RUN_ROTA) is None
    assert sites_where(NOBODY, Permission.RUN_ROTA) == frozenset()


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (None, None, True),
        (date(2026, 11, 24), date(2026, 11, 24), True),
        (date(2026, 11, 25), None, False),
        (None, date(2026, 11, 23), False),
        (date(2026, 11, 1), date(2026, 12, 1), True),
    ],
)
def test_both_ends_of_a_role_belong_to_it(starts: date | None, ends: date | None, holds: bool) -> None:
    assert Role(Kind.COORDINATOR, FORSSA, None, starts, ends).holds_on(date(2026, 11, 24)) is holds
