"""create_app(): the one file that knows every room."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined

from olka.accounts.sign_in import facts_of_mail
from olka.config import ROOT, Settings, keep_settings
from olka.core import wording
from olka.core.permissions import Permission, may
from olka.db import db, engine_options, prepare_engine
from olka.outbox.delivery import register
from olka.watch import init_watch
from olka.web import static_files
from olka.web.admin import accounts_desk, house, house_sites, house_tasks
from olka.web.coordinator import opening, people, person, places, shift_desk, week
from olka.web.errors import init_errors
from olka.web.gate import check_gates, current_actor
from olka.web.language import init_language, language
from olka.web.notes import take_notes
from olka.web.public import demo_mail, front, machines, second_factor, sign_in
from olka.web.reading import IdConverter
from olka.web.security import init_security, security_config
from olka.web.shells import init_shells
from olka.web.signed_in import init_sign_in
from olka.web.volunteer import open_shifts, own_shifts, profile

BLUEPRINTS: Final = (
    static_files.pages,
    front.pages,
    sign_in.pages,
    second_factor.pages,
    machines.pages,
    demo_mail.pages,
    profile.pages,
    open_shifts.pages,
    own_shifts.pages,
    week.pages,
    shift_desk.pages,
    people.pages,
    person.pages,
    places.pages,
    opening.pages,
    house.pages,
    house_sites.pages,
    house_tasks.pages,
    accounts_desk.pages,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Builds the app from its settings, by default the environment's. Raises BadSetting, MissingGate."""
    settings = settings or Settings.from_env()
    app = Flask(
        "olka", root_path=str(ROOT), template_folder="templates", static_folder=None, instance_path=str(ROOT / "var")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        COMPRESS_MIN_SIZE=500,
        **security_config(settings),
    )
    keep_settings(app, settings)
    app.url_map.converters["id"] = IdConverter
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    init_watch(app, settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    Compress(app)
    init_security(app, settings)
    CSRFProtect(app)
    init_sign_in(app)
    init_language(app)
    init_errors(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _init_templates(app, settings)
    init_shells(app)
    check_gates(app)
    # The mail's link and code are made when it leaves: no message holds them.
    register("sign_in", facts_of_mail)
    return app


def _init_templates(app: Flask, settings: Settings) -> None:
    def in_language(value: Any) -> str:
        return value.in_(language()) if value is not None else ""

    app.jinja_env.filters.update(
        t3=in_language,
        day_short=lambda day: wording.day_short(day, language()),
        day_long=lambda day: wording.day_long(day, language()),
        day_full=lambda day: wording.day_full(day, language()),
        weekday=lambda day: wording.weekday(day, language()),
        days=lambda pair: wording.days(pair[0], pair[1], language()),
        hours=lambda pair: wording.hours(pair[0], pair[1], language()),
        clock=lambda at: wording.clock(at, language()),
        span=lambda when: wording.span(when, language()),
        phone=wording.phone,
    )
    app.jinja_env.globals.update(
        static_url=static_files.static_url,
        may=lambda permission, site_id=None: may(current_actor(), Permission[permission], site_id),
        take_notes=take_notes,
        language=language,
        is_demo=settings.demo,
        region=settings.region,
    )
