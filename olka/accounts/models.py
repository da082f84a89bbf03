"""Tables of people, roles, sign-in and sessions. Tokens and codes are kept as hashes only."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from olka.accounts.rules import SignInKind
from olka.core.permissions import Kind
from olka.db import Base, Choice


class Person(Base):
    """One human being, whatever she does here; mail and phone are optional and may be shared."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("language IN ('fi', 'sv', 'en')", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    called_name: Mapped[str] = mapped_column(String(80))
    mail: Mapped[str | None] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    language: Mapped[str] = mapped_column(String(2), default="fi")
    search_key: Mapped[str] = mapped_column(String(400))
    shows_name: Mapped[bool] = mapped_column(default=True)
    shows_phone: Mapped[bool] = mapped_column(default=False)
    shows_phone_publicly: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class RoleRow(Base):
    """An account kind that a person holds at a site (none: everywhere), at a place for wards, from, until."""

    __tablename__ = "roles"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", "order"),
        Index("ix_roles_site_kind", "site_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[Kind] = mapped_column(Choice(Kind))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    deputy_of_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id"))


class SignIn(Base):
    """A sign-in asked for or printed: used once, dead after its time; five wrong codes kill its code, not its link.

    ``mail`` is the address asked for; a printed one names its person instead. The link's token and the code
    are derived from the id, the nonce and the secret key, so the row alone opens nothing. ``goes_to`` is the
    own path that was wished for.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[SignInKind] = mapped_column(Choice(SignInKind))
    mail: Mapped[str | None] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), index=True)
    browser_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    goes_to: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)


class SessionRow(Base):
    """One signed-in browser; deleted at sign-out, so that a copied cookie is dead with it."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kept: Mapped[bool]
    second_passed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SecondFactor(Base):
    """A staff member's authenticator app: its secret follows from the nonce and the secret key.

    ``last_step`` is the time step of the last code used, so that a code works once.
    """

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    last_step: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime]


class SpareCode(Base):
    """A spare code for the day the phone is lost; deleted when used."""

    __tablename__ = "spare_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)


class Attempt(Base):
    """One try that counts towards a throttle: by whom (an address block or account, hashed) and when."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_who", "who", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
