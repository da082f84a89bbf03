"""Signing in and out: by a mailed link or its six digits, by a printed code, and in the demo by a button."""

from __future__ import annotations

import secrets
from typing import Any, Final

from flask import Blueprint, Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.widgets import HiddenInput

from olka.accounts import queries, rules, service, sign_in
from olka.accounts.rules import Sharer
from olka.accounts.sign_in import Browser, Entered, TooManyTries, WhoIsIt, WrongCode
from olka.config import settings_of
from olka.core import clock
from olka.core.errors import NotFound, Throttled
from olka.core.permissions import Kind, Permission
from olka.db import transaction
from olka.web import signed_in
from olka.web.errors import not_here
from olka.web.forms import Form, MailField, at_most, choice, required, text, yes_no
from olka.web.gate import half_signed_in, own_path, requires
from olka.web.kinds import KIND_WORDS
from olka.web.language import language
from olka.web.notes import tell
from olka.web.shells import landing

pages: Final = Blueprint("sign_in", __name__)

_PENDING: Final = "sign_in"
_TOKEN_PAGES: Final = frozenset({"sign_in.open_link", "sign_in.use_link"})


def _goes_to() -> Any:
    return StringField(name="next", widget=HiddenInput())


def _kept() -> Any:
    hint = _l("Vain omalla puhelimella tai koneella. Muuten kirjautuminen päättyy, kun suljet selaimen.")
    return yes_no(_l("Pidä minut kirjautuneena tällä laitteella"), hint=hint)


class AskForm(Form):
    """Asks for the address to which the link goes."""

    mail = MailField(_l("Sähköposti"), [required(_l("Kirjoita sähköpostiosoitteesi.")), at_most(254)])
    goes_to = _goes_to()


class DigitsForm(Form):
    """Takes the six digits of a mail."""

    code = text(_l("Kuusinumeroinen koodi"), need=_l("Kirjoita viestissä oleva koodi."), limit=40)
    kept = _kept()


class LettersForm(Form):
    """Takes the twelve characters of a printed code."""

    code = text(
        _l("Koodi"),
        need=_l("Kirjoita paperissa oleva koodi."),
        hint=_l("12 merkkiä, esimerkiksi ACDE-FGHJ-KMNP. Isot ja pienet kirjaimet käyvät."),
        limit=40,
    )
    kept = _kept()
    goes_to = _goes_to()


class LinkForm(Form):
    """One button, and where several share the address, who presses it."""

    person = RadioField(_l("Kuka kirjautuu?"), [required(_l("Valitse, kuka kirjautuu."))], validate_choice=False)
    kept = _kept()

    @classmethod
    def of(cls, sharers: tuple[Sharer, ...]) -> LinkForm:
        """Makes the form for the people of the sign-in."""
        form = cls()
        if len(sharers) > 1:
            names = rules.told_apart(sharers)
            form.person.choices = [SelectChoice(str(person_id), name) for person_id, name in names.items()]
        else:
            del form.person
        return form


class DemoForm(Form):
    """Which of the demo's people to be."""

    account = choice(_l("Tunnus"), list(KIND_WORDS.items()), coerce=Kind)
    goes_to = _goes_to()


@pages.after_request
def keep_links_to_oneself(response: Response) -> Response:
    """Sees to it that a page with a token in its address is neither named to others nor kept."""
    if request.endpoint in _TOKEN_PAGES:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
    return response


def _browser() -> Browser:
    return Browser(request.remote_addr, getattr(current_user, "token", None))


def _go_in(entered: Entered, wish: str | None = None) -> ResponseReturnValue:
    signed_in.enter(entered.token)
    goes_to = own_path(entered.goes_to or wish)
    if current_user.awaits_second:
        return redirect(url_for("second_factor.ask", next=goes_to))
    return redirect(goes_to or landing())


# ---------------------------------------------------------------- a mail asked for


