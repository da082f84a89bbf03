"""`olka …` commands: arguments → transaction() → service."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from dotenv import load_dotenv

from olka.config import ROOT, BadSetting, Settings, for_real, settings_of

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.exc import DBAPIError


@click.group()
def main() -> None:
    """Runs the OLKA operations app."""
    os.umask(0o077)  # what we write is nobody else's on this machine
    # In development settings may stand in .env; what the environment says goes before it.
    load_dotenv(ROOT / ".env")


def settings_or_exit(*, starts: bool = False) -> Settings:
    """Reads the settings; a wrong one is named on the terminal and ends the command.

    ``starts``: the command starts what people use, and asks more of them.
    """
    try:
        return for_real(Settings.from_env()) if starts else Settings.from_env()
    except BadSetting as error:
        sys.exit(f"olka: {error}")


def app_or_exit() -> Flask:
    """Builds the app on a database that can be worked with; what is in the way is named and ends the command."""
    from olka import schema
    from olka.app import create_app

    settings = settings_or_exit()
    if fault := schema.fault_at(settings.database_url):
        sys.exit(f"olka: {fault}")
    return create_app(settings)


@contextmanager
def writing() -> Iterator[Flask]:
    """Opens a transaction for a command; what is in the way is named and ends the command."""
    from sqlalchemy.exc import DBAPIError

    from olka.db import transaction

    app = app_or_exit()
    try:
        with app.app_context(), transaction():
            yield app
    except DBAPIError as error:
        sys.exit(f"olka: the database didn't take it, and nothing was changed ({_first_line(error)}).")


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]  # further lines hold a row's values


@main.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    from flask_migrate import upgrade
    from sqlalchemy.exc import DBAPIError

    from olka import schema
    from olka.app import create_app

    settings = settings_or_exit()
    path = settings.database_url.removeprefix("sqlite:///")
    if not settings.is_sqlite and (fault := schema.unreachable(settings.database_url)):
        sys.exit(f"olka: {fault}")
    try:
        if settings.is_sqlite:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        with create_app(settings).app_context():
            upgrade()
    except OSError as error:
        sys.exit(f"olka: there can be no database at {path} ({error.strerror}): set OLKA_DATABASE_URL.")
    except DBAPIError as error:
        sys.exit(f"olka: the schema couldn't be brought up to date, and is as it was: {error.orig}")
    print(f"olka: the database is at {', '.join(sorted(schema.heads())) or 'the beginning: there are no migrations'}")


@main.command()
@click.option("--with-worker", is_flag=True, help="Runs the worker beside the web server and ends both together.")
def serve(with_worker: bool) -> None:
    """Serves the app by gunicorn on PORT or OLKA_BIND."""
    from olka.serve import serve as serve_app

    sys.exit(serve_app(settings_or_exit(starts=True), with_worker=with_worker))


@main.command()
def worker() -> None:
    """Delivers the outbox and runs timed work, until it is told to stop."""
    from olka import schema
    from olka.app import create_app
    from olka.stop import stop_on_signals
    from olka.worker import work

    settings = settings_or_exit(starts=True)
    stop = stop_on_signals()
    if fault := schema.fault_at(settings.database_url):
        sys.exit(f"olka: {fault}")
    work(create_app(settings), stop=stop)


@main.command()
def doctor() -> None:
    """Checks settings, database, mail, clock, disk: one line each, non-zero if something is wrong."""
    from olka.doctor import look

    well = True
    for finding in look():
        print(finding)
        well = well and finding.well
    sys.exit(0 if well else 1)


@main.command("create-admin")
@click.argument("email")
def create_admin(email: str) -> None:
    """Makes the person of a mail address an admin and prints a one-time sign-in link."""
    from email_validator import EmailNotValidError, validate_email

    from olka.accounts.people_rules import Disabled
    from olka.accounts.rules import SharedAddress
    from olka.accounts.service import create_admin as make_admin
    from olka.core.errors import Refused

    why = {
        SharedAddress: "several people share this address: give one of them an address of her own first.",
        Disabled: "this person's account is closed: another admin can open it again.",
    }
    try:
        mail = validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        sys.exit(f"olka: {email!r} is no mail address.")
    try:
        with writing() as app:
            path = make_admin(mail)
    except Refused as refused:
        sys.exit(f"olka: {why[type(refused.obstacles[0])]}")
    click.echo(f"{mail} is an admin. This link signs in once, within 24 hours:")
    click.echo(f"{settings_of(app).base_url}{path}")


@main.group()
def outbox() -> None:
    """Looks after the mail that waits to leave."""


@outbox.command("retry-dead")
def retry_dead() -> None:
    """Puts the mails that were given up back to wait."""
    from olka.outbox import service

    with writing():
        number = service.retry_dead()
    click.echo(f"{number} dead mails wait again.")


@main.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Takes a staff member's lost phone out of use: she signs in by mail and takes a new one into use."""
    from olka.accounts.second_factor import reset_at
    from olka.core.errors import NotFound, Refused

    mail = email.strip().lower()
    try:
        with writing():
            reset_at(mail)
    except NotFound:
        sys.exit(f"olka: nobody with the address {mail!r} has a second factor in use.")
    except Refused:
        sys.exit("olka: several people with a second factor share this address: give each her own first.")
    click.echo(f"The second factor of {mail} is reset, and she is signed out everywhere.")


@main.command()
@click.option("--serve", "serves", is_flag=True, help="Prepares a folder of its own and serves it, with the worker.")
@click.option("--folder", type=click.Path(path_type=Path), help="That folder, by default var/demo.")
@click.option("--port", envvar="PORT", default="8000", show_envvar=True)
@click.option("--fresh", is_flag=True, envvar="FRESH", show_envvar=True, help="Makes that folder's data anew.")
def demo(serves: bool, folder: Path | None, port: str, fresh: bool) -> None:
    """Loads the demo data; refuses a database that has real accounts."""
    from olka import demo as demos

    try:
        if serves:
            sys.exit(demos.serve_demo((folder or demos.FOLDER).resolve(), port, fresh=fresh))
        print(demos.load_demo(settings_or_exit()))
    except (BadSetting, demos.NoDemo) as error:
        sys.exit(f"olka: {error}")


if __name__ == "__main__":
    main()
