"""`olka …` commands: arguments → transaction() → service."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from dotenv import load_dotenv

from olka.config import ROOT, BadSetting, Settings


@click.group()
def main() -> None:
    """Runs the OLKA operations app."""
    # In development settings may stand in .env; what the environment says goes before it.
    load_dotenv(ROOT / ".env")


def settings_or_exit() -> Settings:
    """Reads the settings; a wrong one is named on the terminal and ends the command."""
    try:
        return Settings.from_env()
    except BadSetting as error:
        sys.exit(f"olka: {error}")


@main.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    from flask_migrate import upgrade
    from sqlalchemy.exc import DBAPIError

    from olka import schema
    from olka.app import create_app

    settings = settings_or_exit()
    if settings.is_sqlite:
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    elif fault := schema.unreachable(settings.database_url):
        sys.exit(f"olka: {fault}")
    try:
        with create_app(settings).app_context():
            upgrade()
    except DBAPIError as error:
        sys.exit(f"olka: the schema couldn't be brought up to date, and is as it was: {error.orig}")
    print(f"olka: the database is at {', '.join(sorted(schema.heads())) or 'the beginning: there are no migrations'}")


@main.command()
@click.option("--with-worker", is_flag=True, help="Runs the worker beside the web server and ends both together.")
def serve(with_worker: bool) -> None:
    """Serves the app by gunicorn on PORT or OLKA_BIND."""
    from olka.serve import serve as serve_app

    sys.exit(serve_app(settings_or_exit(), with_worker=with_worker))


@main.command()
def worker() -> None:
    """Delivers the outbox and runs timed work, until it is told to stop."""
    from olka import schema
    from olka.app import create_app
    from olka.stop import stop_on_signals
    from olka.worker import work

    settings = settings_or_exit()
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
    from olka.app import create_app, settings_of
    from olka.core.errors import Refused
    from olka.db import transaction

    why = {
        SharedAddress: "several people share this address: give one of them an address of her own first.",
        Disabled: "this person's account is closed: another admin can open it again.",
    }
    try:
        mail = validate_email(email, check_deliverability=False, test_environment=True).normalized.lower()
        app = create_app()
        with app.app_context(), transaction():
            path = make_admin(mail)
    except EmailNotValidError:
        sys.exit(f"olka: {email!r} is no mail address.")
    except BadSetting as error:
        sys.exit(f"olka: {error}")
    except Refused as refused:
        sys.exit(f"olka: {why[type(refused.obstacles[0])]}")
    click.echo(f"{mail} is an admin. This link signs in once, within 24 hours:")
    click.echo(f"{settings_of(app).base_url}{path}")


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