@pages.get("/kirjaudu")
@requires(Permission.ANYONE)
def ask() -> ResponseReturnValue:
    """Asks for the mail address."""
    form = AskForm()
    form.goes_to.data = own_path(request.args.get("next"))
    return _ask_page(form)


def _ask_page(form: AskForm) -> str:
    return render_template("public/sign_in.html", form=form, demo_accounts=KIND_WORDS)


@pages.post("/kirjaudu")
@requires(Permission.ANYONE)
def send_link() -> ResponseReturnValue:
    """Sends the link and the code, and answers the same whether the address is known or not."""
    form = AskForm()
    wish = form.goes_to.data = own_path(form.goes_to.data)
    if not form.validate_on_submit():
        return _ask_page(form)
    mail = form.mail.data
    before = _pending()
    # Who asks again for the same address types the code of the newest mail; her wrong codes stay counted.
    secret = before["browser"] if before.get("mail") == mail else secrets.token_urlsafe(24)
    with transaction():
        sign_in.ask_for_mail(
            mail, remote_address=request.remote_addr, browser_secret=secret, language=language(), goes_to=wish
        )
    session[_PENDING] = {"mail": mail, "browser": secret, "next": wish}
    return redirect(url_for("sign_in.sent"))


def _pending() -> dict[str, Any]:
    found: dict[str, Any] = session.get(_PENDING, {})
    return found


@pages.get("/kirjaudu/viesti")
@requires(Permission.ANYONE)
def sent() -> ResponseReturnValue:
    """Tells to look into the mail, and takes its code."""
    if not _pending():
        return redirect(url_for("sign_in.ask"))
    return _sent_page(DigitsForm())


def _sent_page(form: DigitsForm) -> str:
    return render_template("public/sign_in_sent.html", form=form, pending=_pending())


@pages.post("/kirjaudu/viesti")
@requires(Permission.ANYONE)
def use_digits() -> ResponseReturnValue:
    """Signs in by the six digits."""
    pending = _pending()
    form = DigitsForm()
    if not pending:
        return _code_is_dead(None)
    digits = rules.read_digits(form.code.data) if form.validate_on_submit() else None
    if digits is None:
        form.code.errors = form.code.errors or [_("Koodissa on kuusi numeroa, esimerkiksi 012345.")]
        return _sent_page(form)
    with transaction():
        outcome = sign_in.enter_by_digits(
            digits, browser_secret=pending["browser"], kept=form.kept.data, browser=_browser()
        )
    match outcome:
        case Entered():
            return _go_in(outcome)
        case WhoIsIt(token):
            return redirect(url_for("sign_in.open_link", token=token))
        case TooManyTries(seconds):
            raise Throttled(seconds)
        case WrongCode(left) if left > 0:
            form.code.errors = [_wrong(left)]
            return _sent_page(form)
    session.pop(_PENDING)
    return _code_is_dead(pending["next"])


def _code_is_dead(wish: str | None) -> ResponseReturnValue:
    tell(
        "stop",
        _("Koodi ei enää toimi"),
        _("Koodi toimii 30 minuuttia ja vain siinä selaimessa, jossa pyysit sen. Avaa viestin linkki tai pyydä uusi."),
    )
    return redirect(url_for("sign_in.ask", next=wish))


def _wrong(left: int) -> str:
    return str(
        ngettext(
            "Koodi ei täsmää. Tarkista numerot. Yksi yritys jäljellä.",
            "Koodi ei täsmää. Tarkista numerot. %(num)d yritystä jäljellä.",
            left,
        )
    )


# ---------------------------------------------------------------- a link opened


@pages.get("/kirjaudu/<token>")
@requires(Permission.ANYONE)
def open_link(token: str) -> ResponseReturnValue:
    """Shows the one button: scanners of mail open links too, so opening alone signs nobody in."""
    found = queries.find_sign_in(token, clock.now())
    if found is None:
        return _dead_page()
    return _link_page(LinkForm.of(found.sharers), token, found.sharers)


