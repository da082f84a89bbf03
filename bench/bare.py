"""The yardstick: a bare page of fifty rows, one Core query and a plain Jinja loop that writes the same row markup."""

from __future__ import annotations

from typing import Final

from flask import Flask
from jinja2 import Environment
from sqlalchemy import create_engine, text

_QUERY: Final = text(
    'SELECT s.id, s.day, s.start, s."end", s.taken, s.min_people, s.max_people, p.name AS place, t.name AS task'
    " FROM shifts s JOIN places p ON p.id = s.place_id JOIN tasks t ON t.id = s.task_id"
    " WHERE s.starts_at > :now AND s.state = 'published' ORDER BY s.starts_at, s.id LIMIT 50"
)
_PAGE: Final = """<!doctype html>
<html lang="fi"><head><meta charset="utf-8"><title>Vapaat vuorot</title></head><body>
<div class="agenda"><ul class="slots">
{% for row in rows %}<li class="slot" data-id="{{ row.id }}">\
<span class="slot-time">{{ row.start }}–{{ row.end }}</span>\
<div><p class="slot-title">{{ row.place }}</p><p class="meta">{{ row.task }}</p></div>\
<form class="slot-do" method="post" action="/vuorot/{{ row.id }}/varaa">\
<input type="hidden" name="csrf_token" value="x"><input type="hidden" name="avain" value="x">\
<span class="seats{{ ' seats--need' if row.taken < row.min_people }}"><span class="seats-row" aria-hidden="true">\
{% for n in range(row.max_people) %}\
<i class="seat{{ ' seat--on' if n < row.taken else ' seat--need' if n < row.min_people }}"></i>{% endfor %}</span>\
{{ row.max_people - row.taken }}</span>\
<button class="button">Ota vuoro<span class="vh"> {{ row.day }}</span></button></form></li>
{% endfor %}</ul></div></body></html>"""


def bare_app(database_url: str, now: str) -> Flask:
    """Builds an app of one view and nothing else: no session, no translation, no macros, no headers."""
    app = Flask("bare")
    engine = create_engine(database_url)
    template = Environment(autoescape=True).from_string(_PAGE)

    @app.get("/")
    def page() -> str:
        with engine.connect() as connection:
            return template.render(rows=connection.execute(_QUERY, {"now": now}).all())

    return app
