"""When a message that couldn't leave is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from olka.outbox.rules import PATIENCE, wait_after


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (20, 60), (70, 60), (74, 60)]
)
def test_the_pauses_grow_to_an_hour(failures: int, minutes: int) -> None:
    assert wait_after(failures) == timedelta(minutes=minutes)


def test_after_three_days_of_tries_a_message_is_given_up() -> None:
    waits: list[timedelta] = []
    while (wait := wait_after(len(waits) + 1)) is not None:
        waits.append(wait)
    assert PATIENCE - timedelta(hours=1) < sum(waits, timedelta()) <= PATIENCE
    assert wait_after(len(waits) + 100) is None
