"""Claims: one worker has a row in hand, for as long as it lives."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connections
from django.db.models.functions import Now

from immunoportal import claims
from immunoportal.claims import Worker, claim
from immunoportal.mail.ledger import Mail
from tests.factories import make_mail, make_worker

pytestmark = pytest.mark.django_db

# A hair less and more than what is taken for death.
ALIVE, DEAD = timedelta(seconds=20), timedelta(seconds=31)


def all_mails():
    return Mail.objects.order_by("pk")


def silence() -> timedelta:
    """How long ago a worker was heard, where there is one."""
    found = claims.silence()
    assert found is not None
    return found


class TestHeartbeat:
    @pytest.mark.parametrize(("silent", "is_alive"), [(ALIVE, True), (DEAD, False)])
    def test_says_who_is_alive(self, silent, is_alive):
        make_worker(silent=silent)

        assert claims.is_anybody_working() is is_alive
        # the same in Python, as /readyz asks
        silence = claims.silence()
        assert silence is not None
        assert (silence <= claims.DEAD_AFTER) is is_alive
        assert silent <= silence < silent + timedelta(minutes=1)

    def test_from_the_future_is_nobodys(self):
        """The clock of the database was set back after it."""
        make_worker(silent=-timedelta(hours=1))

        assert claims.silence() is None
        assert not claims.is_anybody_working()
        claims.begin()
        assert Worker.objects.get().pk == claims.ME

    def test_of_several_workers_the_one_that_was_heard_last_counts(self):
        make_worker(silent=timedelta(days=2))
        make_worker(silent=ALIVE)
        make_worker(silent=DEAD)

        silence = claims.silence()
        assert silence is not None
        assert silence < DEAD

    def test_of_nobody_is_no_silence(self):
        assert claims.silence() is None
        assert not claims.is_anybody_working()

    def test_begins_beats_and_ends(self):
        claims.begin()
        assert Worker.objects.get().pk == claims.ME
        Worker.objects.update(beat_at=Now() - ALIVE)

        claims.beat()
        silence = claims.silence()
        assert silence is not None
        assert silence < ALIVE

        claims.end()
        assert not Worker.objects.exists()

    def test_goes_on_where_others_have_buried_it(self):
        claims.begin()
        Worker.objects.all().delete()

        claims.beat()

        assert claims.is_anybody_working()

    def test_buries_the_dead_only_when_it_begins_and_when_it_ends(self):
        living = make_worker(silent=ALIVE)
        make_worker(silent=DEAD)

        claims.begin()
        assert set(Worker.objects.values_list("pk", flat=True)) == {living.pk, claims.ME}

        make_worker(silent=DEAD)
        claims.end()
        assert Worker.objects.get() == living


class TestClaim:
    def test_is_written_down_until_the_work_is_done(self):
        row = make_mail()

        with claim(all_mails()) as taken:
            assert taken == row
            row.refresh_from_db()
            assert (row.claimed_by, row.attempts) == (claims.ME, 1)

        row.refresh_from_db()
        assert (row.claimed_by, row.attempts) == (None, 1)

    def test_ends_with_work_that_fails(self):
        row = make_mail()

        with pytest.raises(ZeroDivisionError), claim(all_mails()):
            raise ZeroDivisionError

        row.refresh_from_db()
        assert row.claimed_by is None

    def test_of_nothing_is_nothing(self):
        with claim(all_mails()) as taken:
            assert taken is None

    def test_is_not_taken_twice_in_one_process(self):
        first, second = make_mail(), make_mail()

        with claim(all_mails()) as one, claim(all_mails()) as two, claim(all_mails()) as three:
            assert (one, two, three) == (first, second, None)

    def test_of_a_living_worker_holds_however_long_the_work_takes(self):
        make_mail(claimed_by=make_worker(silent=ALIVE).pk, created_at="2020-01-01T00:00:00Z")

        with claim(all_mails()) as taken:
            assert taken is None

    @pytest.mark.parametrize("worker", ["silent", "gone"])
    def test_of_a_dead_worker_is_free(self, worker):
        pk = make_worker(silent=DEAD).pk if worker == "silent" else uuid4()
        row = make_mail(claimed_by=pk, attempts=1)

        with claim(all_mails()) as taken:
            assert taken == row
            assert (taken.claimed_by, taken.attempts) == (claims.ME, 2)

    def test_that_could_not_be_released_is_free_for_this_process(self, monkeypatch):
        row = make_mail()
        make_worker(pk=claims.ME)

        def is_locked(*_arguments):
            raise OperationalError("database is locked")

        with monkeypatch.context() as patch, pytest.raises(OperationalError), claim(all_mails()):
            patch.setattr(claims.ClaimableQuerySet, "claimed", is_locked)
        row.refresh_from_db()
        assert row.claimed_by == claims.ME

        with claim(all_mails()) as taken:
            assert taken == row

    def test_that_another_worker_has_taken_over_is_left_to_it(self):
        row, other = make_mail(), make_worker()

        with claim(all_mails()) as taken:
            # as after a pause in which this process was taken for dead
            Mail.objects.update(claimed_by=other.pk)
            assert taken == row
            assert not Mail.objects.claimed(taken).exists()

        row.refresh_from_db()
        assert row.claimed_by == other.pk


class TestFirstUnlocked:
    @pytest.mark.django_db(transaction=True)
    def test_of_two_at_once_each_gets_a_row_of_its_own(self):
        rows = {make_mail(f"{number}@example.org").pk for number in range(20)}
        start_line, done, errors = threading.Barrier(2), [], []

        def work():
            start_line.wait()
            try:
                for _number in range(10):
                    # each row is deleted in the transaction that has locked it, as resets are
                    with claims.transaction.atomic():
                        row = claims.first_unlocked(all_mails())
                        assert row is not None
                        done.append(row.pk)
                        row.delete()
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        assert sorted(done) == sorted(rows)
