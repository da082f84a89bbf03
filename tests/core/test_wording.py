"""Days, hours, numbers and names as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from olka.core import wording
from olka.core.spans import LocalSpan
from olka.core.texts import Text3

DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("language", "short", "long", "full", "span", "moment"),
    [
        ("fi", "to 26.11.", "Torstai 26.11.", "26.11.2026", "to 26.11. klo 9–12.30", "to 26.11. klo 9.30"),
        ("sv", "tors 26.11", "Torsdag 26.11", "26.11.2026", "tors 26.11 kl. 9–12.30", "tors 26.11 kl. 9.30"),
        ("en", "Thu 26 Nov", "Thursday 26 Nov", "26 Nov 2026", "Thu 26 Nov, 9:00–12:30", "Thu 26 Nov at 9:30"),
    ],
)
def test_each_language_writes_days_its_own_way(
    language: str, short: str, long: str, full: str, span: str, moment: str
) -> None:
    assert wording.day_short(DAY, language) == short
    assert wording.day_long(DAY, language) == long
    assert wording.day_full(DAY, language) == full
    assert wording.span(LocalSpan(DAY, time(9), time(12, 30), "Europe/Helsinki"), language) == span
    instant = datetime(2026, 11, 26, 7, 30, tzinfo=UTC)
    assert wording.moment(instant, "Europe/Helsinki", language) == moment


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("+358401234567", "040 123 4567"),
        ("+358500000001", "050 000 0001"),
        ("+46701234567", "+46 70 123 45 67"),
        ("nothing", "nothing"),
    ],
)
def test_numbers_are_written_as_they_are_said(number: str, read: str) -> None:
    assert wording.phone(number) == read


def test_a_name_on_the_board_is_the_called_name_and_an_initial() -> None:
    assert wording.with_initial("Marjatta", "Lehtonen") == "Marjatta L."
    assert wording.with_initial("Cher", "") == "Cher"


@pytest.mark.parametrize(("language", "read"), [("fi", "piste"), ("sv", "punkt"), ("en", "piste")])
def test_a_text_falls_back_on_finnish(language: str, read: str) -> None:
    assert Text3("piste", "punkt", "").in_(language) == read
