"""The worker: what must not happen inside anybody's request happens here.

Apps offer their jobs (``registry``); ``manage.py worker`` runs each in threads of its own, so that
a rendition that takes seconds never holds up anything else. One more thread is the heartbeat, by
which other workers, ``/readyz`` and the admin know that this one is alive (``claims``).
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import close_old_connections, connections

from immunoportal import claims
from immunoportal.registry import Job

logger = logging.getLogger(__name__)

# Several beats in what is taken for death (claims.DEAD_AFTER), so that one may fail.
BEAT_EVERY = 5  # seconds


def run_until_idle(jobs: Sequence[Job]) -> None:
    """Do all the work that there is now, in this thread, and return."""
    with _heartbeat():
        while any(job.do_next() for job in jobs):
            pass


def run(jobs: Sequence[Job], stop: threading.Event) -> None:
    """Work until ``stop`` is set, or until the process that started this one is gone."""
    parent = os.getppid()
    threads = [
        threading.Thread(target=_work, args=(job, stop), name=job.name)
        for job in jobs
        for _number in range(job.threads)
    ]
    # Beats until the last thread has finished what it had begun.
    with _heartbeat():
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


@contextmanager
def _heartbeat() -> Iterator[None]:
    """Have this process count as a living worker until the block ends."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(over,), name="heartbeat")
    # The first beat comes before the first claim.
    _survive(claims.begin)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        _survive(claims.end)


def _beat(over: threading.Event) -> None:
    while not over.wait(BEAT_EVERY):
        _survive(claims.beat)
    connections.close_all()


def _survive(write: Callable[[], None]) -> None:
    """Write to the database, which may be away for a moment: the next beat tries again."""
    try:
        close_old_connections()
        write()
    except Exception:
        logger.exception("The heartbeat of this worker could not be written.")
