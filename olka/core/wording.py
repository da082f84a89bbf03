"""How days, times and names are written: one habit per language, in pages, mail and files alike."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

import phonenumbers

from olka.core.spans import LocalSpan, local

_FINLAND: Final = 358
_WEEKDAYS: Final = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_WEEKDAYS_LONG: Final = {
    "fi": ("maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai"),
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS_EN: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def weekday(day: date, language: str) -> str:
    """Names the weekday in short: ``to``, ``tors``, ``Thu``."""
    return _WEEKDAYS[language][day.weekday()]


def weekday_long(day: date, language: str) -> str:
    """Names the weekday in full, in lower case where the language writes it so."""
    return _WEEKDAYS_LONG[language][day.weekday()]


def weekday_by_number(number: int, language: str) -> str:
    """Names an ISO weekday, 1 for Monday to 7 for Sunday, in full."""
    return _WEEKDAYS_LONG[language][number - 1]


def day_month(day: date, language: str) -> str:
    """Writes day and month: ``26.11.``, ``26.11``, ``26 Nov``."""
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]}"
    return f"{day.day}.{day.month}." if language == "fi" else f"{day.day}.{day.month}"


def day_short(day: date, language: str) -> str:
    """Writes weekday, day and month: ``to 26.11.``"""
    return f"{weekday(day, language)} {day_month(day, language)}"


def day_long(day: date, language: str) -> str:
    """Writes a heading for the day: ``Torstai 26.11.``"""
    name = weekday_long(day, language)
    return f"{name[0].upper()}{name[1:]} {day_month(day, language)}"


def day_full(day: date, language: str) -> str:
    """Writes the whole date as people type it: ``26.11.2026``, in English ``26 Nov 2026``."""
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day}.{day.month}.{day.year}"


def days(first: date, last: date, language: str) -> str:
    """Writes a stretch of days: ``23.–29.11.2026``, ``23–29.11.2026``, ``23–29 Nov 2026``; years where they differ."""
    if first == last:
        return day_full(last, language)
    if first.year != last.year:
        return f"{day_full(first, language)}–{day_full(last, language)}"
    if first.month != last.month:
        return f"{day_month(first, language)}–{day_full(last, language)}"
    return f"{first.day}{'.' if language == 'fi' else ''}–{day_full(last, language)}"


def clock(at: time, language: str) -> str:
    """Writes a time of day: ``9``, ``9.30``; in English ``9:00``, ``9:30``."""
    if language == "en":
        return f"{at.hour}:{at.minute:02}"
    return f"{at.hour}.{at.minute:02}" if at.minute else f"{at.hour}"


def hours(start: time, end: time, language: str) -> str:
    """Writes a span of the day without its word: ``9–12``, ``9.30–12``, ``9:00–12:00``."""
    return f"{clock(start, language)}–{clock(end, language)}"


def span(when: LocalSpan, language: str) -> str:
    """Writes a shift's day and hours: ``to 26.11. klo 9–12``, ``tors 26.11 kl. 9–12``, ``Thu 26 Nov, 9:00–12:00``."""
    word = {"fi": " klo ", "sv": " kl. ", "en": ", "}[language]
    return f"{day_short(when.day, language)}{word}{hours(when.start, when.end, language)}"


def moment(instant: datetime, zone: str, language: str) -> str:
    """Writes an instant on the zone's clock: ``ke 25.11. klo 9``, ``ons 25.11 kl. 9``, ``Wed 25 Nov at 9:00``."""
    at = local(instant, zone)
    word = {"fi": "klo", "sv": "kl.", "en": "at"}[language]
    return f"{day_short(at.date(), language)} {word} {clock(at.time(), language)}"


def phone(number: str) -> str:
    """Writes an E.164 number as people read it: ``040 123 4567``, a foreign one with its country code."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    if parsed.country_code != _FINLAND:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = f"0{parsed.national_number}"
    if digits.startswith(("04", "050")):  # a mobile number is said in threes: 040 123 4567
        return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def with_initial(called_name: str, family_name: str) -> str:
    """Writes a name for the board and for fellow volunteers: ``Marjatta L.``"""
    return f"{called_name} {family_name[0]}." if family_name else called_name
