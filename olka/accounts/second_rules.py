"""Pure decisions on the second factor: who needs it, and which code of an authenticator app is right.

The app's secret is derived from a row's nonce and the secret key, so the database alone makes no codes.
Standard: RFC 6238 (TOTP), steps of 30 seconds, six digits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import pyotp

from olka.accounts.rules import LETTERS, grouped, read_letters
from olka.core.permissions import Kind

STAFF: Final = frozenset({Kind.COORDINATOR, Kind.EMPLOYEE, Kind.ADMIN})
STEP_SECONDS: Final = 30
SECOND_LIVES: Final = timedelta(days=30)
SPARE_CODES: Final = 8
# A phone's clock may be a little off; a longer window would give a guesser more right answers at once.
_DRIFT: Final = (0, -1, 1)
_SPARE_LENGTH: Final = 10


def needs_second(kinds: Iterable[Kind]) -> bool:
    """Tells whether somebody of these account kinds sees other people's data and so needs a second factor."""
    return not STAFF.isdisjoint(kinds)


def awaits_second(kinds: Iterable[Kind], *, passed: bool, begun_at: datetime, now: datetime) -> bool:
    """Tells whether a session owes the second factor: not passed yet, or so long ago that it is asked again.

    A session begins anew when the second factor passes, so its beginning is when that was.
    """
    return needs_second(kinds) and not (passed and now < begun_at + SECOND_LIVES)


def new_nonce() -> str:
    """Makes a nonce from which a new secret follows."""
    return secrets.token_hex(16)


def app_secret(secret_key: str, person_id: int, nonce: str) -> str:
    """Derives the authenticator app's secret, 160 bits in base32."""
    text = f"olka-second:{person_id}:{nonce}"
    return base64.b32encode(hmac.digest(secret_key.encode(), text.encode(), hashlib.sha1)).decode()


def app_address(secret: str, name: str, issuer: str) -> str:
    """Writes the otpauth address that a QR code carries to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(code: str, secret: str, now: datetime, last_step: int) -> int | None:
    """Finds the time step whose code this is, if it is later than the last one used; None when there is none."""
    present = int(now.timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(secret)
    for drift in _DRIFT:
        step = present + drift
        if hmac.compare_digest(maker.generate_otp(step), code):
            return step if step > last_step else None
    return None


def new_spare_codes() -> tuple[str, ...]:
    """Makes the spare codes for the day the phone is lost: ten characters each, each works once."""
    return tuple("".join(secrets.choice(LETTERS) for _ in range(_SPARE_LENGTH)) for _ in range(SPARE_CODES))


def spare_hash(secret_key: str, person_id: int, code: str) -> str:
    """Gives the keyed hash under which a spare code is stored."""
    return hmac.digest(secret_key.encode(), f"olka-spare:{person_id}:{code}".encode(), hashlib.sha256).hex()


def read_spare(typed: str) -> str | None:
    """Reads a spare code, small letters, dashes and blanks forgiven; None for anything else."""
    return read_letters(typed, _SPARE_LENGTH)


def spare_in_halves(code: str) -> str:
    """Writes a spare code in two halves: ``ACDEF-GHJKM``."""
    return grouped(code, _SPARE_LENGTH // 2)
