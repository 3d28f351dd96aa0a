"""The worker: what must not happen inside anybody's request happens here.

Apps offer their jobs (``registry``); ``manage.py worker`` runs each in a thread of its own, so that
a picture that takes seconds never holds up anything else.
"""

import logging
import os
import threading
from collections.abc import Sequence

from django.db import close_old_connections, connections

from immunoportal.registry import Job

logger = logging.getLogger(__name__)


def run_until_idle(jobs: Sequence[Job]) -> None:
    """Do all the work that there is now, in this thread, and return."""
    while any(job.do_next() for job in jobs):
        pass


def run(jobs: Sequence[Job], stop: threading.Event) -> None:
    """Work until ``stop`` is set, or until the process that started this one is gone."""
    parent = os.getppid()
    threads = [threading.Thread(target=_work, args=(job, stop), name=job.name) for job in jobs]
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
