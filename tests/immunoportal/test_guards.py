"""The doors by which a stored row could be changed, on the database that the suite runs on."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.db.models.signals import pre_migrate
from django.utils import timezone

from articles.models import Edition
from articles.models.editions import EditionImage, EditionIsFrozen
from immunoportal import guards
from tests.factories import (
    add_figure,
    make_article,
    make_document,
    make_edition,
    make_editor,
    make_image,
    publish,
)

pytestmark = pytest.mark.django_db

sqlite_only = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="only SQLite replaces the row in the way"
)
postgresql_only = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="only PostgreSQL can truncate"
)


@pytest.fixture
def edition() -> Edition:
    """A live edition that shows one image."""
    article = make_article()
    add_figure(article)
    publish(article, "it")
    return Edition.objects.get()


@pytest.fixture
def closed(edition) -> Edition:
    edition.valid_until = timezone.now()
    edition.save(update_fields=["valid_until"])
    return edition


def execute(sql: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(sql: str, *values, what: str) -> None:
    """Assert that the guard refuses a statement, and names what it refuses it for."""
    with pytest.raises(IntegrityError, match=rf"is guarded against this \w+: {what}"):
        execute(sql, *values)


def copy_of(row, verb="INSERT", **other) -> str:
    """The statement that inserts a stored row once more, with other values in some columns."""
    meta = row._meta
    columns = [field.column for field in meta.local_concrete_fields]
    if "id" not in other:
        columns.remove("id")
    values = [str(other.get(column, f'"{column}"')) for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f"{verb} INTO {meta.db_table} ({names})"
        f" SELECT {', '.join(values)} FROM {meta.db_table} WHERE id = {row.pk}"
    )


class TestEditionInPython:
    @pytest.mark.parametrize(
        "door",
        [
            lambda edition: edition.save(),
            lambda edition: edition.save(update_fields=["title"]),
            lambda edition: edition.delete(),
            lambda edition: edition.article.editions.update(title="Altro"),
            lambda edition: Edition.objects.bulk_update([edition], ["title"]),
            lambda edition: edition.article.editions.all().delete(),
            lambda edition: edition.images.clear(),
            lambda edition: EditionImage.objects.update(edition=edition),
        ],
    )
    def test_is_refused_with_a_sentence(self, edition, door):
        edition.title = "Altro"

        with (
            pytest.raises(EditionIsFrozen, match=r"A stored Edition(Image)? "),
            transaction.atomic(),
        ):
            door(edition)

        assert Edition.objects.filter(images=edition.image).get().title != "Altro"

    def test_is_refused_by_the_database_where_python_is_evaded(self, edition):
        copy = Edition(**{
            field.attname: getattr(edition, field.attname)
            for field in Edition._meta.local_concrete_fields
        })  # fmt: skip
        copy.title = "Altro"

        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()  # takes itself for a new one, and writes over the one that is there
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.bulk_create(
                [copy],
                update_conflicts=True,
                update_fields=["title"],
                unique_fields=["id"],
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition._base_manager.filter(pk=edition.pk).update(title="Altro")


class TestEditionInSQL:
    def test_every_column_is_guarded(self, edition):
        values = {"DateTimeField": "'2001-01-01 00:00:00+00:00'", "JSONField": "'{}'"}
        numbers = {"BigAutoField", "ForeignKey", "ActorField"}
        numbers |= {"PositiveIntegerField", "PositiveSmallIntegerField"}
        for field in Edition._meta.local_concrete_fields:
            kind = field.get_internal_type()
            other = "id + 1000" if kind in numbers else values.get(kind, "'other'")
            if field.name != "valid_until":
                column = str(field.column)
                refused(f'UPDATE articles_edition SET "{column}" = {other}', what=column)

    def test_the_same_values_pass(self, edition):
        columns = [field.column for field in Edition._meta.local_concrete_fields]

        execute(
            "UPDATE articles_edition SET "
            + ", ".join(f'"{column}" = "{column}"' for column in columns)
        )

    def test_is_not_deleted(self, edition):
        refused("DELETE FROM articles_edition WHERE id = %s", edition.pk, what="any row")
        refused("DELETE FROM articles_editionimage", what="any row")

    @postgresql_only
    @pytest.mark.parametrize("table", ["articles_edition", "articles_editionimage"])
    def test_is_not_truncated(self, edition, table):
        execute("SET CONSTRAINTS ALL IMMEDIATE")  # which are in the way otherwise

        refused(f"TRUNCATE {table} CASCADE", what="all rows")

    @sqlite_only
    @pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
    def test_its_key_is_not_taken_over(self, edition, verb):
        sql = copy_of(edition, verb, id=edition.pk, number=7, language="'en'", title="'Altro'")

        refused(sql, what="id")

    @sqlite_only
    def test_its_number_is_not_taken_over(self, closed):
        sql = copy_of(closed, "INSERT OR REPLACE", title="'Altro'")

        refused(sql, what="edition_numbered_once")

    @sqlite_only
    def test_its_open_interval_is_not_taken_over(self, edition):
        sql = copy_of(edition, "INSERT OR REPLACE", number=7, slug="'altro'")

        refused(sql, what="edition_one_open_interval")

    @sqlite_only
    def test_its_slug_is_not_taken_over_while_open(self, edition):
        other = make_article()
        sql = copy_of(edition, "INSERT OR REPLACE", article_id=other.pk)

        refused(sql, what="edition_slug_unique_while_open")

    def test_a_slug_that_is_free_again_is_taken_by_another(self, closed):
        other = make_article()

        execute(copy_of(closed, article_id=other.pk, valid_until="NULL"))

        assert Edition.objects.live().get().slug == closed.slug

    def test_a_closed_one_stands_beside_the_open_one(self, edition):
        execute(copy_of(edition, number=7, valid_until="valid_from"))

        assert Edition.objects.live().get() == edition

    @sqlite_only
    def test_another_is_not_pushed_aside_by_an_update(self, edition):
        publish(edition.article, "en")

        refused(
            "UPDATE OR REPLACE articles_edition SET language = 'it' WHERE language = 'en'",
            what="language",
        )

    def test_a_conflict_is_not_turned_into_an_update(self, edition):
        sql = copy_of(edition, id=edition.pk, title="'Altro'")

        with pytest.raises(IntegrityError, match="guarded"):
            execute(f"{sql} ON CONFLICT (id) DO UPDATE SET title = excluded.title")

        assert Edition.objects.get().title != "Altro"


class TestEndOfAnInterval:
    def test_is_set_once_with_who_and_why(self, edition):
        editor = make_editor()
        edition.valid_until = timezone.now()
        edition.withdrawn_by = editor
        edition.withdrawal_note = "Superato."

        edition.save(update_fields=["valid_until", "withdrawn_by", "withdrawal_note"])

        stored = Edition.objects.get()
        assert (stored.withdrawn_by, stored.withdrawal_note) == (editor, "Superato.")

    def test_is_not_taken_back(self, closed):
        refused("UPDATE articles_edition SET valid_until = NULL", what="valid_until")
        with pytest.raises(IntegrityError), transaction.atomic():
            Edition.objects.update(valid_until=None)

    @pytest.mark.parametrize("by", [timedelta(days=-1), timedelta(days=1)])
    def test_stays_once_it_has_passed(self, by):
        begun = timezone.now() - timedelta(days=9)
        end = begun + timedelta(days=4)
        make_edition(make_article(), valid_from=begun, valid_until=end)

        with pytest.raises(IntegrityError, match="valid_until"), transaction.atomic():
            Edition.objects.update(valid_until=end + by)

    def test_may_come_earlier_but_not_later_than_planned(self):
        end = timezone.now() + timedelta(days=4)
        edition = make_edition(make_article(), valid_until=end)

        for other in (end + timedelta(seconds=1), None):
            with pytest.raises(IntegrityError, match="valid_until"), transaction.atomic():
                Edition.objects.update(valid_until=other)
        Edition.objects.update(valid_until=end - timedelta(seconds=1))

        edition.refresh_from_db()
        assert edition.valid_until == end - timedelta(seconds=1)

    @pytest.mark.parametrize("values", [{"withdrawal_note": "Altro."}, {"withdrawn_by": 7}])
    def test_has_no_other_reason_afterwards(self, closed, values):
        with pytest.raises(IntegrityError, match=r"withdraw"), transaction.atomic():
            Edition.objects.update(**values)

    def test_has_no_reason_beforehand(self, edition):
        with pytest.raises(IntegrityError, match="withdrawal_note"), transaction.atomic():
            Edition.objects.update(withdrawal_note="Altro.")


class TestImagesOfAnEdition:
    def test_the_one_that_it_shows_is_recorded(self, edition):
        assert EditionImage.objects.get().image == edition.image

    def test_one_that_it_does_not_show_is_not_added(self, edition):
        with pytest.raises(IntegrityError, match="a row of this kind"), transaction.atomic():
            edition.images.add(make_image())

        assert EditionImage.objects.count() == 1

    def test_nor_a_file_that_it_does_not_offer(self, edition):
        with pytest.raises(IntegrityError, match="a row of this kind"), transaction.atomic():
            edition.documents.add(make_document())

        assert not edition.documents.exists()

    def test_a_row_is_not_pointed_elsewhere(self, edition):
        refused("UPDATE articles_editionimage SET image_id = 0", what="image_id")

    @sqlite_only
    def test_a_row_is_not_taken_over(self, edition):
        row = EditionImage.objects.get()

        refused(copy_of(row, "INSERT OR REPLACE", id=row.pk), what="id")
        refused(copy_of(row, "INSERT OR REPLACE"), what="edition_image_once")


class TestActors:
    def test_the_number_outlives_the_account(self, client):
        editor = make_editor()
        publish(make_article(), "it", by=editor)
        number = editor.pk

        editor.delete()

        for editions in (Edition.objects.select_related("published_by"), Edition.objects.all()):
            edition = editions.get()
            assert edition.published_by_id == number
            assert edition.published_by is None
        assert edition.published_by_shown == "account eliminato"
        assert edition.withdrawn_by_shown == "–"


class TestLifted:
    def test_lets_a_transaction_change_what_it_likes(self, edition):
        with guards.lifted():
            Edition.objects.update(title="Altro")
            execute("UPDATE articles_edition SET lead = 'Altro'")

        assert Edition.objects.values_list("title", "lead").get() == ("Altro", "Altro")
        refused("UPDATE articles_edition SET lead = 'Un altro'", what="lead")

    def test_an_error_takes_everything_back(self, edition):
        with pytest.raises(IntegrityError), guards.lifted():
            Edition.objects.update(lead="Altro", article=None)

        assert Edition.objects.get().lead != "Altro"
        refused("UPDATE articles_edition SET lead = 'Altro'", what="lead")
        with pytest.raises(EditionIsFrozen):
            edition.save()


class TestInstallation:
    def reported(self) -> list[str | None]:
        return [message.id for message in run_checks(databases=[DEFAULT_DB_ALIAS])]

    def test_nothing_is_missing_in_a_migrated_database(self):
        assert guards.guarded_models()
        assert self.reported() == []

    def test_what_is_missing_is_reported_and_brought_back_by_migrate(self, edition):
        guards.make_way(plan=["something to do"])
        execute("UPDATE articles_edition SET lead = 'Altro'")
        assert self.reported() == ["immunoportal.W001"]

        call_command("migrate", verbosity=0)

        assert self.reported() == []
        refused("UPDATE articles_edition SET lead = 'Un altro'", what="lead")

    def test_setup_looks_into_the_database(self, monkeypatch, settings, tmp_path, capsys):
        settings.DATA_DIR = tmp_path
        asked = []
        monkeypatch.setattr(
            "immunoportal.management.commands.setup.call_command",
            lambda name, **options: asked.append((name, options.get("databases"))),
        )

        call_command("setup")

        assert ("check", ["default"]) in asked

    WEAKENED = {
        "sqlite": [
            'DROP TRIGGER "{0}";; CREATE TRIGGER "{0}" BEFORE UPDATE ON articles_edition'
            " BEGIN SELECT 1; END"
        ],
        "postgresql": [
            'ALTER TABLE articles_edition DISABLE TRIGGER "{0}"',
            'ALTER TABLE articles_edition ENABLE REPLICA TRIGGER "{0}"',
            'CREATE OR REPLACE FUNCTION "{0}"() RETURNS trigger LANGUAGE plpgsql'
            " AS 'BEGIN RETURN NEW; END'",
        ],
    }

    @pytest.mark.parametrize("weakened", WEAKENED[connection.vendor])
    def test_one_that_has_no_effect_counts_as_missing_and_is_put_back(self, edition, weakened):
        if connection.vendor == "postgresql":
            execute("SET CONSTRAINTS ALL IMMEDIATE")  # which are in the way otherwise
        name = next(name for name in guards._installed(connection) if "edition_update" in name)
        for statement in weakened.format(name).split(";; "):
            execute(statement)
        assert self.reported() == ["immunoportal.W001"]

        guards.install()

        assert self.reported() == []
        refused("UPDATE articles_edition SET lead = 'Altro'", what="lead")

    @sqlite_only
    @pytest.mark.django_db(transaction=True)
    def test_a_migration_can_rebuild_a_guarded_table(self):
        """A trigger of another table that names this one would be in the way, too."""
        config = apps.get_app_config("immunoportal")
        old = Edition._meta.get_field("change_note")
        new = old.clone()
        new.max_length = (old.max_length or 0) + 1
        new.set_attributes_from_name(old.name)

        pre_migrate.send(config, using=DEFAULT_DB_ALIAS, plan=["something to do"])
        for before, after in ((old, new), (new, old)):
            with connection.schema_editor() as editor:
                editor.alter_field(Edition, before, after)
        call_command("migrate", verbosity=0)

        assert self.reported() == []
