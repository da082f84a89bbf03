"""Many processes at once: each starts the app anew, waits for the others, then acts."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any, Final

from olka.core.errors import OlkaError
from olka.db import db

# Each process is forked from a server that has the house imported and no connection open.
_FORK: Final = multiprocessing.get_context("forkserver")
_FORK.set_forkserver_preload(["olka.app", "tests.conftest"])
_PATIENCE: Final = 300


def together(url: str, processes: int, act: Callable[..., None], *shared: Any, tries: int = 1) -> Counter[str]:
    """Runs ``act(process, attempt, *shared)`` ``tries`` times in each process, all starting at one moment.

    Counts how it went: ``done``, or the name of the error that came. ``act`` is a module's top-level function
    and runs in an app context on the database ``url``.
    """
    barrier = _FORK.Barrier(processes)
    results: multiprocessing.Queue[Counter[str]] = _FORK.Queue()
    crowd = [
        _FORK.Process(target=_one, args=(url, number, tries, act, shared, barrier, results))
        for number in range(processes)
    ]
    for process in crowd:
        process.start()
    total: Counter[str] = Counter()
    try:
        for _process in crowd:
            total.update(results.get(timeout=_PATIENCE))
    finally:
        for process in crowd:
            process.join(timeout=_PATIENCE)
            if process.is_alive():
                process.kill()
    return total


def _one(
    url: str,
    number: int,
    tries: int,
    act: Callable[..., None],
    shared: tuple[Any, ...],
    barrier: Barrier,
    results: multiprocessing.Queue[Counter[str]],
) -> None:
    from tests.conftest import make_app

    seen: Counter[str] = Counter()
    app = make_app(url)
    with app.app_context():
        barrier.wait(timeout=_PATIENCE)
        for attempt in range(tries):
            try:
                act(number, attempt, *shared)
                seen["done"] += 1
            except OlkaError as error:
                seen[type(error).__name__] += 1
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test wants to count it by name
                seen[f"{type(error).__name__}: {error}"[:200]] += 1
            finally:
                db.session.remove()
        db.engine.dispose()
    results.put(seen)
