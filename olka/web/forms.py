"""The one base form, its fields, and the only place that reads what a form sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms import FormField as _FormField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from olka.core.identity_code import contains_identity_code
from olka.core.texts import Text3

SHORT: Final = 120
LONG: Final = 2000

_UNSAFE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DATE: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ISO_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(r"([0-9]{1,2})(?:[.:]([0-9]{2}))?")


def clean(value: Any) -> Any:
    """Brings typed text to one form: NFC, no blanks at the ends, one kind of line break; a date or number stays."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The base of every form: cleans text, refuses identity codes and control characters, carries CSRF."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Our own words for every error; WTForms' catalogue isn't loaded."""

        locales = ()

        def bind_field(self, form: Any, unbound: Any, options: dict[str, Any]) -> Field:
            """Adds the cleaning and the guard to every text field."""
            field_class = unbound.field_class
            if issubclass(field_class, StringField) and not issubclass(field_class, RadioField):
                options["filters"] = [clean, *options.get("filters", ())]
            return super().bind_field(form, unbound, options)

    def validate(self, extra_validators: Any = None) -> bool:
        """Runs every field's rules and, over all text, the guard."""
        ok: bool = super().validate(extra_validators)
        for field in _text_fields(self):
            message = _guard(field.data)
            if message:
                field.errors = [message]
                field.data = "" if contains_identity_code(str(field.data)) else _UNSAFE.sub("", str(field.data))
                ok = False
        return ok

    @property
    def all_errors(self) -> list[tuple[str, str]]:
        """Lists (field's id, message) in the order of the fields, for the summary above the stage."""
        found: list[tuple[str, str]] = []
        for field in self:
            _collect(field, found)
        return found


def _text_fields(form: Any) -> list[Field]:
    fields: list[Field] = []
    for field in form:
        if isinstance(field, _FormField):
            fields.extend(_text_fields(field.form))
        elif isinstance(field, StringField) and isinstance(field.data, str):
            fields.append(field)
    return fields


def _guard(text: str) -> Any:
    if _UNSAFE.search(text):
        return _l("Tekstissä on merkkejä, joita ei voi tallentaa. Kirjoita se uudelleen.")
    if contains_identity_code(text):
        return _l("Poista henkilötunnus. Emme tarvitse sitä, eikä sitä saa tallentaa tähän palveluun.")
    return None


def _collect(field: Any, found: list[tuple[str, str]]) -> None:
    if isinstance(field, _FormField):
        for inner in field.form:
            _collect(inner, found)
    elif field.errors:
        # A choice among radios or boxes has no input of the field's own id: its first one is the target.
        target = f"{field.id}-0" if isinstance(field, RadioField | SelectMultipleField) else field.id
        found.append((target, str(field.errors[0])))


def required(message: Any) -> Callable[[Any, Field], None]:
    """Makes a field needed; the message says what to write, not that it is missing."""

    def check(_form: Any, field: Field) -> None:
        if field.data is None or field.data == "":
            if field.errors:  # what was typed couldn't be read, and that was said
                raise StopValidation()
            raise StopValidation(message)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def at_most(length: int) -> Callable[[Any, Field], None]:
    """Limits a text's length in characters."""

    def check(_form: Any, field: Field) -> None:
        if field.data and len(field.data) > length:
            raise ValidationError(
                _l("Lyhennä tekstiä: enintään %(limit)d merkkiä, nyt %(now)d.", limit=length, now=len(field.data))
            )

    return check


def text(label: Any, *, need: Any = None, limit: int = SHORT, hint: Any = "", **more: Any) -> Any:
    """Makes a one-line text field; ``need`` is the message that makes it required."""
    return StringField(label, [*([required(need)] if need else []), at_most(limit)], description=hint, **more)


def long_text(label: Any, *, need: Any = None, limit: int = LONG, hint: Any = "", **more: Any) -> Any:
    """Makes a text field of several lines."""
    return TextAreaField(label, [*([required(need)] if need else []), at_most(limit)], description=hint, **more)


def yes_no(label: Any, *, hint: Any = "", **more: Any) -> Any:
    """Makes a single box to tick."""
    return BooleanField(label, description=hint, **more)


