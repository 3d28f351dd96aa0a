"""The publication clock and the rows that advance it."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import AccountSettings
from articles.models import Article, Home, Topic
from contact.models import ContactSettings, Publisher
from immunoportal.publication import clock
from immunoportal.publication.models import PublicationClock
from tests.factories import make_article, make_contributor, make_topic

pytestmark = pytest.mark.django_db

NOON = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)


def version() -> int:
    return PublicationClock.objects.get().version


class TestClock:
    def test_stands_at_the_last_public_change(self):
        with time_machine.travel(NOON, tick=False):
            clock.advance()
        with time_machine.travel(NOON + timedelta(hours=1), tick=False):
            assert clock.moment().changed_at == NOON

    def test_counts_every_change_even_within_one_moment(self):
        before = version()

        with time_machine.travel(NOON, tick=False):
            for _ in range(3):
                clock.advance()

        assert version() == before + 3

    def test_starts_with_the_epoch_where_there_is_no_row(self):
        PublicationClock.objects.all().delete()

        assert clock.moment().changed_at == datetime(1970, 1, 1, tzinfo=UTC)

    def test_comes_into_being_with_the_first_change(self):
        PublicationClock.objects.all().delete()

        with time_machine.travel(NOON, tick=False):
            clock.advance()

        assert clock.moment().changed_at == NOON
        assert PublicationClock.objects.count() == 1

    def test_is_one(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            PublicationClock.objects.create(pk=2)

    def test_is_undone_with_the_change_that_failed(self):
        before = version()

        with transaction.atomic():
            clock.advance()
            transaction.set_rollback(True)

        assert version() == before

    def test_costs_one_query_to_advance_and_one_to_read(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            clock.advance()
        with django_assert_num_queries(1):
            clock.moment()


class TestLiveRows:
    @pytest.mark.parametrize(
        "change",
        [
            lambda _topic: Topic.objects.create(name_it="Nuovo"),
            lambda topic: topic.save(),
            lambda topic: topic.delete(),
            lambda _topic: Topic.objects.update(ordering=5),
            lambda topic: Topic.objects.filter(pk=topic.pk).delete(),
            lambda _topic: Topic.objects.bulk_create([Topic(name_it="Nuovo")]),
            lambda topic: Topic.objects.bulk_update([topic], ["ordering"]),
            lambda _topic: Publisher.get().save(),
            lambda _topic: Home.get().save(),
            # The page on privacy says how long messages are kept.
            lambda _topic: ContactSettings.get().save(),
        ],
    )
    def test_advance_it_however_they_are_written(self, change):
        topic = make_topic()
        before = version()

        change(topic)

        assert version() > before

    @pytest.mark.parametrize(
        "change",
        [
            make_article,
            make_contributor,
            lambda: Article.objects.update(version=3),
            lambda: AccountSettings.get().save(),
        ],
    )
    def test_what_readers_do_not_see_does_not(self, change):
        before = version()

        change()

        assert version() == before

    @pytest.mark.parametrize("model", [Home, Publisher, AccountSettings])
    def test_a_singleton_stays_one(self, model):
        model.get().save()
        model(pk=7).save()

        assert list(model.objects.values_list("pk", flat=True)) == [1]

    @pytest.mark.parametrize("model", [Home, Publisher, AccountSettings])
    def test_a_singleton_that_was_never_written_is_empty(self, model):
        model.objects.all().delete()

        assert model.get().pk == 1
        assert not model.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="is about SQLite")
def test_what_is_read_in_a_moment_is_of_the_file_whose_clock_it_is():
    path = Path(connection.settings_dict["NAME"])
    version = clock.moment().stamp.version
    assert PublicationClock.objects.get().version == version
    replace(path, "UPDATE immunoportal_publicationclock SET version = version + 1000")

    moment = clock.moment()

    assert moment.stamp.version == version + 1000
    assert PublicationClock.objects.get().version == version + 1000


def replace(path, statement):
    """Put a copy of a database, with a change, in its place."""
    copy = path.with_name("copy.sqlite3")
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
        new.execute(statement)
        new.commit()
    for name in ("-wal", "-shm"):
        path.with_name(f"{path.name}{name}").unlink(missing_ok=True)
    copy.rename(path)
