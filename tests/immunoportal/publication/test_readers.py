"""Reading the clock beside Django, on the database that the tests run on."""

import shutil
import sqlite3

import pytest
from django.db import connection, transaction

from immunoportal.publication import clock, readers
from immunoportal.publication.readers import ClockUnreadable, PostgreSQLReader, SQLiteReader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(monkeypatch):
    # As if the lease had run out by the next reading.
    monkeypatch.setattr(readers, "LEASE", 0)
    reader = readers.make_reader()
    yield reader
    reader.close()


class TestReader:
    def test_sees_a_change_once_it_is_committed(self, reader):
        before = reader.read()
        with transaction.atomic():
            clock.advance()
            assert reader.read() == before

        after = reader.read()

        assert after.stamp.version == before.stamp.version + 1
        assert after.stamp.mark != before.stamp.mark
        assert after == reader.read()

    def test_sees_every_one_of_many_changes(self, reader):
        stamps = set()
        for _ in range(20):
            clock.advance()
            stamps.add(reader.read().stamp)

        assert len(stamps) == 20

    def test_says_so_when_there_is_no_clock(self, reader):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM immunoportal_publicationclock")

        with pytest.raises(ClockUnreadable):
            reader.read()


class TestSQLite:
    @pytest.fixture
    def file(self, tmp_path):
        """A database of its own in WAL mode, as the portal's, with a clock."""
        path = tmp_path / "a ?#b.sqlite3"
        write(path, "CREATE TABLE immunoportal_publicationclock (id, version, mark, changed_at)")
        write(path, "INSERT INTO immunoportal_publicationclock VALUES (1, 7, 70, '2025')")
        return path

    @pytest.fixture
    def reader(self, file):
        reader = SQLiteReader(str(file))
        yield reader
        reader.close()

    def test_asks_the_database_only_when_something_was_written(self, file, reader):
        reader.read()
        asked = count_statements(reader)

        for _ in range(5):
            reader.read()
        assert asked == []
        write(file, "UPDATE immunoportal_publicationclock SET version = 8")
        assert reader.read().stamp.version == 8
        assert len(asked) == 1

    def test_asks_each_time_where_there_is_no_index(self, file):
        write(file, "PRAGMA journal_mode = DELETE")
        reader = SQLiteReader(str(file))
        reader.read()
        asked = count_statements(reader)

        reader.read()
        write(file, "UPDATE immunoportal_publicationclock SET version = 8")

        assert reader.read().stamp.version == 8
        assert len(asked) == 2
        reader.close()

    def test_finds_another_file_in_the_place_of_the_first(self, file, reader, tmp_path):
        before = reader.read()
        copy = tmp_path / "copy.sqlite3"
        shutil.copy(file, copy)
        for name in ("-wal", "-shm"):
            file.with_name(f"{file.name}{name}").unlink(missing_ok=True)
        copy.rename(file)

        after = reader.read()

        assert (after.stamp.version, after.stamp.mark) == (7, 70)
        assert after.stamp != before.stamp

    def test_says_so_when_the_file_is_gone_and_finds_it_again(self, file, reader):
        before = reader.read()
        away = file.with_name("away")
        file.rename(away)
        with pytest.raises(ClockUnreadable):
            reader.read()
        away.rename(file)

        assert reader.read() == before

    def test_says_so_when_the_file_is_locked(self, file, reader):
        reader.read()
        reader.close()
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("UPDATE immunoportal_publicationclock SET version = 8")
            with pytest.raises(ClockUnreadable):
                reader.read()
        other.close()

        assert reader.read().stamp.version == 8

    def test_closes_before_another_thread_asks(self, reader, monkeypatch):
        reader.read()
        reader._known, closed = None, []
        monkeypatch.setattr(reader, "_ask", fail)
        monkeypatch.setattr(reader, "close", lambda: closed.append(reader._lock.locked()))
        with pytest.raises(ClockUnreadable):
            reader.read()

        assert closed == [True]
        monkeypatch.undo()

    def test_finds_the_index_of_a_file_that_is_linked_to(self, file, tmp_path):
        link = tmp_path / "link.sqlite3"
        link.symlink_to(file)
        reader = SQLiteReader(str(link))

        assert reader.read().stamp.version == 7
        reader.close()

    def test_makes_no_file(self, tmp_path):
        with pytest.raises(ClockUnreadable):
            SQLiteReader(str(tmp_path / "none.sqlite3")).read()

        assert not list(tmp_path.iterdir())


def fail(place):
    raise sqlite3.OperationalError("database is locked")


def write(path, statement):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(statement)
    database.close()


def count_statements(reader):
    asked: list[str] = []
    reader._connection.set_trace_callback(asked.append)
    return asked


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="is about PostgreSQL")
class TestPostgreSQL:
    def test_asks_once_a_lease(self, monkeypatch):
        reader = PostgreSQLReader(connection.get_connection_params())
        before = reader.read()
        clock.advance()

        assert reader.read() == before
        monkeypatch.setattr(reader, "_ends", 0)
        assert reader.read() != before
        reader.close()

    def test_survives_a_server_that_hangs_up(self, reader):
        before = reader.read()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [reader._connection.info.backend_pid])

        assert reader.read() == before

    def test_says_so_when_the_server_is_gone(self):
        reader = PostgreSQLReader({"host": "127.0.0.1", "port": 1, "dbname": "x", "user": "x"})

        for _ in range(2):
            with pytest.raises(ClockUnreadable):
                reader.read()
