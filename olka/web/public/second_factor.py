"""The second factor of staff: taking an authenticator app into use, and giving its code after the mailed link."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import StringField
from wtforms.widgets import HiddenInput

from olka.accounts import second_factor, second_rules
from olka.accounts.second_factor import Given, Taken
from olka.core.permissions import Permission
from olka.db import transaction
from olka.web import signed_in
from olka.web.code_paper import qr_path
from olka.web.forms import Form, text
from olka.web.gate import half_signed_in, own_path, requires
from olka.web.shells import landing

pages: Final = Blueprint("second_factor", __name__)

_NONCE: Final = "second_nonce"


class CodeForm(Form):
    """Takes a code of the app, or a spare one."""

    code = text(
        _l("Koodi"),
        need=_l("Kirjoita sovelluksen näyttämä koodi."),
        hint=_l("Kuusi numeroa sovelluksesta, esimerkiksi 012345."),
        limit=40,
    )
    goes_to = StringField(name="next", widget=HiddenInput())


@pages.get("/kirjaudu/vahvistus")
@requires(Permission.SIGNED_IN, before_second=True)
def ask() -> ResponseReturnValue:
    """Asks for the code; of somebody new to it, first to take the app into use."""
    wish = own_path(request.args.get("next"))
    if not current_user.awaits_second:
        return redirect(wish or landing())
    form = CodeForm()
    form.goes_to.data = wish
    return _page(form)


@pages.post("/kirjaudu/vahvistus")
@requires(Permission.SIGNED_IN, before_second=True)
def give() -> ResponseReturnValue:
    """Takes the code: the first one takes the app into use and shows the spare codes, later ones let in."""
    form = CodeForm()
    wish = form.goes_to.data = own_path(form.goes_to.data)
    if not current_user.awaits_second:
        return redirect(wish or landing())
    if not form.validate_on_submit():
        return _page(form)
    actor, nonce = half_signed_in(), session.get(_NONCE)
    taken: Taken | None = None
    given = Given(form.code.data, current_user.token, current_user.kept)
    with transaction():
        if second_factor.is_in_use(_person_id()):
            token = second_factor.pass_with(actor, given)
        elif nonce is None:  # another browser's cookie, or none: the page makes a new secret to begin with
            return _page(form)
        else:
            taken = second_factor.take_into_use(actor, nonce, given)
            token = taken.token if taken else None
    if token is None:
        form.code.errors = [_("Koodi ei täsmää. Odota, että sovellus näyttää uuden koodin, ja kirjoita se.")]
        return _page(form)
    signed_in.enter(token)
    if taken is None:
        return redirect(wish or url_for("second_factor.onwards"))
    codes = [second_rules.spare_in_halves(code) for code in taken.spare_codes]
    return render_template("public/second_factor_codes.html", codes=codes, goes_to=wish, renewed=False)


@pages.get("/kirjaudu/eteenpain")
@requires(Permission.SIGNED_IN)
def onwards() -> ResponseReturnValue:
    """Leads whoever has passed to her own first page."""
    return redirect(landing())


def _page(form: CodeForm) -> str:
    person_id = _person_id()
    if second_factor.is_in_use(person_id):
        return render_template("public/second_factor.html", form=form, secret=None)
    # The nonce waits in this browser's cookie: nothing is written before the first code is right.
    nonce = session.setdefault(_NONCE, second_rules.new_nonce())
    secret = second_factor.secret_for(person_id, nonce)
    address = second_rules.app_address(secret, current_user.full_name, "OLKA")
    drawn, size = qr_path(address)
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template("public/second_factor.html", form=form, secret=spaced, qr=drawn, size=size)


def _person_id() -> int:
    return int(half_signed_in().person_id or 0)
