"""One's own profile: names, phone, language, what others may see, roles, and the devices signed in on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from olka.accounts import people_queries, queries, second_factor, service
from olka.accounts.queries import OwnPerson
from olka.accounts.second_rules import needs_second, spare_in_halves
from olka.accounts.service import Profile
from olka.core import clock
from olka.core.errors import NotFound
from olka.core.permissions import Kind, Permission
from olka.core.texts import LANGUAGES
from olka.core.wording import phone, with_initial
from olka.db import transaction
from olka.web.forms import Form, NumberField, PhoneField, at_most, text, yes_no
from olka.web.gate import current_actor, requires
from olka.web.kinds import KIND_WORDS
from olka.web.language import forget_wish, language
from olka.web.notes import tell

pages: Final = Blueprint("profile", __name__)

# Each language is named in itself.
_LANGUAGES: Final = (SelectChoice("fi", "Suomi"), SelectChoice("sv", "Svenska"), SelectChoice("en", "English"))


def _is_language(_form: Any, field: Any) -> None:
    if field.data not in LANGUAGES:
        raise StopValidation(_("Valitse kieli."))


def _as_called(form: Any, field: StringField) -> None:
    # Whoever goes by her first name needn't write it twice.
    if not field.data and form.given_name.data:
        field.data = form.given_name.data.split()[0]


class ProfileForm(Form):
    """What a person says of herself."""

    called_name = text(_l("Kutsumanimi"), hint=_l("Tällä nimellä sinua puhutellaan."), limit=80)
    given_name = text(_l("Etunimet"), need=_l("Kirjoita etunimesi."), limit=80)
    family_name = text(_l("Sukunimi"), need=_l("Kirjoita sukunimesi."), limit=80)
    phone = PhoneField(
        _l("Puhelin"), [at_most(40)], description=_l("Koordinaattori soittaa, jos vuoro muuttuu äkisti.")
    )
    language = RadioField(_l("Kieli"), [_is_language], choices=_LANGUAGES, validate_choice=False)
    shows_name = yes_no(_l("Näytä nimeni saman vuoron vapaaehtoisille"))
    shows_phone = yes_no(
        _l("Näytä puhelinnumeroni saman vuoron vapaaehtoisille"), hint=_l("Koordinaattori näkee sen aina.")
    )
    shows_phone_publicly = yes_no(
        _l("Näytä puhelinnumeroni julkisella yhteyssivulla"),
        hint=_l("Kuka tahansa näkee sen siellä, kun olet koordinaattori tai hänen sijaisensa."),
    )
    version = NumberField("", lowest=1, highest=999_999_999, widget=HiddenInput())

    def validate(self, extra_validators: Any = None) -> bool:
        """Runs the rules; a called name left empty is the first of the given names."""
        _as_called(self, self.called_name)
        return super().validate(extra_validators)


class SpareCodesForm(Form):
    """Asks for a code before new spare codes are made."""

    code = text(
        _l("Koodi"),
        need=_l("Kirjoita sovelluksen näyttämä koodi tai jokin varakoodeistasi."),
        hint=_l("Kuusi numeroa sovelluksesta, tai jokin varakoodeistasi."),
        limit=40,
    )


def _form(own: OwnPerson, *, filled: bool = True) -> ProfileForm:
    known = {**asdict(own), "phone": phone(own.phone or ""), "language": language()}
    form = ProfileForm(data=known) if filled else ProfileForm(formdata=None, data=known)
    kinds = current_actor().kinds
    name = with_initial(own.called_name, own.family_name)
    form.shows_name.description = _("He näkevät nimen ”%(name)s”, muuten vain sen, että joku tulee.", name=name)
    if Kind.VOLUNTEER not in kinds:
        del form.shows_name, form.shows_phone
    if Kind.COORDINATOR not in kinds:
        del form.shows_phone_publicly
    return form


@pages.get("/omat/profiili")
@requires(Permission.SIGNED_IN)
def own_profile() -> ResponseReturnValue:
    """Shows one's own profile, to be changed."""
    own = queries.get_own(current_actor().person_id or 0)
    return _page(_form(own), own)


def _page(form: ProfileForm, own: OwnPerson, codes_form: SpareCodesForm | None = None) -> str:
    today = clock.today(clock.HOME_ZONE)
    roles = people_queries.roles_of([own.id])[own.id]
    return render_template(
        "volunteer/profile.html",
        form=form,
        own=own,
        roles=[role for role in reversed(roles) if role.ends_on is None or role.ends_on >= today],
        kind_words=KIND_WORDS,
        spare_codes=second_factor.count_spare_codes(own.id) if needs_second(current_actor().kinds) else None,
        codes_form=codes_form or SpareCodesForm(formdata=None),
        others=queries.count_other_sessions(own.id, current_user.token),
    )


@pages.post("/omat/profiili")
@requires(Permission.SIGNED_IN)
def save_profile() -> ResponseReturnValue:
    """Saves one's own profile; the language saved is the one that the pages speak from now on."""
    own = queries.get_own(current_actor().person_id or 0)
    form = _form(own)
    if not form.validate_on_submit():
        return _page(form, own)
    profile = Profile(
        given_name=form.given_name.data,
        family_name=form.family_name.data,
        called_name=form.called_name.data,
        phone=form.phone.data or None,
        language=form.language.data,
        shows_name=form.shows_name.data if form.shows_name else None,
        shows_phone=form.shows_phone.data if form.shows_phone else None,
        shows_phone_publicly=form.shows_phone_publicly.data if form.shows_phone_publicly else None,
    )
    with transaction():
        service.save_profile(current_actor(), profile, form.version.data or 0)
    with force_locale(profile.language):
        tell("ok", _("Tiedot on tallennettu"))
    response = make_response(redirect(url_for("profile.own_profile")))
    forget_wish(response)
    return response


@pages.post("/omat/profiili/varakoodit")
@requires(Permission.SIGNED_IN)
def renew_spare_codes() -> ResponseReturnValue:
    """Makes new spare codes for who types a code that is right, and shows them this once."""
    own, form = queries.get_own(current_actor().person_id or 0), SpareCodesForm()
    if not second_factor.is_in_use(own.id):
        raise NotFound
    if not form.validate_on_submit():
        return _page(_form(own, filled=False), own, form)
    with transaction():
        made = second_factor.renew_spare_codes(current_actor(), form.code.data)
    if made is None:
        form.code.errors = [_("Koodi ei täsmää. Odota, että sovellus näyttää uuden koodin, ja kirjoita se.")]
        return _page(_form(own, filled=False), own, form)
    codes = [spare_in_halves(code) for code in made]
    back = url_for("profile.own_profile")
    return render_template("public/second_factor_codes.html", codes=codes, goes_to=back, renewed=True)


@pages.post("/omat/profiili/muut-laitteet")
@requires(Permission.SIGNED_IN)
def sign_out_elsewhere() -> ResponseReturnValue:
    """Signs the person out of every browser but this one."""
    with transaction():
        service.sign_out_elsewhere(current_actor(), current_user.token)
    tell("ok", _("Olet kirjautunut ulos muilta laitteilta"))
    return redirect(url_for("profile.own_profile"))
