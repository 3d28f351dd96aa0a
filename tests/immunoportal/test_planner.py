import pytest
from django.db import connection

from immunoportal import planner
from tests.factories import make_mail

pytestmark = pytest.mark.django_db


def test_sqlite_is_told_to_count_its_rows():
    make_mail()

    more = planner.count_anew()

    assert more is False
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'mail_newest'")
            assert cursor.fetchone()[0].startswith("1 ")
