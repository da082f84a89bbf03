"""The demo's volunteers: who belongs where, how she is reached, how she stands and what she may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from olka.core.permissions import Kind
from olka.exchange.demo.names import Name, full_name, invent_names, is_finnish, mail_of
from olka.exchange.demo.sites import phone, sites
from olka.exchange.demo.staff import (
    COORDINATOR_OF,
    AcceptancePlan,
    PersonPlan,
    RolePlan,
    known_volunteers,
    staff,
)
from olka.volunteers.rules import Standing

VOLUNTEERS: Final = 240

# How many of the volunteers belong to which sites; the rest of them belong to the hospital alone.
_BELONG: Final = (
    (("hospital", "viipurintie"), 25),
    (("hospital", "house"), 12),
    (("hospital", "room_hameenlinna"), 10),
    (("hospital", "riihimaki"), 5),
    (("forssa",), 28),
    (("forssa", "room_forssa"), 14),
    (("riihimaki",), 28),
    (("riihimaki", "room_riihimaki"), 14),
    (("viipurintie",), 24),
    (("room_hameenlinna",), 8),
    (("house",), 8),
)

# What the volunteers of a site do: of a hundred, so many are accepted for the task.
_DO: Final = {
    "hospital": {
        "point": 62,
        "lobby": 36,
        "chat": 30,
        "play": 12,
        "peer": 10,
        "last_days": 9,
        "performer": 7,
    },
    "forssa": {"point": 75, "chat": 38, "peer": 12},
    "riihimaki": {"point": 75, "lobby": 38, "peer": 10, "performer": 6},
    "viipurintie": {"support": 72, "digital": 42, "guide": 40},
    "room_hameenlinna": {"room": 100},
    "room_forssa": {"room": 100},
    "room_riihimaki": {"room": 100},
    "house": {"performer": 60, "chat": 62},
}

_NUMBERS_FROM: Final = 1000


def people(today: date, random: Random) -> list[PersonPlan]:
    """Plans everyone: the staff, then 240 volunteers; the same for the same day and seed."""
    known = staff(today)
    own = known_volunteers(today)
    names = invent_names(random, VOLUNTEERS - len(own), {full_name(person.name) for person in known + own})
    belong = [keys for keys, count in _BELONG for _ in range(count)]
    belong += [("hospital",)] * (len(names) - len(belong))
    random.shuffle(belong)
    opened = {site.key: site.opens_on for site in sites(today)}
    made = []
    for name, site_keys in zip(names, belong, strict=True):
        joined = _joined(random, today, opened[site_keys[0]])
        made.append(_volunteer(random, today, name, site_keys, joined))
    reachable = [_reached(random, person, number) for number, person in enumerate(made)]
    return known + own + _couples(random, reachable)


def _joined(random: Random, today: date, opened: date | None) -> date:
    newcomer = random.random() < 0.08
    joined = today - timedelta(days=random.randint(8, 50) if newcomer else random.randint(100, 2200))
    return max(joined, opened) if opened else joined


def _volunteer(random: Random, today: date, name: Name, site_keys: tuple[str, ...], joined: date) -> PersonPlan:
    standing = random.choices(
        (Standing.ACTIVE, Standing.ON_LEAVE, Standing.LEFT),
        (100, 0, 0) if (today - joined).days < 90 else (86, 8, 6),
    )[0]
    since = joined if standing is Standing.ACTIVE else today - timedelta(days=random.randint(5, 75))
    return PersonPlan(
        key=full_name(name),
        name=name,
        joined_on=joined,
        roles=tuple(RolePlan(Kind.VOLUNTEER, site, joined) for site in site_keys),
        standing=standing,
        since=since,
        acceptances=_acceptances(random, today, site_keys, joined),
        shows_name=random.random() < 0.93,
        shows_phone=random.random() < 0.15,
    )


def _acceptances(random: Random, today: date, site_keys: tuple[str, ...], joined: date) -> tuple[AcceptancePlan, ...]:
    """Accepts her for some of her sites' tasks within weeks of joining; a newcomer may still be waiting."""
    found: dict[str, AcceptancePlan] = {}
    for site in site_keys:
        chosen = [task for task, share in _DO[site].items() if random.random() * 100 < share]
        for task in chosen or [next(iter(_DO[site]))]:
            accepted = joined + timedelta(days=random.randint(7, 40))
            if accepted <= today:
                found.setdefault(task, AcceptancePlan(task, COORDINATOR_OF[site], accepted))
    return tuple(_perhaps_revoked(random, today, acceptance) for acceptance in found.values())


def _perhaps_revoked(random: Random, today: date, acceptance: AcceptancePlan) -> AcceptancePlan:
    revoked = today - timedelta(days=random.randint(3, 80))
    if random.random() < 0.03 and acceptance.accepted_on < revoked:
        return replace(acceptance, revoked_on=revoked)
    return acceptance


def _reached(random: Random, person: PersonPlan, number: int) -> PersonPlan:
    """Gives most a mail address and a phone, some a phone alone, and a few neither: they are met at the point."""
    chance = random.random()
    own_phone = phone(_NUMBERS_FROM + 7 * number)
    if chance < 0.79:
        mail = mail_of(person.name.called, person.name.family)
        return replace(person, mail=mail, phone=own_phone if random.random() < 0.93 else None)
    return replace(person, phone=own_phone if chance < 0.96 else None)


def _couples(random: Random, made: list[PersonPlan]) -> list[PersonPlan]:
    """Makes couples of some neighbours in the list: one family name, and a mail address or a phone in common."""
    found = list(made)
    taken = {full_name(person.name) for person in made}
    pairs = [at for at in range(0, len(made) - 1, 2) if _alike(made[at], made[at + 1])]
    for shared, at in enumerate(random.sample(pairs, 12)):
        one, other = made[at], made[at + 1]
        name = replace(other.name, family=one.name.family)
        if full_name(name) in taken:
            continue
        taken.add(full_name(name))
        other = replace(other, name=name)
        if shared < 8:
            mail = mail_of(one.name.called, "ja", name.called, name.family)
            found[at], found[at + 1] = replace(one, mail=mail), replace(other, mail=mail)
        else:
            own_mail = mail_of(name.called, name.family) if other.mail else None
            found[at + 1] = replace(other, mail=own_mail, phone=one.phone)
    return found


def _alike(one: PersonPlan, other: PersonPlan) -> bool:
    return is_finnish(one.name) and is_finnish(other.name) and one.roles[0].site == other.roles[0].site
