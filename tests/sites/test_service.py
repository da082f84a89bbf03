"""Keeping organisers, sites and places: versions hold, what is refused leaves nothing, every change is audited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from olka.audit.models import AuditRow
from olka.core.errors import Conflict, NotFound, Refused
from olka.core.permissions import Actor
from olka.core.texts import Text3
from olka.db import db, fetch_all, transaction
from olka.sites import queries, rules, service
from olka.sites.models import Closure, Place, Site
from olka.sites.rules import PlaceKind, SiteKind, Stretch
from tests import factories

ACTOR = Actor(7)


def site_facts(organiser_id: int, **changes: object) -> service.SiteFacts:
    facts = service.SiteFacts(
        organiser_id=organiser_id,
        kind=SiteKind.HOSPITAL,
        name=Text3("Assi-sairaala"),
        short_name=Text3("Assi"),
        street="Katu 1",
        postcode="13100",
        town="Hämeenlinna",
        map_url="",
        directions=Text3(),
        zone="Europe/Helsinki",
        phone="",
        mail="",
        opens_on=None,
        succeeds_id=None,
        succeeds_from=None,
        cancel_hours=24,
        undo_minutes=10,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # the names are SiteFacts' own


def place_facts(name: str = "OLKA-piste") -> service.PlaceFacts:
    return service.PlaceFacts(PlaceKind.POINT, Text3(name), Text3(), "", "")


def audited() -> list[tuple[str, str]]:
    return [tuple(row) for row in fetch_all(select(AuditRow.verb, AuditRow.object_kind).order_by(AuditRow.id))]


def test_a_place_is_made_changed_retired_and_taken_back_and_each_is_audited(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site()
        with transaction():
            place_id = service.create_place(ACTOR, site.id, place_facts())
        with transaction():
            service.change_place(ACTOR, place_id, 1, place_facts("Infopiste"))
        with transaction():
            service.put_out_of_use(ACTOR, Place, place_id, factories.today())
        assert queries.places_of(None) == []
        with transaction():
            service.take_back_place(ACTOR, place_id)

        (place,) = queries.places_of(frozenset({site.id}))
        assert (place.name.fi, place.version) == ("Infopiste", 4)
        assert audited() == [(verb, "place") for verb in ("created", "changed", "retired", "taken_back")]


def test_a_change_from_an_old_page_never_overwrites_the_newer_one(any_app: Flask) -> None:
    with any_app.app_context():
        place = factories.place(factories.site().id)
        with transaction():
            service.change_place(ACTOR, place.id, 1, place_facts("Ensin"))
        with pytest.raises(Conflict), transaction():
            service.change_place(ACTOR, place.id, 1, place_facts("Sitten"))
        with pytest.raises(Conflict), transaction():
            service.set_hours(ACTOR, place.id, 1, {1: [(time(9), time(12))]})

        assert queries.get_place(place.id).name.fi == "Ensin"
        assert queries.hours_of([place.id]) == {place.id: []}


def test_hours_take_the_place_of_the_former_ones(any_app: Flask) -> None:
    with any_app.app_context():
        place = factories.place(factories.site().id)
        with transaction():
            service.set_hours(ACTOR, place.id, 1, {1: [(time(9), time(12)), (time(13), time(15))]})
        with transaction():
            service.set_hours(ACTOR, place.id, 2, {2: [(time(10), time(12))]})
        assert queries.hours_of([place.id])[place.id] == [Stretch(2, time(10), time(12))]


def test_a_closure_of_a_site_closes_each_of_its_places_and_no_other(any_app: Flask) -> None:
    with any_app.app_context():
        site, other = factories.site(), factories.site("Riihimäen sairaala")
        one, two, elsewhere = (factories.place(s.id) for s in (site, site, other))
        today = factories.today()
        with transaction():
            service.add_closure(ACTOR, site.id, None, first_day=today, last_day=today, reason=Text3("Remontti"))
            own = service.add_closure(
                ACTOR,
                site.id,
                one.id,
                first_day=today + timedelta(3),
                last_day=today + timedelta(4),
                reason=Text3("Tauko"),
            )
        ids = [one.id, two.id, elsewhere.id]
        found = queries.closures_between(ids, today, today + timedelta(3))
        assert [(closed.place_id, closed.reason.fi) for closed in found] == [
            (one.id, "Remontti"),
            (two.id, "Remontti"),
            (one.id, "Tauko"),
        ]
        assert queries.closures_between(ids, today + timedelta(5), today + timedelta(9)) == []
        with transaction():
            service.remove_closure(ACTOR, own)
        with pytest.raises(NotFound), transaction():
            service.remove_closure(ACTOR, own)
        assert db.session.scalars(select(Closure.place_id)).all() == [None]


def test_an_organiser_with_sites_in_use_stays(any_app: Flask) -> None:
    with any_app.app_context():
        organiser = factories.organiser()
        site = factories.site(organiser_id=organiser.id)
        with pytest.raises(Refused) as refused, transaction():
            service.retire_organiser(ACTOR, organiser.id, factories.today())
        assert refused.value.obstacles == (rules.StillInUse((site.name,)),)

        with transaction():
            service.put_out_of_use(ACTOR, Site, site.id, factories.today())
        with transaction():
            service.retire_organiser(ACTOR, organiser.id, factories.today())
        with pytest.raises(Refused), transaction():
            service.create_site(ACTOR, site_facts(organiser.id))


def test_a_site_out_of_use_gets_no_new_places(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site(retired_on=factories.today())
        with pytest.raises(Refused), transaction():
            service.create_place(ACTOR, site.id, place_facts())


def test_a_site_succeeds_another_but_never_in_a_circle(any_app: Flask) -> None:
    with any_app.app_context():
        organiser = factories.organiser()
        old = factories.site("Keskussairaala", organiser_id=organiser.id)
        with transaction():
            new = service.create_site(
                ACTOR, site_facts(organiser.id, succeeds_id=old.id, succeeds_from=date(2027, 3, 1))
            )
        for succeeds in (new, old.id):
            with pytest.raises(Refused), transaction():
                service.change_site(
                    ACTOR,
                    old.id,
                    1,
                    site_facts(organiser.id, succeeds_id=succeeds, succeeds_from=date(2027, 3, 1)),
                )
        assert queries.get_site(new).succeeds_id == old.id
        assert queries.get_site(old.id).succeeds_id is None


def test_unknown_rows_are_not_found(any_app: Flask) -> None:
    with any_app.app_context():
        organiser = factories.organiser()
        for act in (
            lambda: service.change_place(ACTOR, 999, 1, place_facts()),
            lambda: service.take_back_place(ACTOR, 999),
            lambda: service.create_place(ACTOR, 999, place_facts()),
            lambda: service.change_site(ACTOR, 999, 1, site_facts(organiser.id)),
            lambda: service.create_site(ACTOR, site_facts(999)),
            lambda: service.retire_organiser(ACTOR, 999, factories.today()),
        ):
            with pytest.raises(NotFound), transaction():
                act()


def test_a_place_without_an_address_of_its_own_has_its_sites(any_app: Flask) -> None:
    with any_app.app_context():
        site = factories.site(street="Sairaalantie 1", map_url="https://kartta.example.org/1")
        plain = factories.place(site.id, "A")
        own = factories.place(site.id, "B", street="Takapiha 2", map_url="https://kartta.example.org/2")
        assert (queries.get_place(plain.id).street, queries.get_place(plain.id).map_url) == (
            "Sairaalantie 1",
            "https://kartta.example.org/1",
        )
        assert queries.get_place(own.id).street == "Takapiha 2"
        assert queries.own_address(plain.id) == queries.OwnAddress("", "")


def test_a_second_click_on_adding_gives_the_first_ones(any_app: Flask) -> None:
    with any_app.app_context():
        organiser = factories.organiser()
        made = []
        for _click in range(2):
            with transaction():
                site_id = service.create_site(ACTOR, site_facts(organiser.id))
            with transaction():
                made.append((site_id, service.create_place(ACTOR, site_id, place_facts())))
        assert made[0] == made[1]
        assert audited() == [("created", "site"), ("created", "place")]
        with transaction():
            assert service.create_place(ACTOR, made[0][0], place_facts("Aula")) != made[0][1]
        with transaction():
            assert service.create_site(ACTOR, site_facts(organiser.id, name=Text3("Assi 2"))) != made[0][0]
