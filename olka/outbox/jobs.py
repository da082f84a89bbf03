"""Timed work: each job is claimed in the database, so that it runs once in its interval across all workers.

A room's ``timed.py`` lists its own as ``JOBS``; the worker collects them.
"""

from __future__ import annotations

from olka.core.jobs import Job

__all__ = ["Job"]
