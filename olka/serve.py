"""Starting the web server: gunicorn on the settings, with the worker beside it where that is wished."""

from __future__ import annotations

from olka.config import Settings


def serve(settings: Settings, *, with_worker: bool = False) -> int:
    """Serves the app until it is told to stop; ``with_worker`` runs the worker beside it and ends both together.

    Gives the exit code. What is in the way of a start is printed as one line, and nothing starts.
    """
    raise NotImplementedError
