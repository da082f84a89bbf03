"""Forms on people and roles that the coordinator's and the admin's pages share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from olka.accounts.people_queries import PersonRow
from olka.accounts.people_rules import Dates, Terms, Who
from olka.core.permissions import Kind
from olka.web.forms import (
    SHORT,
    DateField,
    Form,
    MailField,
    NumberField,
    PhoneField,
    at_most,
    choice,
    required,
    text,
)
from olka.web.kinds import KIND_WORDS
from olka.web.people_words import LANGUAGES
from olka.web.ticks import ticks

NAME: Final = 80
_UNTIL: Final = _l("Myös viimeinen päivä kuuluu rooliin. Jätä tyhjäksi, jos rooli jatkuu toistaiseksi.")


class PersonForm(Form):
    """A person's names, contacts and language."""

    etunimet = text(_l("Etunimet"), need=_l("Kirjoita etunimi."), limit=NAME)
    sukunimi = text(_l("Sukunimi"), need=_l("Kirjoita sukunimi."), limit=NAME)
    kutsumanimi = text(_l("Kutsumanimi"), limit=NAME, hint=_l("Jos tyhjä, käytämme ensimmäistä etunimeä."))
    puhelin = PhoneField(_l("Puhelin"), [at_most(SHORT)], description=_l("Esimerkiksi 040 123 4567."))
    sahkoposti = MailField(_l("Sähköposti"), [at_most(254)])
    kieli = choice(_l("Kieli"), list(LANGUAGES.items()), default="fi")

    @property
    def who(self) -> Who:
        """The person as typed."""
        return Who(
            given_name=self.etunimet.data,
            family_name=self.sukunimi.data,
            called_name=self.kutsumanimi.data or self.etunimet.data.split()[0][:NAME],
            mail=self.sahkoposti.data or None,
            phone=self.puhelin.data or None,
            language=self.kieli.data,
        )


class ContactsForm(PersonForm):
    """The same of a person who is here already, with the version that the page showed."""

    versio = NumberField("", lowest=1, highest=999_999_999)

    @classmethod
    def of(cls, person: PersonRow) -> ContactsForm:
        """Fills the form with what is known."""
        return cls(
            etunimet=person.given_name,
            sukunimi=person.family_name,
            kutsumanimi=person.called_name,
            puhelin=person.phone,
            sahkoposti=person.mail,
            kieli=person.language,
            versio=person.version,
        )


class NewPersonForm(PersonForm):
    """A person to be entered; ``tutut`` seals the twins who were shown and found to be others."""

    tutut = StringField()

    @property
    def known(self) -> str:
        """The seal of the twins shown."""
        return self.tutut.data or ""


class NewVolunteerForm(NewPersonForm):
    """Someone who came by paper or phone: the person, her sites and the tasks she is accepted for."""

    toimipaikat = ticks(_l("Toimipaikat"), need=_l("Valitse ainakin yksi toimipaikka."))
    tehtavat = ticks(_l("Hyväksytty tehtäviin"), hint=_l("Voit hyväksyä hänet tehtäviin myöhemminkin."))


class RoleFields(Form):
    """What a role is to be."""

    rooli = choice(
        _l("Rooli"), [("", _l("Valitse rooli")), *((kind.value, words) for kind, words in KIND_WORDS.items())]
    )
    toimipaikka = choice(_l("Toimipaikka"), [], coerce=int, hint=_l("Ylläpitäjällä ei ole toimipaikkaa."))
    osasto = choice(_l("Osasto"), [], coerce=int, hint=_l("Vain osaston yhteyshenkilölle."))
    alkaa = DateField(_l("Alkaa"), [required(_l("Kirjoita ensimmäinen päivä, esimerkiksi 1.12.2026."))])
    paattyy = DateField(_l("Päättyy"), description=_UNTIL)

    def offer(self, sites: Iterable[tuple[int, str]], wards: Iterable[tuple[int, str]]) -> None:
        """Sets the sites and wards to choose from."""
        self.toimipaikka.choices = [("", _l("Valitse toimipaikka")), *sites]
        self.osasto.choices = [("", _l("Ei osastoa")), *wards]

    def validate(self, extra_validators: Any = None) -> bool:
        """Asks for a kind, beside the usual."""
        ok: bool = super().validate(extra_validators)
        if not self.rooli.data and not self.rooli.errors:
            self.rooli.errors = [_l("Valitse rooli.")]
            ok = False
        return ok

    @property
    def terms(self) -> Terms:
        """The role as chosen; an admin's has no site, and only a ward contact's a place."""
        kind = Kind(self.rooli.data)
        starts_on, ends_on = dates_of(self)
        return Terms(
            kind,
            None if kind is Kind.ADMIN else self.toimipaikka.data or None,
            (self.osasto.data or None) if kind is Kind.WARD else None,
            starts_on,
            ends_on,
        )


def dates_of(form: Any) -> Dates:
    """Reads the dates of a form that was found valid."""
    starts_on: date = form.alkaa.data
    ends_on: date | None = form.paattyy.data
    return starts_on, ends_on


class NewAccountForm(NewPersonForm, RoleFields):
    """A person with her first role."""


class DatesForm(Form):
    """A role's dates, with the person's version that the page showed."""

    alkaa = DateField(_l("Alkaa"), [required(_l("Kirjoita ensimmäinen päivä, esimerkiksi 1.12.2026."))])
    paattyy = DateField(_l("Päättyy"), description=_UNTIL)
    versio = NumberField("", lowest=1, highest=999_999_999)

    @property
    def dates(self) -> Dates:
        """The first and the last day."""
        return dates_of(self)


class DeputyForm(Form):
    """Who stands in, and between which days."""

    sijainen = choice(_l("Sijainen"), [], coerce=int)
    sijaisuus_alkaa = DateField(
        _l("Sijaisuus alkaa"), [required(_l("Kirjoita ensimmäinen päivä, esimerkiksi 1.12.2026."))]
    )
    sijaisuus_paattyy = DateField(
        _l("Sijaisuus päättyy"), [required(_l("Kirjoita viimeinen päivä, esimerkiksi 12.12.2026."))]
    )

    @property
    def dates(self) -> Dates:
        """The first and the last day."""
        starts_on, ends_on = self.sijaisuus_alkaa.data, self.sijaisuus_paattyy.data
        if starts_on is None:
            raise TypeError("the form was not found valid")
        return starts_on, ends_on


class TakeInForm(Form):
    """At which site someone becomes a volunteer."""

    toimipaikka = choice(_l("Toimipaikka"), [], coerce=int)
