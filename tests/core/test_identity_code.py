"""The guard against identity codes goes by the checksum, so that other numbers pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olka.core.identity_code import contains_identity_code

CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def code(ddmmyy: str, sign: str, number: int, *, right: bool = True) -> str:
    """Puts a code together at run time, so that none stands in a file."""
    place = int(f"{ddmmyy}{number:03}") % 31
    return f"{ddmmyy}{sign}{number:03}{CHECKS[place if right else (place + 1) % 31]}"


@given(
    st.integers(1, 28),
    st.integers(1, 12),
    st.integers(0, 99),
    st.sampled_from("+-ABCDEFUVWXY"),
    st.integers(2, 999),
    st.sampled_from(["{}", "hlö {}.", "x{}", "_{}_", "{}\n", "({})"]),
)
def test_every_right_code_is_found_in_either_case(
    day: int, month: int, year: int, sign: str, number: int, around: str
) -> None:
    made = code(f"{day:02}{month:02}{year:02}", sign, number)
    assert contains_identity_code(around.format(made))
    assert contains_identity_code(around.format(made.lower()))


@given(st.integers(1, 28), st.integers(1, 12), st.integers(0, 99), st.sampled_from("+-ABCDEF"), st.integers(2, 899))
def test_a_wrong_checksum_passes(day: int, month: int, year: int, sign: str, number: int) -> None:
    assert not contains_identity_code(code(f"{day:02}{month:02}{year:02}", sign, number, right=False))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "040 123 4567",
        "26.11.2026",
        "FI21 1234 5600 0007 85",
        "261126-",
        "320126-1234",
        "011326-123A",
        "13100 Hämeenlinna",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert not contains_identity_code(text)


@pytest.mark.parametrize("dash", ["–", "−", " - ", "- "])
def test_a_code_typed_with_another_dash_or_blanks_is_found(dash: str) -> None:
    plain = code("131052", "-", 308)
    assert contains_identity_code(plain.replace("-", dash))
