"""Whom of the people the reader sees, and those among them who may be the same person as somebody new."""

from __future__ import annotations

from typing import Any

from olka.accounts.people_queries import PersonRow
from olka.accounts.people_rules import Twins
from olka.core import clock
from olka.core.permissions import Permission, sites_where
from olka.shifts import people_queries as queries
from olka.web.gate import current_actor


def scope() -> frozenset[int] | None:
    """Tells at which sites the reader sees people; None means everywhere."""
    return sites_where(current_actor(), Permission.SEE_PEOPLE)


def shown_twins(twins: Twins | None) -> dict[str, Any]:
    """Gives a page the twins whom its reader may see, how many are elsewhere, and the seal that they were shown."""
    if twins is None:
        return {"twins": [], "hidden_twins": 0, "twin_seal": ""}
    seen: list[PersonRow] = queries.within_scope(
        scope(), twins.person_ids, today=clock.today(clock.HOME_ZONE), now=clock.now()
    )
    return {"twins": seen, "hidden_twins": len(twins.person_ids) - len(seen), "twin_seal": twins.seal}
