"""Who sets out on a journey, and the shift she comes for: fresh ones for each test, at the world's first site."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from olka.accounts.models import Person
from tests import factories
from tests.live import Live
from tests.world import World


@dataclass(frozen=True)
class Traveller:
    """A person of the journey's own."""

    id: int
    mail: str
    called: str
    full_name: str


def _called() -> str:
    return "Anni" + "".join(secrets.choice("aeiouylnrst") for _ in range(7))


def _of(who: Person) -> Traveller:
    return Traveller(who.id, who.mail or "", who.called_name, f"{who.called_name} {who.family_name}")


def a_volunteer(live: Live, world: World, *, accepted: bool = True, **changes: Any) -> Traveller:
    """Makes an active volunteer of the first site."""
    with live.app.app_context():
        tasks = [world.here["task_id"]] if accepted else []
        return _of(factories.volunteer(world.here["site_id"], *tasks, called=_called(), **changes))


def a_coordinator(live: Live, world: World) -> Traveller:
    """Makes a coordinator of the first site."""
    with live.app.app_context():
        return _of(factories.coordinator(world.here["site_id"], _called()))


def a_shift(live: Live, world: World, **changes: Any) -> int:
    """Makes a published shift, late enough not to meet the world's own."""
    with live.app.app_context():
        plan = {"day": a_day(), "start": time(17), "end": time(19), "max_people": 1, **changes}
        return factories.shift(world.here["place_id"], world.here["task_id"], **plan).id


def a_day() -> date:
    """Picks a day when the world has nothing."""
    return factories.today() + timedelta(days=20)
