"""Forms of the house: organisers, sites and tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from olka.core.spans import HOME_ZONE
from olka.core.wording import phone
from olka.sites.queries import OrganiserRow, SiteRow
from olka.sites.rules import SiteKind, is_zone
from olka.sites.service import OrganiserFacts, SiteFacts
from olka.tasks.rules import Service
from olka.tasks.service import TaskFacts
from olka.web.coordinator.place_forms import map_field, version_field
from olka.web.forms import (
    ChoiceField,
    DateField,
    Form,
    MailField,
    NumberField,
    PhoneField,
    Text3Field,
    at_most,
    required,
    text,
    yes_no,
)
from olka.web.language import language
from olka.web.place_words import SERVICES, SITE_KINDS


class OrganiserForm(Form):
    """A legal person in whose name the activity runs."""

    nimi = text(_l("Nimi"), need=_l("Kirjoita järjestäjän nimi, esimerkiksi Hämeen Setlementti ry."))
    rekisterinumero = text(
        _l("Rekisterinumero"),
        need=_l("Kirjoita yhdistysrekisterin numero tai Y-tunnus."),
        limit=20,
        hint=_l("Yhdistysrekisterin numero tai Y-tunnus."),
    )
    katu = text(_l("Katuosoite"), need=_l("Kirjoita katuosoite."))
    postinumero = text(_l("Postinumero"), need=_l("Kirjoita postinumero."), limit=10)
    postitoimipaikka = text(_l("Postitoimipaikka"), need=_l("Kirjoita postitoimipaikka."), limit=60)

    @property
    def facts(self) -> OrganiserFacts:
        """The organiser as typed."""
        return OrganiserFacts(
            self.nimi.data,
            self.rekisterinumero.data,
            self.katu.data,
            self.postinumero.data,
            self.postitoimipaikka.data,
        )


class ChangeOrganiserForm(OrganiserForm):
    """The same of an organiser that is there, at the version that the page showed."""

    versio = version_field()

    @classmethod
    def of(cls, row: OrganiserRow) -> ChangeOrganiserForm:
        """Gives the form with what stands now, or with what was sent."""
        return cls(
            data={
                "nimi": row.name,
                "rekisterinumero": row.register_number,
                "katu": row.street,
                "postinumero": row.postcode,
                "postitoimipaikka": row.town,
                "versio": row.version,
            }
        )


class SiteForm(Form):
    """A site: what and where it is, whom it follows, and what its volunteers may do until when."""

    jarjestaja = ChoiceField(_l("Järjestäjä"), coerce=int)
    laji = ChoiceField(_l("Mikä toimipaikka on"), choices=list(SITE_KINDS.items()), coerce=SiteKind)
    nimi = Text3Field(_l("Nimi"), need=_l("Kirjoita toimipaikan nimi, esimerkiksi Forssan sairaala."))
    lyhyt = Text3Field(
        _l("Lyhyt nimi"),
        need=_l("Kirjoita lyhyt nimi, esimerkiksi Forssa."),
        hint=_l("Näkyy listoissa ja viikossa, esimerkiksi Forssa."),
    )
    katu = text(_l("Katuosoite"), need=_l("Kirjoita katuosoite."))
    postinumero = text(_l("Postinumero"), need=_l("Kirjoita postinumero."), limit=10)
    postitoimipaikka = text(_l("Postitoimipaikka"), need=_l("Kirjoita postitoimipaikka."), limit=60)
    kartta = map_field()
    ohje = Text3Field(_l("Miten toimipaikalle tullaan"), hint=_l("Esimerkiksi: Pääovesta sisään, bussi 2."))
    puhelin = PhoneField(
        _l("Koordinaattorien puhelin"), [at_most(40)], description=_l("Näkyy kaikille yhteystiedoissa.")
    )
    sahkoposti = MailField(
        _l("Koordinaattorien sähköposti"), [at_most(254)], description=_l("Näkyy kaikille yhteystiedoissa.")
    )
    avataan = DateField(_l("Avataan"), description=_l("Jätä tyhjäksi, jos toimipaikka on jo auki."))
    jatkaa = ChoiceField(_l("Jatkaa toimipaikan työtä"), coerce=int)
    jatkaa_alkaen = DateField(_l("Mistä päivästä alkaen"), description=_l("Esimerkiksi 1.3.2027"))
    perumisaika = NumberField(
        _l("Oman vuoron voi perua viimeistään, tuntia ennen"),
        [required(_l("Kirjoita tunnit, esimerkiksi 24."))],
        lowest=0,
        highest=336,
        default=24,
    )
    kumoamisaika = NumberField(
        _l("Varauksen voi kumota, minuuttia"),
        [required(_l("Kirjoita minuutit, esimerkiksi 10."))],
        lowest=0,
        highest=120,
        default=10,
    )
    aikavyohyke = text(
        _l("Aikavyöhyke"),
        need=_l("Kirjoita aikavyöhyke, esimerkiksi Europe/Helsinki."),
        limit=40,
        default=HOME_ZONE,
    )

    def offer(self, organisers: Iterable[OrganiserRow], sites: Iterable[SiteRow]) -> None:
        """Offers the organisers and the sites that can be chosen."""
        self.jarjestaja.choices = [(row.id, row.name) for row in organisers]
        self.jatkaa.choices = [("", _l("Ei minkään")), *((row.id, row.name.in_(language())) for row in sites)]

    def validate_aikavyohyke(self, field: Any) -> None:
        """Refuses what is no time zone."""
        if field.data and not is_zone(field.data):
            raise ValidationError(_l("Aikavyöhykettä ei ole. Kirjoita esimerkiksi Europe/Helsinki."))

    def validate_jatkaa_alkaen(self, field: Any) -> None:
        """Asks for both the site and the day, or for neither."""
        if self.jatkaa.data and not field.data and not field.errors:
            raise ValidationError(_l("Kirjoita, mistä päivästä alkaen, esimerkiksi 1.3.2027."))
        if field.data and not self.jatkaa.data:
            raise ValidationError(_l("Valitse, minkä toimipaikan työtä tämä jatkaa, tai poista päivä."))

    @property
    def facts(self) -> SiteFacts:
        """The site as typed."""
        return SiteFacts(
            organiser_id=self.jarjestaja.data,
            kind=self.laji.data,
            name=self.nimi.text3,
            short_name=self.lyhyt.text3,
            street=self.katu.data,
            postcode=self.postinumero.data,
            town=self.postitoimipaikka.data,
            map_url=self.kartta.data or "",
            directions=self.ohje.text3,
            zone=self.aikavyohyke.data,
            phone=self.puhelin.data or "",
            mail=self.sahkoposti.data or "",
            opens_on=self.avataan.data,
            succeeds_id=self.jatkaa.data or None,
            succeeds_from=self.jatkaa_alkaen.data,
            cancel_hours=self.perumisaika.data,
            undo_minutes=self.kumoamisaika.data,
        )


class ChangeSiteForm(SiteForm):
    """The same of a site that is there, at the version that the page showed."""

    versio = version_field()

    @classmethod
    def of(cls, row: SiteRow) -> ChangeSiteForm:
        """Gives the form with what stands now, or with what was sent."""
        return cls(
            data={
                "jarjestaja": row.organiser_id,
                "laji": row.kind,
                "nimi": row.name,
                "lyhyt": row.short_name,
                "katu": row.street,
                "postinumero": row.postcode,
                "postitoimipaikka": row.town,
                "kartta": row.map_url,
                "ohje": row.directions,
                "puhelin": phone(row.phone) if row.phone else "",
                "sahkoposti": row.mail,
                "avataan": row.opens_on,
                "jatkaa": row.succeeds_id,
                "jatkaa_alkaen": row.succeeds_from,
                "perumisaika": row.cancel_hours,
                "kumoamisaika": row.undo_minutes,
                "aikavyohyke": row.zone,
                "versio": row.version,
            }
        )


class TaskForm(Form):
    """One kind of volunteer work."""

    palvelu = ChoiceField(_l("Palvelu"), choices=list(SERVICES.items()), coerce=Service)
    nimi = Text3Field(_l("Nimi"), need=_l("Kirjoita tehtävän nimi, esimerkiksi Aula-avustaja."))
    kuvaus = Text3Field(_l("Kuvaus"), long=True, hint=_l("Mitä vapaaehtoinen tekee. Näkyy vuoron tiedoissa."))
    lasten_kanssa = yes_no(
        _l("Tehtävä on lasten kanssa"), hint=_l("Rikosrekisteriotteen tarpeesta päätetään tehtävittäin.")
    )

    @property
    def facts(self) -> TaskFacts:
        """The task as typed."""
        return TaskFacts(self.palvelu.data, self.nimi.text3, self.kuvaus.text3, self.lasten_kanssa.data)


class ChangeTaskForm(TaskForm):
    """The same of a task that is there, at the version that the page showed."""

    versio = version_field()

    @classmethod
    def of(cls, row: Any) -> ChangeTaskForm:
        """Gives the form with what stands now, or with what was sent."""
        return cls(
            data={
                "palvelu": row.service,
                "nimi": row.name,
                "kuvaus": row.description,
                "lasten_kanssa": row.with_children,
                "versio": row.version,
            }
        )
