"""Pure decisions on signing in: secrets and their hashes, how long each lives, when tries are too many."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from olka.core.wording import with_initial


class SignInKind(StrEnum):
    """How a sign-in was handed over."""

    MAILED = "mailed"
    PRINTED = "printed"


class Way(StrEnum):
    """By what somebody signed in, for the audit log."""

    LINK = "link"
    CODE = "code"
    PRINTED = "printed"
    DEMO = "demo"


MAILED_LIVES: Final = timedelta(minutes=30)
PRINTED_LIVES: Final = timedelta(days=7)
FIRST_LINK_LIVES: Final = timedelta(days=1)
CODE_TRIES: Final = 5

SESSION_LIVES: Final = timedelta(hours=12)
KEPT_SESSION_LIVES: Final = timedelta(days=90)
SEEN_EVERY: Final = timedelta(minutes=15)


# ---------------------------------------------------------------- secrets

# On paper none of these can be taken for another: no 0O, 1IL, 2Z, 5S, 8B.
LETTERS: Final = "ACDEFGHJKMNPQRTUVWXY34679"
PRINTED_LENGTH: Final = 12
_TOKEN_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens a sign-in: the link's token (192 bits), the mailed six digits, the twelve printed characters."""

    token: str
    digits: str
    letters: str


def sign_in_secrets(secret_key: str, sign_in_id: int, nonce: str) -> Secrets:
    """Derives a sign-in's secrets from its row and the secret key, so that no row or message needs to hold them."""
    seed = f"{sign_in_id}:{nonce}"
    number = int.from_bytes(_mac(secret_key, "letters", seed))
    letters = ""
    for _ in range(PRINTED_LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    return Secrets(
        token=base64.urlsafe_b64encode(_mac(secret_key, "token", seed)[:_TOKEN_BYTES]).decode(),
        digits=f"{int.from_bytes(_mac(secret_key, 'digits', seed)) % 1_000_000:06}",
        letters=letters,
    )


def digits_hash(secret_key: str, sign_in_id: int, digits: str) -> str:
    """Gives the hash under which six digits are stored; keyed, for a million plain hashes are soon tried."""
    return _mac(secret_key, "digits-hash", f"{sign_in_id}:{digits}").hex()


def letters_hash(secret_key: str, letters: str) -> str:
    """Gives the hash under which twelve printed characters are stored and found."""
    return _mac(secret_key, "letters-hash", letters).hex()


def _mac(secret_key: str, purpose: str, text: str) -> bytes:
    return hmac.digest(secret_key.encode(), f"olka-sign-in:{purpose}:{text}".encode(), hashlib.sha256)


def is_same(one: str, other: str) -> bool:
    """Compares two hashes in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def read_digits(typed: str) -> str | None:
    """Reads six digits, blanks and full-width figures forgiven; None for anything else."""
    bare = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))
    return bare if re.fullmatch("[0-9]{6}", bare) else None


def read_letters(typed: str, length: int = PRINTED_LENGTH) -> str | None:
    """Reads so many printed characters, small letters and any dashes or blanks forgiven; None for anything else."""
    bare = re.sub(r"[\s\u2010-\u2015\u2212-]", "", unicodedata.normalize("NFKC", typed)).upper()
    return bare if len(bare) == length and set(bare) <= set(LETTERS) else None


def grouped(letters: str, size: int = 4) -> str:
    """Writes printed characters in groups, as they are read aloud: ``ACDE-FGHJ-KMNP``."""
    return "-".join(letters[at : at + size] for at in range(0, len(letters), size))


# ---------------------------------------------------------------- throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within so long a time."""

    tries: int
    window: timedelta


_QUARTER: Final = timedelta(minutes=15)
FAILURES_FROM_BLOCK: Final = (Limit(10, _QUARTER),)
# The day's limit is for whoever guesses at one person's codes patiently.
FAILURES_AT_CODES: Final = (Limit(10, _QUARTER), Limit(30, timedelta(days=1)))
# A whole hospital shares one address.
ASKS_FROM_BLOCK: Final = (Limit(60, _QUARTER),)
# Each mail brings a code that may be guessed at CODE_TRIES times: the day's limit bounds the guesses.
ASKS_FOR_MAIL: Final = (Limit(5, _QUARTER), Limit(20, timedelta(days=1)))
LONGEST_WINDOW: Final = timedelta(days=1)


def wait_after(limits: Iterable[Limit], tries: Sequence[datetime], now: datetime) -> timedelta | None:
    """Tells how long to wait before the next try, the newest of ``tries`` first; None when it may be now."""
    waits = [
        tries[limit.tries - 1] + limit.window - now
        for limit in limits
        if len(tries) >= limit.tries and tries[limit.tries - 1] + limit.window > now
    ]
    return max(waits, default=None)


def address_block(address: str | None) -> str:
    """Names what one reader can hold of the network: an IPv4 address, or an IPv6 /64."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
        found = found.ipv4_mapped
    return str(found)


# ---------------------------------------------------------------- who signs in


@dataclass(frozen=True, slots=True)
class Sharer:
    """One of the people who share a mail address."""

    person_id: int
    given_name: str
    family_name: str
    called_name: str
    language: str


def told_apart(sharers: Sequence[Sharer]) -> dict[int, str]:
    """Names each so that those who share an address know themselves, and a stranger learns no more than needed."""
    ways: tuple[Callable[[Sharer], str], ...] = (
        lambda who: with_initial(who.called_name, who.family_name),
        lambda who: f"{who.called_name} {who.family_name}".strip(),
        lambda who: f"{who.given_name} {who.family_name}".strip(),
    )
    names = {who.person_id: ways[0](who) for who in sharers}
    for way in ways[1:]:
        often = Counter(names.values())
        names.update({who.person_id: way(who) for who in sharers if often[names[who.person_id]] > 1})
    return names


def language_for(sharers: Sequence[Sharer], asked: str) -> str:
    """Tells in which language to write to an address: its people's own, or the page's where they differ."""
    own = {who.language for who in sharers}
    return own.pop() if len(own) == 1 else asked


# ---------------------------------------------------------------- sessions


def session_ends(kept: bool, now: datetime) -> datetime:
    """Tells until when a session seen now lives."""
    return now + (KEPT_SESSION_LIVES if kept else SESSION_LIVES)


@dataclass(frozen=True, slots=True)
class SharedAddress:
    """Several people share the mail address, so it doesn't say which of them is meant."""
