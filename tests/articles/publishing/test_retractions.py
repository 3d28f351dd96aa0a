"""Sources that are marked by hand, or from the list of Retraction Watch."""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection

from articles import migrations
from articles.models import EditionSource, Event, Retraction, Source
from articles.publishing import retraction_import, retractions
from articles.publishing.retraction_import import Step
from immunoportal.audit import Act, AuditEntry
from immunoportal.publication.models import PublicationClock
from tests.factories import add_source, make_article, make_editor, publish, staff_with
from tests.retraction_watch import listing, row

pytestmark = pytest.mark.django_db

DOI = "10.1000/x"


@pytest.fixture
def editor():
    return make_editor()


@pytest.fixture
def article():
    return make_article()


def marked(source: Source, editor, kind="retracted", **facts) -> Retraction:
    return retractions.mark(source, kind, by=editor, **facts)


def steps_of(*rows: str) -> list[Step]:
    """What an import of a list with some rows does."""
    records = retraction_import.read(listing(*rows).splitlines(keepends=True))
    return [line.step for line in retraction_import.carry_out(records, by=None)]


def status_of(source: Source) -> str:
    source.refresh_from_db()
    return source.status


class TestMark:
    def test_is_told_everywhere(self, article, editor):
        source = add_source(article, doi=DOI)
        before = PublicationClock.objects.get().version

        row = marked(source, editor, since=date(2024, 3, 1), reason="The data are made up.")

        assert status_of(source) == "retracted"
        assert (row.since, row.began_by) == (date(2024, 3, 1), editor)
        assert PublicationClock.objects.get().version > before
        event = article.events.get(verb=Event.Verb.SOURCE_MARKED)
        assert (event.reason, event.detail["kind"]) == ("The data are made up.", "retracted")
        assert AuditEntry.objects.filter(act=Act.SOURCE_MARKED, by=editor).count() == 1

    def test_takes_the_place_of_another_one(self, article, editor):
        source = add_source(article)
        marked(source, editor, "outdated")

        marked(source, editor)

        assert [row.kind for row in Retraction.objects.standing()] == ["retracted"]
        with pytest.raises(retractions.AlreadyMarked):
            marked(source, editor)

    def test_is_taken_back_once(self, article, editor):
        source = add_source(article)
        row = marked(source, editor)

        retractions.end(row, by=editor, reason="Another paper.")

        assert status_of(source) == ""
        row.refresh_from_db()
        assert (row.ended_by, row.end_reason) == (editor, "Another paper.")
        assert article.events.filter(verb=Event.Verb.SOURCE_CLEARED).count() == 1
        with pytest.raises(retractions.AlreadyEnded):
            retractions.end(row, by=editor, reason="Again.")

    def test_is_for_those_who_may_publish(self, article, editor):
        source = add_source(article)
        row = marked(source, editor)
        nobody = staff_with("view_source", "change_source")

        with pytest.raises(PermissionDenied):
            marked(source, nobody, "outdated")
        with pytest.raises(PermissionDenied):
            retractions.end(row, by=nobody, reason="x")
        with pytest.raises(PermissionDenied):
            retractions.answer(article, row, {"it": "x"}, by=nobody)


class TestWaiting:
    def test_counts_articles_whose_live_page_cites_it(self, article, editor):
        source = add_source(article)
        publish(article)
        unpublished = make_article()
        unpublished.citations.create(source=source)
        row = marked(source, editor)

        assert retractions.count_waiting() == 1

        # What is only saved without it is live with it.
        article.citations.all().delete()
        assert retractions.count_waiting() == 1

        retractions.answer(article, row, {"it": "Altri studi."}, by=editor)
        assert retractions.count_waiting() == 1

        retractions.answer(article, row, {"en": "Other studies."}, by=editor)
        assert retractions.count_waiting() == 0
        live = retractions.ties(waiting=False).values_list("edition__article", "source")
        assert set(live) == {(article.pk, source.pk)}

        retractions.end(row, by=editor, reason="x")
        marked(source, editor)
        assert retractions.count_waiting() == 1

    def test_ends_with_an_edition_without_it(self, article, editor):
        source = add_source(article)
        publish(article)
        marked(source, editor)
        article.citations.all().delete()
        publish(article)

        assert retractions.count_waiting() == 0
        assert EditionSource.objects.count() == 2

    def test_has_no_answer_for_a_page_that_does_not_cite_it(self, article, editor):
        publish(article, "it")
        source = add_source(article)
        row = marked(source, editor)

        for sentences in ({"it": "x"}, {"en": "x"}, {}):
            with pytest.raises(retractions.NotCited):
                retractions.answer(article, row, sentences, by=editor)

        retractions.end(row, by=editor, reason="x")
        with pytest.raises(retractions.AlreadyEnded):
            retractions.answer(article, row, {"it": "x"}, by=editor)


