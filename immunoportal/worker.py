"""The worker: what must not happen inside anybody's request happens here.

Apps register their jobs when they are ready; ``manage.py worker`` runs each in a thread of
its own, so that a picture that takes seconds never holds up anything else.
"""

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A kind of work.

    Attributes:
        name: for the log.
        do_next: does one piece of work and returns whether there was any.
        every: seconds to rest when there was none.
    """

    name: str
    do_next: Callable[[], bool]
    every: float


_jobs: dict[str, Job] = {}


def register(name: str, do_next: Callable[[], bool], *, every: float) -> None:
    """Have the worker do something; see ``Job`` for the arguments."""
    _jobs[name] = Job(name, do_next, every)


def run_until_idle() -> None:
    """Do all the work that there is now, in this thread, and return."""
    while any(job.do_next() for job in _jobs.values()):
        pass


def run(stop: threading.Event) -> None:
    """Work until ``stop`` is set, or until the process that started this one is gone."""
    parent = os.getppid()
    threads = [
        threading.Thread(target=_work, args=(job, stop), name=job.name) for job in _jobs.values()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1):
        if os.getppid() != parent:
            logger.info("The process that started the worker is gone: stopping.")
            stop.set()
    for thread in threads:
        thread.join()


def _work(job: Job, stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            busy = job.do_next()
        except Exception:
            # A database that is away for a moment, for example: the next round tries again.
            logger.exception("The job “%s” failed and will be tried again.", job.name)
            busy = False
        if not busy:
            stop.wait(job.every)
    connections.close_all()
