"""`olka …` commands: arguments → transaction() → service."""

from __future__ import annotations

import sys

import click

from olka.config import BadSetting


@click.group()
def main() -> None:
    """Runs the OLKA operations app."""


@main.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    from flask_migrate import upgrade

    from olka.app import create_app

    try:
        app = create_app()
    except BadSetting as error:
        sys.exit(f"olka: {error}")
    with app.app_context():
        upgrade()


if __name__ == "__main__":
    main()