class TestCarryingOver:
    def test_ties_the_editions_from_before(self, article):
        add_source(article)
        gone = add_source(article, "Gone")
        publish(article)
        EditionSource.objects.all().delete()
        gone.citations.all().delete()
        gone.delete()
        [name] = Path(migrations.__file__).parent.glob("*_retracted_sources.py")

        with connection.cursor() as cursor:
            cursor.execute(
                import_module(f"articles.migrations.{name.stem}").TIES[connection.vendor]
            )

        kept = EditionSource.objects.values_list("edition__language", "source__citation")
        assert sorted(kept) == [(code, "Hodi FS. A study. 2010.") for code in ("en", "it")]


class TestImport:
    def test_marks_once_what_the_list_says(self, article):
        source = add_source(article, doi=DOI)
        retracted = row(7, doi=DOI)

        assert steps_of(row(1), retracted) == [Step.MARK]

        kept = Retraction.objects.get()
        assert (status_of(source), kept.record, kept.since) == ("retracted", "7", date(2019, 3, 25))
        assert kept.notice_url == "https://doi.org/10.1000/notice"
        assert article.events.filter(verb=Event.Verb.SOURCE_MARKED, by=None).count() == 1
        assert steps_of(retracted) == [Step.KNOWN]
        assert Retraction.objects.count() == 1

    def test_leaves_what_an_editor_has_taken_back(self, article, editor):
        source = add_source(article, doi=DOI)
        steps_of(row(7, doi=DOI))
        retractions.end(Retraction.objects.get(), by=editor, reason="Another paper.")

        assert steps_of(row(7, doi=DOI)) == [Step.KNOWN]
        assert status_of(source) == ""

    def test_leaves_what_an_editor_has_marked(self, article, editor):
        marked(add_source(article, doi=DOI), editor)

        assert steps_of(row(7, doi=DOI)) == [Step.KNOWN]
        assert Retraction.objects.count() == 1

    def test_takes_back_what_is_reinstated_later(self, article):
        source = add_source(article, pmid="205")
        first = row(7, pmid="205")
        reinstated = row(8, pmid="205", nature="Reinstatement", day="1/2/2020")
        steps_of(first)

        assert steps_of(first, reinstated) == [Step.KNOWN, Step.UNDO]
        assert status_of(source) == ""
        assert Retraction.objects.get().end_record == "8"
        assert steps_of(first, reinstated) == [Step.KNOWN, Step.KNOWN]
        # And retracted once more.
        assert steps_of(row(9, pmid="205", day="1/2/2021"), reinstated) == [Step.KNOWN, Step.MARK]

    def test_marks_nothing_that_was_reinstated_before(self, article):
        source = add_source(article, doi=DOI)

        steps = steps_of(row(8, doi=DOI, nature="Reinstatement", day="1/2/2020"), row(7, doi=DOI))

        assert steps == [Step.KNOWN, Step.KNOWN]
        assert status_of(source) == ""

    def test_notes_concerns_and_corrections_for_editors(self, article):
        source = add_source(article, doi=DOI)
        rows = (
            row(7, doi=DOI, nature="Expression of concern"),
            row(8, doi=DOI, nature="Correction"),
        )

        assert steps_of(*rows) == [Step.NOTE, Step.NOTE]
        assert status_of(source) == ""
        assert {row.kind for row in source.retractions.all()} == {"concern", "correction"}
        assert not article.events.filter(verb=Event.Verb.SOURCE_MARKED).exists()
        assert steps_of(*rows) == [Step.KNOWN, Step.KNOWN]

    def test_doubts_what_only_one_number_says(self, article):
        source = add_source(article, doi=DOI, pmid="205")

        assert steps_of(row(7, doi="10.1000/other", pmid="205")) == [Step.DOUBT]
        assert status_of(source) == ""

    def test_costs_as_many_statements_however_long_the_list_is(
        self, article, django_assert_max_num_queries
    ):
        for number in range(3):
            add_source(article, f"Source {number}", doi=f"{DOI}{number}")
        rows = [row(number, doi=f"{DOI}{number}", notice="") for number in range(60)]

        with django_assert_max_num_queries(24):
            assert steps_of(*rows) == [Step.MARK] * 3


class TestCommand:
    def test_tells_what_it_has_done(self, article, tmp_path, capsys):
        source = add_source(article, doi=DOI)
        path = tmp_path / "list.csv"
        path.write_bytes(listing(row(7, doi=DOI)))

        call_command("import_retractions", str(path), "--dry-run")
        assert status_of(source) == ""
        call_command("import_retractions", str(path))

        out, err = capsys.readouterr()
        assert "1 would be marked as retracted" in out
        assert "1 marked as retracted" in out
        assert "1 records read" in err
        assert status_of(source) == "retracted"

    def test_does_nothing_with_a_file_that_is_cut(self, article, tmp_path):
        source = add_source(article, doi=DOI)
        path = tmp_path / "list.csv"
        path.write_bytes(listing(row(7, doi=DOI), row(8))[:-9])

        with pytest.raises(CommandError, match="si interrompe a metà, alla riga 3"):
            call_command("import_retractions", str(path))
        with pytest.raises(CommandError, match="No such file"):
            call_command("import_retractions", str(tmp_path / "none"))
        assert status_of(source) == ""
