"""The worker: runs jobs in threads of their own, and outlives those that fail."""

import logging
import os
import threading
import time
from functools import partial

import pytest
from django.core.management import call_command
from django.db import OperationalError

from immunoportal import claims, registry, worker
from immunoportal.registry import Job
from tests.mail_server import eventually

PATIENCE = 10  # seconds, for a slow machine; nothing waits for it when all is well


@pytest.fixture(autouse=True)
def heart(monkeypatch) -> list[str]:
    """What the heartbeat would write into the database, in order; it beats fast."""
    written: list[str] = []
    for name in ("begin", "beat", "end"):
        monkeypatch.setattr(claims, name, partial(written.append, name))
    monkeypatch.setattr(worker, "BEAT_EVERY", 0.01)
    return written


class Pile:
    """Work to do: counts what is done, and says when there is none left."""

    def __init__(self, pieces: int):
        self.left = pieces
        self.done = 0
        self.emptied = threading.Event()

    def do_next(self) -> bool:
        if not self.left:
            self.emptied.set()
            return False
        self.left -= 1
        self.done += 1
        return True


@pytest.fixture
def started():
    """Starts the worker in the background and stops it at the end of the test."""
    stop = threading.Event()
    jobs: list[Job] = []
    thread = threading.Thread(target=worker.run, args=(jobs, stop))

    def start(*wanted: Job) -> tuple[threading.Thread, threading.Event]:
        jobs.extend(wanted)
        thread.start()
        return thread, stop

    yield start

    stop.set()
    if thread.ident:
        thread.join(PATIENCE)
        assert not thread.is_alive()


class TestRunUntilIdle:
    def test_does_all_the_work_there_is(self):
        piles = [Pile(3), Pile(0), Pile(5)]

        worker.run_until_idle([Job("pile", pile.do_next, every=1) for pile in piles])

        assert [pile.done for pile in piles] == [3, 0, 5]

    def test_goes_on_for_work_that_another_job_makes(self):
        second = Pile(0)

        def makes_work() -> bool:
            if second.done or second.left:
                return False
            second.left = 2
            return True

        worker.run_until_idle(
            [Job("second", second.do_next, every=1), Job("first", makes_work, every=1)]
        )

        assert second.done == 2

    def test_is_what_the_command_does_once(self, monkeypatch):
        pile = Pile(2)
        monkeypatch.setattr(registry, "jobs", lambda: [Job("pile", pile.do_next, every=1)])

        call_command("worker", "--once")

        assert pile.done == 2


class TestRun:
    def test_runs_every_job(self, started):
        piles = [Pile(3), Pile(2)]

        started(*(Job("pile", pile.do_next, every=60) for pile in piles))

        assert all(pile.emptied.wait(PATIENCE) for pile in piles)
        assert [pile.done for pile in piles] == [3, 2]

    def test_a_slow_job_does_not_hold_up_the_others(self, started):
        release = threading.Event()
        pile = Pile(3)

        started(
            Job("slow", lambda: release.wait(PATIENCE) and False, every=60),
            Job("quick", pile.do_next, every=60),
        )

        assert pile.emptied.wait(PATIENCE)
        release.set()

    def test_a_failing_job_is_tried_again_and_does_not_stop_the_others(self, started, caplog):
        tried, recovered = [], threading.Event()

        def fails_twice() -> bool:
            tried.append(1)
            if len(tried) <= 2:
                raise RuntimeError("The database is away.")
            recovered.set()
            return False

        pile = Pile(3)

        with caplog.at_level(logging.ERROR):
            started(Job("failing", fails_twice, every=0.01), Job("sound", pile.do_next, every=60))
            assert recovered.wait(PATIENCE)
            assert pile.emptied.wait(PATIENCE)

        assert caplog.text.count("The job “failing” failed") == 2
        assert "The database is away." in caplog.text

    def test_rests_when_there_is_nothing_to_do(self, started):
        asked = []

        def ask() -> bool:
            asked.append(1)
            return False

        started(Job("idle", ask, every=60))
        eventually(lambda: asked)
        time.sleep(0.1)

        assert len(asked) == 1

    def test_stops_on_the_event_even_while_it_rests(self, started):
        pile = Pile(1)
        thread, stop = started(Job("pile", pile.do_next, every=3600))
        pile.emptied.wait(PATIENCE)

        stop.set()
        thread.join(PATIENCE)

        assert not thread.is_alive()

    def test_finishes_what_it_has_begun(self, started):
        begun, finish, finished = threading.Event(), threading.Event(), []

        def piece() -> bool:
            begun.set()
            finish.wait(PATIENCE)
            finished.append(1)
            return True

        thread, stop = started(Job("piece", piece, every=60))
        begun.wait(PATIENCE)

        stop.set()
        assert thread.is_alive()
        finish.set()
        thread.join(PATIENCE)

        assert not thread.is_alive()
        assert finished == [1]

    def test_stops_when_the_process_that_started_it_is_gone(self, started, monkeypatch):
        parents = iter([100])
        monkeypatch.setattr(os, "getppid", lambda: next(parents, 1))

        thread, stop = started(Job("idle", lambda: False, every=3600))
        thread.join(PATIENCE)

        assert not thread.is_alive()
        assert stop.is_set()

    def test_runs_a_job_in_as_many_threads_as_it_wants(self, started):
        together = threading.Barrier(3)

        def meets_the_others() -> bool:
            together.wait(PATIENCE)
            met.set()
            return False

        met = threading.Event()
        started(Job("three", meets_the_others, every=60, threads=3))

        assert met.wait(PATIENCE)
        assert not together.broken


class TestHeartbeat:
    def test_goes_on_while_a_job_takes_long_and_until_it_has_finished(self, started, heart):
        begun, finish = threading.Event(), threading.Event()

        def takes_long() -> bool:
            begun.set()
            finish.wait(PATIENCE)
            heart.append("finished")
            return False

        thread, stop = started(Job("long", takes_long, every=60))
        begun.wait(PATIENCE)
        stop.set()
        eventually(lambda: heart.count("beat") > 3, seconds=PATIENCE)
        finish.set()
        thread.join(PATIENCE)

        assert heart[0] == "begin"
        assert heart[-1] == "end"
        assert "finished" in heart

    def test_outlives_a_database_that_is_away(self, started, heart, monkeypatch, caplog):
        answers = iter([OperationalError("away"), OperationalError("away")])

        def beat():
            for error in answers:
                raise error
            heart.append("beat")

        monkeypatch.setattr(claims, "beat", beat)
        started(Job("idle", lambda: False, every=60))

        eventually(lambda: "beat" in heart, seconds=PATIENCE)
        assert caplog.text.count("The heartbeat of this worker could not be written.") == 2

    # An earlier test may have left a connection, which is looked at.
    @pytest.mark.django_db
    def test_is_there_too_for_work_that_is_done_once(self, heart):
        worker.run_until_idle([Job("one", lambda: heart.append("work"), every=1)])

        assert (heart[0], heart[-1]) == ("begin", "end")
        assert "work" in heart

    @pytest.mark.django_db
    def test_ends_when_the_work_fails(self, heart):
        def fails():
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            worker.run_until_idle([Job("failing", fails, every=1)])

        assert heart[-1] == "end"
