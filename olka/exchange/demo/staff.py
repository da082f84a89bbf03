"""The demo's coordinators, employees, representatives, ward contacts and admins, and its two best-known volunteers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from olka.core.permissions import Kind
from olka.exchange.demo.names import Name, mail_of
from olka.exchange.demo.sites import phone
from olka.volunteers.rules import Standing


@dataclass(frozen=True, slots=True)
class RolePlan:
    """A role to be loaded; ``deputy_of`` names the person whose role at the same site it stands in for."""

    kind: Kind
    site: str | None
    starts_on: date
    ends_on: date | None = None
    place: str | None = None
    deputy_of: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptancePlan:
    """An acceptance for a task, by the person named, perhaps taken back."""

    task: str
    by: str
    accepted_on: date
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """A person to be loaded with all that is hers; ``standing`` is None for someone who is no volunteer."""

    key: str
    name: Name
    joined_on: date
    roles: tuple[RolePlan, ...]
    mail: str | None = None
    phone: str | None = None
    standing: Standing | None = None
    since: date | None = None
    acceptances: tuple[AcceptancePlan, ...] = ()
    demo: bool = False
    shows_name: bool = True
    shows_phone: bool = False
    shows_phone_publicly: bool = False

    def may_do(self, task: str, site: str, day: date) -> bool:
        """Tells whether she could be on a shift of the task at the site on the day: active, accepted, of the site."""
        if self.standing is None or self.since is None:
            return False
        if self.standing is not Standing.ACTIVE and day >= self.since:
            return False
        return self.is_volunteer_at(site, day) and self.accepted_since(task, day) is not None

    def is_volunteer_at(self, site: str, day: date) -> bool:
        """Tells whether she is the site's volunteer on the day."""
        return any(r.kind is Kind.VOLUNTEER and r.site == site and r.starts_on <= day for r in self.roles)

    def accepted_since(self, task: str, day: date) -> date | None:
        """Tells since when she has been accepted for the task, None where she isn't on the day."""
        for a in self.acceptances:
            if a.task == task and a.accepted_on <= day and (a.revoked_on is None or day < a.revoked_on):
                return a.accepted_on
        return None


HAMEENLINNA: Final = ("hospital", "assi", "viipurintie", "room_hameenlinna", "house")

# Who runs which site, and so who has accepted its volunteers.
COORDINATOR_OF: Final = {
    **dict.fromkeys(HAMEENLINNA, "hanna"),
    "forssa": "johanna",
    "room_forssa": "johanna",
    "riihimaki": "petri",
    "room_riihimaki": "petri",
}

MARJATTA: Final = "marjatta"
EERO: Final = "eero"


def staff(today: date) -> list[PersonPlan]:
    """Lists everyone but the volunteers; one of each kind is marked for the demo's sign-in buttons."""
    long_ago = today - timedelta(days=900)
    monday = today + timedelta(days=7 - today.weekday())

    def held(kind: Kind, *site_keys: str) -> tuple[RolePlan, ...]:
        return tuple(RolePlan(kind, site, long_ago) for site in site_keys)

    def standing_in(site: str) -> RolePlan:
        return RolePlan(Kind.COORDINATOR, site, monday, monday + timedelta(days=11), deputy_of="hanna")

    def at_ward(site: str, place: str) -> tuple[RolePlan, ...]:
        return (RolePlan(Kind.WARD, site, long_ago, place=place),)

    former = RolePlan(Kind.COORDINATOR, "riihimaki", today - timedelta(days=1200), long_ago - timedelta(days=1))
    people: tuple[tuple[str, str, str, tuple[RolePlan, ...], bool], ...] = (
        ("hanna", "Hanna", "Laine", held(Kind.COORDINATOR, *HAMEENLINNA), True),
        ("johanna", "Johanna", "Kivelä", held(Kind.COORDINATOR, "forssa", "room_forssa"), False),
        ("petri", "Petri", "Luoma", held(Kind.COORDINATOR, "riihimaki", "room_riihimaki"), False),
        ("former", "Arja", "Nikkilä", (former,), False),
        ("mika", "Mika", "Aalto", held(Kind.EMPLOYEE, "viipurintie"), True),
        ("sanna", "Sanna", "Pajula", held(Kind.EMPLOYEE, "viipurintie"), False),
        (
            "outi",
            "Outi",
            "Rantala",
            (*held(Kind.EMPLOYEE, "viipurintie"), standing_in("hospital"), standing_in("viipurintie")),
            False,
        ),
        ("leena", "Leena", "Vilkman", held(Kind.ASSOCIATION, "hospital"), True),
        ("pauli", "Pauli", "Oksala", held(Kind.ASSOCIATION, "forssa"), False),
        ("tiina", "Tiina", "Haapala", held(Kind.ASSOCIATION, "riihimaki"), False),
        ("satu", "Satu", "Heino", at_ward("hospital", "children"), True),
        ("minna", "Minna", "Kauppila", at_ward("hospital", "medical"), False),
        ("joonas", "Joonas", "Jokela", at_ward("forssa", "forssa_ward"), False),
        ("riikka", "Riikka", "Salmela", (RolePlan(Kind.ADMIN, None, long_ago),), True),
        ("jukka", "Jukka", "Siltala", (RolePlan(Kind.ADMIN, None, long_ago),), False),
    )
    return [
        PersonPlan(
            key=key,
            name=Name(called, called, family),
            joined_on=min(role.starts_on for role in roles),
            roles=roles,
            mail=mail_of(called, family),
            phone=phone(100 + number),
            demo=demo,
            shows_phone_publicly=any(role.kind is Kind.COORDINATOR for role in roles),
        )
        for number, (key, called, family, roles, demo) in enumerate(people)
    ]


def known_volunteers(today: date) -> list[PersonPlan]:
    """Lists the volunteer behind the demo's button, not accepted as a play companion, and her companion on shifts."""
    joined = today - timedelta(days=1100)
    accepted = joined + timedelta(days=30)

    def volunteer(key: str, name: Name, number: int, *site_keys: str, tasks: tuple[str, ...]) -> PersonPlan:
        return PersonPlan(
            key=key,
            name=name,
            joined_on=joined,
            roles=tuple(RolePlan(Kind.VOLUNTEER, site, joined) for site in site_keys),
            mail=mail_of(name.called, name.family),
            phone=phone(number),
            standing=Standing.ACTIVE,
            since=accepted,
            acceptances=tuple(AcceptancePlan(task, COORDINATOR_OF[site_keys[0]], accepted) for task in tasks),
            demo=key == MARJATTA,
            shows_phone=True,
        )

    return [
        volunteer(
            MARJATTA,
            Name("Aino Marjatta", "Marjatta", "Lehtonen"),
            200,
            *("hospital", "viipurintie"),
            tasks=("point", "lobby", "digital"),
        ),
        volunteer(EERO, Name("Eero", "Eero", "Salminen"), 201, "hospital", tasks=("point", "lobby")),
    ]
