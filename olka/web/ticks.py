"""Boxes to tick among several: one field, many values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput


class TicksField(SelectMultipleField):  # type: ignore[misc]  # WTForms ships no types
    """Boxes to tick among (value, words); ``data`` lists the values ticked, an unknown one is refused."""

    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, *, choices: Any = (), **more: Any) -> None:
        super().__init__(label, validators, choices=[SelectChoice(*pair) for pair in choices], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Types the values; an unreadable one is an error beside the field."""
        try:
            self.data = list(dict.fromkeys(self.coerce(value) for value in valuelist))
        except ValueError:
            raise ValueError(_l("Valitse jokin luettelon vaihtoehdoista.")) from None

    def pre_validate(self, form: Any) -> None:
        """Refuses what is not among the choices, in our words."""
        if not set(self.data or ()) <= {self.coerce(value) for value, *_ in self.choices}:
            raise StopValidation(_l("Valitse jokin luettelon vaihtoehdoista."))


def ticks(label: Any, choices: Sequence[tuple[Any, Any]] = (), *, need: Any = None, hint: Any = "", **more: Any) -> Any:
    """Makes boxes to tick, whose values are ids unless ``coerce`` says otherwise; ``need`` asks for one at least."""
    rules = [some(need)] if need else []
    return TicksField(label, rules, choices=list(choices), description=hint, **{"coerce": int, **more})


def some(message: Any) -> Callable[[Any, Field], None]:
    """Asks for at least one box; the message says what to choose."""

    def check(_form: Any, field: Field) -> None:
        if not field.data and not field.errors:
            raise StopValidation(message)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check