class ChoiceField(SelectField):  # type: ignore[misc]  # WTForms ships no types
    """A select among (value, words); an unknown value is refused. ``coerce`` types it, an empty one is None."""

    data: Any

    def __init__(
        self, label: Any = None, validators: Any = None, *, coerce: Any = str, choices: Any = (), **more: Any
    ) -> None:
        options = [SelectChoice(value, words) for value, words in choices]
        super().__init__(
            label,
            validators,
            coerce=lambda value: None if value == "" else coerce(value),
            choices=options,
            **more,
        )

    def pre_validate(self, form: Any) -> None:
        """Refuses what is not among the choices, in our words."""
        if self.data is None or not any(self.coerce(value) == self.data for value, *_ in self.iter_choices()):
            if self.data in (None, "") and any(value == "" for value, *_ in self.iter_choices()):
                return
            raise StopValidation(_l("Valitse jokin luettelon vaihtoehdoista."))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Types the value; an unreadable one is an error beside the field."""
        if not valuelist:
            return
        try:
            self.data = self.coerce(valuelist[0]) if valuelist[0] != "" else None
        except ValueError:
            self.data = None


def choice(label: Any, choices: Sequence[tuple[Any, Any]], *, coerce: Any = str, hint: Any = "", **more: Any) -> Any:
    """Makes a select; each choice is (value, words). A choice ("", …) makes it optional."""
    return ChoiceField(label, choices=list(choices), coerce=coerce, description=hint, **more)


class DateField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A date typed as ``26.11.2026`` (``2026-11-26`` is read too); ``data`` is a date, what was typed is kept."""

    data: Any
    typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return f"{self.data.day}.{self.data.month}.{self.data.year}" if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the date. An impossible one is an error that keeps what was typed."""
        if not valuelist:
            return
        self.typed = _UNSAFE.sub("", valuelist[0].strip())[:40]
        self.data = None
        if self.typed:
            self.data = read_date(self.typed)
            if self.data is None:
                raise ValueError(_l("Kirjoita päivä muodossa 26.11.2026."))


class TimeField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A time of day typed as ``9``, ``9.30`` or ``9:30``; ``data`` is a time, what was typed is kept."""

    data: Any
    typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return f"{self.data.hour}.{self.data.minute:02}" if isinstance(self.data, time) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the time. An impossible one is an error that keeps what was typed."""
        if not valuelist:
            return
        self.typed = _UNSAFE.sub("", valuelist[0].strip())[:20]
        self.data = None
        if self.typed:
            match = _TIME.fullmatch(self.typed)
            if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
                raise ValueError(_l("Kirjoita kellonaika muodossa 9.00 tai 13.30."))
            self.data = time(int(match[1]), int(match[2] or 0))


class NumberField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A whole number between two limits; ``data`` is an int, what was typed is kept."""

    data: Any
    typed: str | None = None

    def __init__(self, label: Any, validators: Any = None, *, lowest: int, highest: int, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.lowest, self.highest = lowest, highest

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the number. One outside the limits is an error that keeps what was typed."""
        if not valuelist:
            return
        self.typed = _UNSAFE.sub("", valuelist[0].strip())[:20]
        self.data = None
        if self.typed:
            if not re.fullmatch("[0-9]{1,9}", self.typed) or not self.lowest <= int(self.typed) <= self.highest:
                raise ValueError(_l("Kirjoita luku väliltä %(low)d–%(high)d.", low=self.lowest, high=self.highest))
            self.data = int(self.typed)


class MailField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A mail address, lower-cased and checked for its form; the domain isn't asked."""

    data: Any

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Checks the form of what was typed."""
        if validation_stopped or not self.data:
            return
        try:
            self.data = validate_email(self.data, check_deliverability=False, test_environment=True).normalized.lower()
        except EmailNotValidError:
            raise ValidationError(_l("Kirjoita koko sähköpostiosoite, esimerkiksi nimi@esimerkki.fi.")) from None
        if len(self.data) > 254:
            raise ValidationError(_l("Kirjoita koko sähköpostiosoite, esimerkiksi nimi@esimerkki.fi."))


class PhoneField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A phone number, Finnish unless it begins with +; ``data`` becomes E.164."""

    data: Any

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Checks and normalises what was typed."""
        if validation_stopped or not self.data:
            return
        try:
            number = phonenumbers.parse(self.data, "FI")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_l("Kirjoita koko puhelinnumero, esimerkiksi 040 123 4567."))
        self.data = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Text3Form(Form):
    """The three languages of one text, within another form."""

    class Meta(Form.Meta):
        """The outer form carries the token."""

        csrf = False

    fi = text(_l("suomeksi"))
    sv = text(_l("ruotsiksi"))
    en = text(_l("englanniksi"))


class LongText3Form(Form):
    """The three languages of one longer text, within another form."""

    class Meta(Form.Meta):
        """The outer form carries the token."""

        csrf = False

    fi = long_text(_l("suomeksi"))
    sv = long_text(_l("ruotsiksi"))
    en = long_text(_l("englanniksi"))


class Text3Field(_FormField):  # type: ignore[misc]  # WTForms ships no types
    """A text in three languages; ``text3`` is its value. ``need`` makes the Finnish one required."""

    def __init__(self, label: Any, *, need: Any = None, long: bool = False, hint: Any = "", **more: Any) -> None:
        super().__init__(LongText3Form if long else Text3Form, label, description=hint, **more)
        self.need = need

    def process(self, *arguments: Any, **more: Any) -> None:
        """Reads the three languages; the one that is needed isn't marked as optional."""
        super().process(*arguments, **more)
        if self.need:
            self.form.fi.flags.required = True

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Checks each language, and that the Finnish one is there where it is needed."""
        ok: bool = self.form.validate()
        if self.need and not self.form.fi.data:
            self.form.fi.errors = [self.need]
            ok = False
        return ok

    @property
    def text3(self) -> Text3:
        """The value typed, as one Text3."""
        return Text3(self.form.fi.data or "", self.form.sv.data or "", self.form.en.data or "")


class ButtonForm(Form):
    """A bare button: nothing but CSRF, and the operation key where the act must not happen twice."""

    avain = StringField()


def operation_key(prefix: str) -> str | None:
    """Reads the key that makes a double click one act, bound to its actor by the prefix; None where none was sent."""
    key = request.form.get("avain", "")
    return f"{prefix}:{key}" if re.fullmatch(r"[A-Za-z0-9_-]{8,40}", key) else None


def read_date(typed: str) -> date | None:
    """Reads ``26.11.2026`` or ``2026-11-26``; None for what is no date."""
    if match := _DATE.fullmatch(typed):
        parts = (int(match[3]), int(match[2]), int(match[1]))
    elif match := _ISO_DATE.fullmatch(typed):
        parts = (int(match[1]), int(match[2]), int(match[3]))
    else:
        return None
    try:
        found = date(*parts)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2199 else None
