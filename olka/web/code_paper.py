"""The sheet with a one-time code that a coordinator prints and hands over, in the receiver's language."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from olka.accounts.people_queries import PersonRow
from olka.accounts.sign_in import PrintedCode
from olka.config import settings_of
from olka.core import clock, wording


@dataclass(frozen=True, slots=True)
class Paper:
    """Every word of the sheet, and its QR code as an SVG path in a square of ``size`` modules."""

    language: str
    title: str
    steps: tuple[str, ...]
    type_there: str
    address: str
    code: str
    until: str
    warning: str
    qr: str
    size: int


def paper_for(person: PersonRow, code: PrintedCode) -> Paper:
    """Makes the sheet of a code."""
    base = settings_of(current_app).base_url
    qr, size = qr_path(f"{base}{code.path}")
    tongue = person.language
    with force_locale(tongue):
        until = wording.moment(code.expires_at, clock.HOME_ZONE, tongue)
        return Paper(
            language=tongue,
            title=_("Kirjaudu OLKAan, %(name)s", name=person.called_name),
            steps=(
                _("Avaa puhelimen kamera ja osoita sillä ruutukuviota."),
                _("Avaa linkki, joka tulee näkyviin, ja paina Kirjaudu sisään."),
                _("Valitse Pidä minut kirjautuneena, jos puhelin on vain sinun käytössäsi."),
            ),
            type_there=_("Jos kamera ei toimi, avaa tämä osoite ja kirjoita koodi:"),
            address=f"{base}{url_for('sign_in.printed')}".removeprefix("https://").removeprefix("http://"),
            code=code.code,
            until=_("Koodi toimii kerran. Se vanhenee %(until)s.", until=until),
            warning=_("Älä anna tätä paperia muille. Kun olet kirjautunut, voit heittää sen pois."),
            qr=qr,
            size=size,
        )


def qr_path(text: str) -> tuple[str, int]:
    """Draws a QR code as one SVG path, with the width of its square; a quiet zone of four modules is within."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    parts = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return "".join(parts), len(rows)
