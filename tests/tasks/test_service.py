"""Keeping tasks, and what is done where."""

from __future__ import annotations

import pytest
from flask import Flask

from olka.core.errors import Conflict, NotFound
from olka.core.permissions import Actor
from olka.core.texts import Text3
from olka.db import transaction
from olka.tasks import queries, service
from olka.tasks.rules import Service
from tests import factories

ACTOR = Actor(7)


def facts(name: str = "Juttukaveri") -> service.TaskFacts:
    return service.TaskFacts(Service.ILONA, Text3(name), Text3(), with_children=False)


def test_a_task_is_made_and_changed_but_never_over_a_newer_version(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            task_id = service.create_task(ACTOR, facts())
        with transaction():
            service.change_task(ACTOR, task_id, 1, facts("Aula-avustaja"))
        with pytest.raises(Conflict), transaction():
            service.change_task(ACTOR, task_id, 1, facts("Leikkikaveri"))
        assert queries.get_task(task_id).name.fi == "Aula-avustaja"


def test_a_task_out_of_use_is_done_nowhere_until_it_is_taken_back(any_app: Flask) -> None:
    with any_app.app_context():
        place = factories.place(factories.site().id)
        task = factories.task(at=place)
        with transaction():
            service.put_out_of_use(ACTOR, task.id, factories.today())
        assert queries.tasks_at(place.id) == []
        assert queries.all_tasks()[task.id].retired_on == factories.today()
        with transaction():
            service.take_back_task(ACTOR, task.id)
        assert queries.tasks_at(place.id) == [task.id]


def test_what_is_done_at_a_place_is_set_as_a_whole(any_app: Flask) -> None:
    with any_app.app_context():
        place = factories.place(factories.site().id)
        one, two, three = (factories.task(name) for name in ("A", "B", "C"))
        with transaction():
            service.put_tasks_of_place(ACTOR, place.id, 1, [one.id, two.id])
        with transaction():
            service.put_tasks_of_place(ACTOR, place.id, 2, [two.id, three.id])
        with pytest.raises(Conflict), transaction():
            service.put_tasks_of_place(ACTOR, place.id, 2, [])
        assert queries.place_tasks([place.id]) == {place.id: [two.id, three.id]}


def test_a_task_that_is_unknown_or_out_of_use_is_not_put_anywhere(any_app: Flask) -> None:
    with any_app.app_context():
        place = factories.place(factories.site().id)
        retired = factories.task(retired_on=factories.today())
        for task_id in (999, retired.id):
            with pytest.raises(NotFound), transaction():
                service.put_tasks_of_place(ACTOR, place.id, 1, [task_id])
        with pytest.raises(NotFound), transaction():
            service.change_task(ACTOR, 999, 1, facts())
