"""Delivering what waits: facts completed, letters written, mails handed over, each by one worker at a time.

Sending happens outside of any transaction. A mail may leave twice, when a worker dies between sending and noting it,
always with the same Message-ID; none is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from olka.config import settings_of
from olka.core import clock
from olka.db import db, retrying, transaction
from olka.outbox import queries, service
from olka.outbox.mail import BadAddress, compose, write
from olka.outbox.rules import LONG_PATIENCE, PATIENCE
from olka.outbox.service import Claim
from olka.outbox.sinks import AddressRefused, NotRelayed, NotTaken, ServerDown, Sink

log: Final = structlog.get_logger()

BATCH: Final = 20
LEASE: Final = timedelta(minutes=5)
# One mail may take this long at worst: each of SMTP's steps has its own time-out. With less left, it isn't begun.
LONGEST: Final = timedelta(minutes=2)

Completer = Callable[[dict[str, Any]], dict[str, Any] | None]

COMPLETERS: Final[dict[str, Completer]] = {}


def register(kind: str, complete: Completer) -> None:
    """Names what completes the facts of a kind of mail when it leaves.

    It is given the facts as posted (ids) and gives what the template is written with; None where the mail
    has become moot, which drops it. It reads by ``db.session`` and writes nothing.
    """
    COMPLETERS[kind] = complete


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of delivering came to: messages taken, and why the server is away, if it is."""

    taken: int = 0
    server_down: str = ""


def deliver_due(app: Flask, sink: Sink, told_to_stop: Callable[[], bool] = lambda: False) -> Round:
    """Sends a batch of what is due; stops after the mail at hand when told to, and puts the rest back.

    Call it in an app context. Raises what the database raises; messages at hand are then free again after the lease.
    """
    db.session.close()
    if not queries.has_due(clock.now()):
        db.session.close()
        return Round()
    claims = retrying(_claim)
    for number, claim in enumerate(claims):
        if told_to_stop() or claim.leased_until - clock.now() < LONGEST:
            _note(partial(service.release, claims[number:]))
            break
        try:
            _deliver(app, sink, claim)
        except ServerDown as down:
            _note(partial(service.release, claims[number:]))
            sink.close()
            return Round(len(claims), str(down))
    sink.close()
    return Round(len(claims))


def _claim() -> list[Claim]:
    with transaction():
        return service.claim_due(BATCH, LEASE)


def _note(act: Callable[[], None]) -> None:
    def noted() -> None:
        with transaction():
            act()

    retrying(noted)


def _deliver(app: Flask, sink: Sink, claim: Claim) -> None:
    told: dict[str, Any] = {"outbox_id": claim.id, "kind": claim.kind, "attempt": claim.attempts}
    try:
        facts = _completed(claim)
        if facts is None:
            _note(partial(service.mark_dropped, claim))
            log.info("mail moot", **told)
            return
        settings = settings_of(app)
        letter = write(app, claim.kind, claim.language, facts)
        mail = compose(settings, letter, message_id=claim.message_id, address=claim.address, at=clock.now())
        sink.send(mail, claim.address, claim.message_id)
    except (ServerDown, DBAPIError):
        raise
    except (AddressRefused, BadAddress) as refused:
        reason = str(refused) or "no mail address"
        _note(partial(service.mark_dead, claim, reason))
        log.warning("mail dead", reason=reason, **told)
    except NotTaken as failure:
        reason = str(failure)
        patience = LONG_PATIENCE if isinstance(failure, NotRelayed) else PATIENCE
        _note(partial(service.mark_failed, claim, reason, patience))
        log.warning("mail not taken", reason=reason, **told)
    except Exception as error:  # a template's or completer's fault holds up this one mail, not those behind it
        reason = f"can't be written: {type(error).__name__}"
        _note(partial(service.mark_failed, claim, reason))
        log.error("mail can't be written", exc_info=error, **told)
    else:
        _note(partial(service.mark_sent, claim))
        log.info("mail sent", **told)


def _completed(claim: Claim) -> dict[str, Any] | None:
    complete = COMPLETERS.get(claim.kind)
    if complete is None:
        return claim.facts
    try:
        return complete(dict(claim.facts))
    finally:
        # Nothing read stays open while the mail server is spoken to.
        with suppress(DBAPIError):
            db.session.close()
