"""Telling a person something, in the transaction of the act that it tells of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from olka.accounts.models import Person
from olka.db import db
from olka.outbox.service import post


def tell(kind: str, person_id: int, facts_in: Callable[[str], dict[str, Any]]) -> bool:
    """Leaves a mail for the person in her language; tells whether she has an address to send it to.

    ``facts_in`` makes the mail's facts (strings, no secret) in a language: fi, sv or en.
    """
    row = db.session.execute(
        select(Person.mail, Person.language, Person.called_name).where(Person.id == person_id)
    ).first()
    if row is None or not row.mail:
        return False
    post(kind, row.mail, row.language, {"called_name": row.called_name, **facts_in(row.language)})
    return True
