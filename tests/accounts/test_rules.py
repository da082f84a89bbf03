"""Secrets, throttle and names of signing in, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from olka.accounts import rules
from olka.accounts.rules import Limit, Sharer

KEY = "k" * 32
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def sharer(number: int, given: str, family: str, called: str, language: str = "fi") -> Sharer:
    return Sharer(number, given, family, called, language)


def test_the_same_row_and_key_give_the_same_secrets_again() -> None:
    assert rules.sign_in_secrets(KEY, 7, "n") == rules.sign_in_secrets(KEY, 7, "n")


@pytest.mark.parametrize("other", [("K" * 32, 7, "n"), (KEY, 8, "n"), (KEY, 7, "m")])
def test_another_key_row_or_nonce_gives_other_secrets(other: tuple[str, int, str]) -> None:
    one, two = rules.sign_in_secrets(KEY, 7, "n"), rules.sign_in_secrets(*other)
    assert one.token != two.token
    assert one.letters != two.letters


@given(st.integers(1, 10**9), st.text(max_size=20))
def test_secrets_have_the_shape_that_is_typed_back(number: int, nonce: str) -> None:
    made = rules.sign_in_secrets(KEY, number, nonce)
    assert len(made.token) == 32  # 192 bits
    assert rules.read_digits(made.digits) == made.digits
    assert rules.read_letters(rules.grouped(made.letters).lower()) == made.letters


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("012345", "012345"),
        (" 012 345 ", "012345"),
        ("012-345", "012345"),
        ("０１２３４５", "012345"),
        ("01234", None),
        ("0123456", None),
        ("01234a", None),
        ("", None),
        ("٠١٢٣٤٥", None),
        ("½12345", None),
    ],
)
def test_six_digits_are_read_as_people_type_them(typed: str, read: str | None) -> None:
    assert rules.read_digits(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ACDE-FGHJ-KMNP", "ACDEFGHJKMNP"),
        ("acde fghj kmnp", "ACDEFGHJKMNP"),
        ("acde–fghj—kmnp", "ACDEFGHJKMNP"),
        ("ACDE-FGHJ-KMN", None),
        ("ACDE-FGHJ-KMN0", None),
        ("ACDE-FGHJ-KMNÅ", None),
        ("ACDE-FGHJ-KMNPQ", None),
    ],
)
def test_printed_characters_are_read_as_people_type_them(typed: str, read: str | None) -> None:
    assert rules.read_letters(typed) == read


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_counts_by_its_block(address: str | None, block: str) -> None:
    assert rules.address_block(address) == block


LIMITS = (Limit(3, timedelta(minutes=15)), Limit(5, timedelta(days=1)))


@pytest.mark.parametrize(
    ("ages", "wait"),
    [
        ([], None),
        ([1, 2], None),
        ([1, 2, 4], 11),
        ([1, 2, 15], None),
        ([1, 2, 20, 30], None),
        ([20, 30, 40, 50, 60], 1440 - 60),
        ([1, 2, 3, 50, 60], 1440 - 60),
    ],
)
def test_a_limit_is_full_until_its_oldest_try_leaves(ages: list[int], wait: int | None) -> None:
    tries = [NOW - timedelta(minutes=age) for age in ages]
    found = rules.wait_after(LIMITS, tries, NOW)
    assert found == (None if wait is None else timedelta(minutes=wait))


@pytest.mark.parametrize(
    ("sharers", "names"),
    [
        (
            [sharer(1, "Marjatta", "Lehtonen", "Marjatta"), sharer(2, "Pekka", "Lehtonen", "Pekka")],
            ["Marjatta L.", "Pekka L."],
        ),
        ([sharer(1, "Matti", "Laine", "Matti"), sharer(2, "Matti", "Lehto", "Matti")], ["Matti Laine", "Matti Lehto"]),
        (
            [sharer(1, "Matti Olavi", "Laine", "Matti"), sharer(2, "Matti Ilmari", "Laine", "Matti")],
            ["Matti Olavi Laine", "Matti Ilmari Laine"],
        ),
        ([sharer(1, "aada", "", "aada")], ["aada"]),
    ],
)
def test_those_who_share_an_address_are_told_apart_by_no_more_than_needed(
    sharers: list[Sharer], names: list[str]
) -> None:
    assert list(rules.told_apart(sharers).values()) == names


@pytest.mark.parametrize(
    ("languages", "language"), [([], "fi"), (["sv"], "sv"), (["sv", "sv"], "sv"), (["sv", "en"], "fi")]
)
def test_a_mail_speaks_its_readers_language_where_they_agree(languages: list[str], language: str) -> None:
    assert rules.language_for([sharer(n, "A", "B", "A", wish) for n, wish in enumerate(languages)], "fi") == language
