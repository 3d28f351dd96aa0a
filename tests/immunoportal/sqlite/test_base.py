import sqlite3

import pytest
from django.db.utils import ConnectionHandler

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    return make(tmp_path / "database.sqlite3", "before")


@pytest.fixture
def database(file):
    settings = {"ENGINE": "immunoportal.sqlite", "NAME": file, "CONN_MAX_AGE": None}
    database = ConnectionHandler({"default": settings})["default"]
    yield database
    database.close()


class TestReplacedFile:
    def test_is_left(self, file, database):
        assert said_by(database) == "before"
        make(file.with_name("copy.sqlite3"), "after").rename(file)
        assert said_by(database) == "before"

        database.close_if_unusable_or_obsolete()

        assert said_by(database) == "after"

    def test_is_not_left_while_there_is_none(self, file, database):
        assert said_by(database) == "before"
        file.rename(file.with_name("away.sqlite3"))

        database.close_if_unusable_or_obsolete()

        assert said_by(database) == "before"
        assert not file.exists()

    def test_is_not_left_in_a_transaction(self, file, database):
        database.ensure_connection()
        database.in_atomic_block = True
        make(file.with_name("copy.sqlite3"), "after").rename(file)

        database.leave_replaced_file()

        assert said_by(database) == "before"
        database.in_atomic_block = False


def test_a_file_that_stays_keeps_its_connection(database):
    database.ensure_connection()
    connection = database.connection

    database.close_if_unusable_or_obsolete()

    assert database.connection is connection


def make(path, text):
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE said (text)")
    database.execute("INSERT INTO said VALUES (?)", [text])
    database.commit()
    database.close()
    return path


def said_by(database):
    with database.cursor() as cursor:
        return cursor.execute("SELECT text FROM said").fetchone()[0]
