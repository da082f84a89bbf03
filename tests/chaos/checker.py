"""What must be left after the kills: all that was answered, nothing that was rejected, and books that balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Select, func, select

from olka.audit import queries as audit
from olka.audit.models import AuditRow
from olka.audit.timed import seal_log
from olka.db import db, fetch_all
from olka.outbox.models import Message
from olka.outbox.rules import MessageState
from olka.shifts.models import Booking, Shift
from olka.shifts.rules import BookingState


@dataclass
class Report:
    """What the journals say was answered, what was found, and every fault."""

    booked: int = 0
    released: int = 0
    rejected: int = 0
    unanswered: int = 0
    unanswered_stored: int = 0
    sent: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.booked} booked, {self.released} released, {self.rejected} rejected, {self.unanswered} unanswered "
            f"({self.unanswered_stored} of them stored), {self.sent} mails sent; {len(self.faults)} faults"
        )


def check(journals: Path, mails: Path | None = None) -> Report:
    """Holds the database against the journals. Call it in an app context."""
    said = read(journals)
    report = Report(booked=len(said["booked"]), released=len(said["released"]), rejected=len(said["rejected"]))
    report.unanswered = len(said["book"] - said["booked"] - said["rejected"])
    rows = {
        key: (state, shift, person, starts, ends)
        for key, state, shift, person, starts, ends in db.session.execute(
            select(
                Booking.operation_key,
                Booking.state,
                Booking.shift_id,
                Booking.person_id,
                Booking.starts_at,
                Booking.ends_at,
            )
        )
    }
    report.unanswered_stored = len(rows.keys() - said["booked"] - said["rejected"])
    report.faults += [f"lost: {key} was answered and isn't there" for key in said["booked"] - rows.keys()]
    report.faults += [f"stored: {key} was rejected and is there" for key in said["rejected"] & rows.keys()]
    report.faults += [f"unknown: {key} was never asked for" for key in rows.keys() - said["book"]]
    for key, (state, *_) in rows.items():
        if key in said["released"] and state is not BookingState.RELEASED:
            report.faults.append(f"lost: the release of {key} was answered and isn't there")
        if state is BookingState.RELEASED and key not in said["release"]:
            report.faults.append(f"unknown: {key} was released by nobody")
    active = [row for row in rows.values() if row[0] is BookingState.BOOKED]
    report.faults += _capacity(Counter(shift for _, shift, *_ in active))
    report.faults += _overlaps([(person, starts, ends) for _, _, person, starts, ends in active])
    report.faults += _told(len(rows), len(rows) - len(active))
    db.session.close()
    seal_log()
    if broken := audit.broken_at():
        report.faults.append(f"the audit log's chain breaks at row {broken}")
    if mails is not None:
        report.sent, faults = _mails(mails)
        report.faults += faults
    db.session.close()
    return report


def read(journals: Path) -> dict[str, set[str]]:
    """Collects what every life noted; a line cut off by the kill never came to be."""
    said: dict[str, set[str]] = {word: set() for word in ("book", "booked", "rejected", "release", "released")}
    for path in journals.iterdir():
        for line in path.read_text().splitlines():
            word, _, key = line.partition(" ")
            said[word].add(key)
    return said


def _capacity(active: Counter[int]) -> Iterator[str]:
    for shift, taken, most in db.session.execute(select(Shift.id, Shift.taken, Shift.max_people)):
        if taken != active[shift]:
            yield f"shift {shift} says {taken} are taken, and {active[shift]} are"
        if active[shift] > most:
            yield f"shift {shift} has {active[shift]} people on {most} places"


def _overlaps(spans: list[tuple[int, object, object]]) -> Iterator[str]:
    ordered = sorted(spans, key=str)
    for (person, _, ends), (other, starts, _) in pairwise(ordered):
        if person == other and str(starts) < str(ends):
            yield f"person {person} is on two shifts at once"


def _told(booked: int, released: int) -> Iterator[str]:
    """Each change has its audit row and its mail, or none of the three is there."""
    audited = _counts(select(AuditRow.verb, func.count()).group_by(AuditRow.verb))
    posted = _counts(select(Message.kind, func.count()).group_by(Message.kind))
    for what, count, found in (
        ("bookings", booked, audited.get("booked", 0)),
        ("releases", released, audited.get("released", 0)),
        ("bookings", booked, posted.get("shift_booked", 0)),
        ("releases", released, posted.get("shift_removed", 0)),
    ):
        if count != found:
            yield f"{count} {what}, but {found} rows tell of them"


def _counts(query: Select[str, int]) -> dict[str, int]:
    return dict(fetch_all(query))


def _mails(folder: Path) -> tuple[int, list[str]]:
    sent = db.session.scalars(select(Message.message_id).where(Message.state == MessageState.SENT)).all()
    there = {path.stem for path in folder.glob("*.eml")} if folder.is_dir() else set()
    faults = [f"lost: mail {key} is noted as sent and never was" for key in set(sent) - there]
    dead = db.session.execute(select(func.count()).where(Message.state == MessageState.DEAD)).scalar_one()
    return len(sent), [*faults, *([f"{dead} mails are dead"] if dead else [])]