def _link_page(form: LinkForm, token: str, sharers: tuple[Sharer, ...]) -> str:
    names = list(rules.told_apart(sharers).values())
    return render_template("public/sign_in_link.html", form=form, token_path=token, names=names)


def _dead_page() -> ResponseReturnValue:
    return not_here(render_template("public/sign_in_dead.html", form=AskForm(formdata=None)))


@pages.post("/kirjaudu/<token>")
@requires(Permission.ANYONE)
def use_link(token: str) -> ResponseReturnValue:
    """Signs in by the link and uses it up."""
    found = queries.find_sign_in(token, clock.now())
    form = LinkForm.of(found.sharers if found else ())
    if found and not form.validate_on_submit():
        return _link_page(form, token, found.sharers)
    typed = form.person.data if form.person else None
    with transaction():
        outcome = sign_in.enter_by_link(token, person_id=_id_of(typed), kept=form.kept.data, browser=_browser())
    match outcome:
        case Entered():
            return _go_in(outcome)
        case WhoIsIt():  # somebody came to share the address since the page was opened
            return redirect(url_for("sign_in.open_link", token=token))
    return _dead_page()


def _id_of(typed: str | None) -> int | None:
    if typed is None:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


# ---------------------------------------------------------------- a printed code


@pages.get("/kirjaudu/koodi")
@requires(Permission.ANYONE)
def printed() -> ResponseReturnValue:
    """Asks for the code that a coordinator handed over."""
    form = LettersForm()
    form.goes_to.data = own_path(request.args.get("next"))
    return render_template("public/sign_in_printed.html", form=form)


@pages.post("/kirjaudu/koodi")
@requires(Permission.ANYONE)
def use_letters() -> ResponseReturnValue:
    """Signs in by a printed code."""
    form = LettersForm()
    form.goes_to.data = own_path(form.goes_to.data)
    if form.validate_on_submit():
        letters = rules.read_letters(form.code.data)
        if letters is None:
            form.code.errors = [
                _("Koodissa on 12 merkkiä kolmessa ryhmässä. Siinä ei ole merkkejä 0, 1, 2, 5, 8, B, I, L, O, S tai Z.")
            ]
        else:
            with transaction():
                outcome = sign_in.enter_by_letters(letters, kept=form.kept.data, browser=_browser())
            if isinstance(outcome, Entered):
                return _go_in(outcome, form.goes_to.data)
            form.code.errors = [
                _("Koodi ei toimi. Se on käytetty, vanhentunut tai kirjoitettu väärin. Uuden saat koordinaattorilta.")
            ]
    return render_template("public/sign_in_printed.html", form=form)


# ---------------------------------------------------------------- the demo's buttons


@pages.post("/kirjaudu/demo")
@requires(Permission.ANYONE)
def demo() -> ResponseReturnValue:
    """Signs in as one of the demo's people; outside the demo there is no such page."""
    if not settings_of(current_app).demo:
        raise NotFound
    form = DemoForm()
    entered = None
    if form.validate_on_submit():
        with transaction():
            entered = sign_in.enter_demo(form.account.data, browser=_browser())
    if entered is None:
        tell("stop", _("Esittelyssä ei ole tällaista tunnusta"), _("Valitse jokin muu."))
        return redirect(url_for("sign_in.ask", next=own_path(form.goes_to.data)))
    return _go_in(entered, form.goes_to.data)


# ---------------------------------------------------------------- out


@pages.post("/kirjaudu/ulos")
@requires(Permission.SIGNED_IN, before_second=True)
def sign_out() -> ResponseReturnValue:
    """Signs this browser out: its session is gone, and a copy of its cookie is dead."""
    with transaction():
        service.sign_out(half_signed_in(), current_user.token)
    signed_in.leave()
    tell("ok", _("Olet kirjautunut ulos"))
    return redirect(url_for("front.front_page"))
