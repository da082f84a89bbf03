"""Forms on places: what a place is, its hours, what is done there, and its closures."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import ValidationError

from olka.sites.queries import OwnAddress, PlaceRow
from olka.sites.rules import Hours, HoursFault, PlaceKind, Stretch, hours_words, is_https_link, read_hours
from olka.sites.service import PlaceFacts
from olka.tasks.queries import TaskRow
from olka.web.forms import ChoiceField, DateField, Form, NumberField, Text3Field, at_most, clean, required, text
from olka.web.language import language
from olka.web.place_words import HOURS_FAULTS, PLACE_KINDS
from olka.web.ticks import ticks

LINK: Final = 300


class VersionField(NumberField):
    """The version that the page showed; one that isn't sent is missing, whatever stands now."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the version; none sent is none."""
        self.data = None
        super().process_formdata(valuelist)


def version_field() -> Any:
    """Makes the hidden field that carries the version which the page showed."""
    return VersionField("", [required(_l("Avaa sivu uudelleen ja yritä uudestaan."))], lowest=1, highest=999_999_999)


def map_field() -> Any:
    """Makes the field of a map link: https alone."""
    return StringField(
        _l("Karttalinkki"),
        [at_most(LINK), _https],
        description=_l("Osoite alkaa https://. Avaa paikka karttapalvelussa ja kopioi osoite tähän."),
    )


def _https(_form: Any, field: Any) -> None:
    if field.data and not is_https_link(field.data):
        raise ValidationError(_l("Kopioi koko osoite, joka alkaa https://."))


class PlaceForm(Form):
    """What a place is and how one finds it."""

    laji = ChoiceField(_l("Mikä paikka on"), choices=list(PLACE_KINDS.items()), coerce=PlaceKind)
    nimi = Text3Field(_l("Nimi"), need=_l("Kirjoita paikan nimi, esimerkiksi OLKA-piste."))
    ohje = Text3Field(_l("Miten paikan löytää"), hint=_l("Esimerkiksi: Pääaulassa, infon vieressä."))
    katu = text(_l("Katuosoite"), hint=_l("Jätä tyhjäksi, jos se on sama kuin toimipaikan."))
    kartta = map_field()

    @property
    def facts(self) -> PlaceFacts:
        """The place as typed."""
        return PlaceFacts(
            self.laji.data, self.nimi.text3, self.ohje.text3, self.katu.data or "", self.kartta.data or ""
        )


class ChangePlaceForm(PlaceForm):
    """The same of a place that is there, at the version that the page showed."""

    versio = version_field()

    @classmethod
    def of(cls, place: PlaceRow, own: OwnAddress) -> ChangePlaceForm:
        """Gives the form with what stands now, or with what was sent."""
        return cls(
            data={
                "laji": place.kind,
                "nimi": place.name,
                "ohje": place.directions,
                "katu": own.street,
                "kartta": own.map_url,
                "versio": place.version,
            }
        )


class HoursField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A day's opening hours typed as ``9–15`` or ``9–12, 13–16``; ``data`` lists them, what was typed is kept."""

    data: Any
    typed: str | None = None

    def _value(self) -> str:
        return self.typed if self.typed is not None else hours_words(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the hours. What can't be read is an error that keeps what was typed."""
        if not valuelist:
            return
        self.typed, self.data = str(clean(valuelist[0]))[:60], ()
        found = read_hours(self.typed)
        if isinstance(found, HoursFault):
            raise ValueError(HOURS_FAULTS[found])
        self.data = found


_DAYS: Final = ("ma", "ti", "ke", "to", "pe", "la", "su")


class HoursForm(Form):
    """A week's opening hours of a place."""

    ma = HoursField(_l("Maanantai"))
    ti = HoursField(_l("Tiistai"))
    ke = HoursField(_l("Keskiviikko"))
    to = HoursField(_l("Torstai"))
    pe = HoursField(_l("Perjantai"))
    la = HoursField(_l("Lauantai"))
    su = HoursField(_l("Sunnuntai"))
    versio = version_field()

    @classmethod
    def of(cls, stretches: list[Stretch], version: int) -> HoursForm:
        """Gives the form with what stands now, or with what was sent."""
        now = {
            name: tuple((s.opens, s.closes) for s in stretches if s.weekday == number)
            for number, name in enumerate(_DAYS, start=1)
        }
        return cls(data={**now, "versio": version})

    @property
    def days(self) -> list[Any]:
        """The seven fields in order."""
        return [self[name] for name in _DAYS]

    @property
    def week(self) -> dict[int, tuple[Hours, ...]]:
        """The hours as typed, by weekday 1–7."""
        return {number: self[name].data for number, name in enumerate(_DAYS, start=1)}


class PlaceTasksForm(Form):
    """What is done at a place."""

    tehtavat = ticks(_l("Mitä täällä tehdään"))
    versio = version_field()

    def offer(self, tasks: list[TaskRow]) -> None:
        """Offers the tasks in use."""
        self.tehtavat.choices = [(task.id, task.name.in_(language())) for task in tasks]


class ClosureForm(Form):
    """Days on which a place or a site is closed, and why."""

    alkaa = DateField(
        _l("Ensimmäinen päivä"),
        [required(_l("Kirjoita päivä, esimerkiksi 23.12.2026."))],
        description=_l("Esimerkiksi 23.12.2026"),
    )
    paattyy = DateField(_l("Viimeinen päivä"), description=_l("Jätä tyhjäksi, jos sulku kestää yhden päivän."))
    syy = Text3Field(_l("Syy"), need=_l("Kirjoita syy, esimerkiksi joulutauko."), hint=_l("Syy näkyy kaikille."))

    def validate_paattyy(self, field: Any) -> None:
        """Refuses an end before the start."""
        if field.data and self.alkaa.data and field.data < self.alkaa.data:
            raise ValidationError(_l("Viimeinen päivä on ennen ensimmäistä. Korjaa jompikumpi."))

    @property
    def last_day(self) -> date:
        """The last day as typed, or the only one."""
        found: date = self.paattyy.data or self.alkaa.data
        return found
