"""A message's text in its reader's language, and the mail made of it.

A kind of mail is ``templates/mail/<kind>.txt``; templates/mail/layout.txt says how one is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, g
from flask_babel import force_locale
from jinja2 import Environment, Template

from olka.config import Settings, settings_of

_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_SUBJECT: Final = "Subject:"


class BadAddress(Exception):
    """What should be one mail address is none, or several."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: a subject on one line, and plain text."""

    subject: str
    text: str


def write(app: Flask, kind: str, language: str, facts: Mapping[str, Any]) -> Letter:
    """Writes the letter of a kind from its facts, in the language.

    Raises jinja2's errors for a template that is missing or a fact that it lacks.
    """
    settings = settings_of(app)
    parts: dict[str, tuple[Template, Template]] = app.extensions.setdefault("olka_mail_parts", {})
    if kind not in parts:
        parts[kind] = _parts(app.jinja_env, kind)
    head, body = parts[kind]
    known = {
        "called_name": "",
        **facts,
        "language": language,
        "region": settings.region,
        "link": lambda endpoint, **values: _link(app, settings, endpoint, values),
    }
    # A context of its own: the filters of days and times ask it for the language, and take no page's.
    with app.app_context(), force_locale(language):
        g.language = language
        return Letter(" ".join(_tidy(head.render(known)).split()), _paragraphs(body.render(known)))


def _parts(env: Environment, kind: str) -> tuple[Template, Template]:
    """Splits a template at its first line, so that no fact can push words out of the subject or into the headers."""
    name = f"mail/{kind}.txt"
    source, _, _ = env.loader.get_source(env, name)  # type: ignore[union-attr]  # Flask sets a loader
    first, _, rest = source.partition("\n")
    if not first.startswith(_SUBJECT):
        raise ValueError(f"{name} doesn't begin with {_SUBJECT}")
    return _compiled(env, name, first.removeprefix(_SUBJECT)), _compiled(env, name, rest)


def _compiled(env: Environment, name: str, source: str) -> Template:
    # Under its name, which ends in .txt: so nothing is escaped as it would be in a page.
    return env.template_class.from_code(env, env.compile(source, name), env.make_globals(None))


def _link(app: Flask, settings: Settings, endpoint: str, values: dict[str, Any]) -> str:
    base = urlsplit(settings.base_url)
    address: str = app.url_map.bind(base.netloc, url_scheme=base.scheme).build(endpoint, values, force_external=True)
    return address


def _tidy(text: str) -> str:
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n"))


def _paragraphs(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in _tidy(text).strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines) + "\n"


def compose(settings: Settings, letter: Letter, *, message_id: str, address: str, at: datetime) -> EmailMessage:
    """Makes the mail of a letter; its Message-ID is the same however often it is sent.

    ``address`` is the reader's, ``at`` the aware instant of the Date header. Raises BadAddress.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = letter.subject
    mail["From"] = Address(f"OLKA {settings.region}", addr_spec=settings.mail_from)
    try:
        mail["To"] = Address(addr_spec=in_ascii(address))
    except (ValueError, IndexError, MessageError):  # the parser of the standard library raises all three
        raise BadAddress from None
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}@{urlsplit(settings.base_url).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    # Quoted-printable passes every server, those of seven bits too, and keeps long links whole.
    mail.set_content(letter.text, subtype="plain", charset="utf-8", cte="quoted-printable")
    return mail


def in_ascii(address: str) -> str:
    """Writes an address with its domain as mail servers know it: ``a@hämeenlinna.fi`` has an ``xn--`` name.

    Raises BadAddress for what has no domain, or an impossible one.
    """
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise BadAddress from None
