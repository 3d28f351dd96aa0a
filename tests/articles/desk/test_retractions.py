"""Retracted sources in the admin: marked, imported, and dealt with."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.desk import first_page
from articles.desk import retractions as desk
from articles.models import Retraction, Source
from articles.publishing import retractions
from articles.publishing.advice import advice
from articles.publishing.freezing import read_working_copy
from tests.articles.desk.steps import change_url
from tests.factories import (
    add_source,
    logged_in,
    make_article,
    make_editor,
    publish,
    staff_with,
)
from tests.pages import page_of
from tests.retraction_watch import listing, row

pytestmark = pytest.mark.django_db

IMPORT = "/admin/articles/source/retractions/"
LIST = "/admin/articles/article/"
DOI = "10.1000/x"


@pytest.fixture
def article():
    article = make_article()
    add_source(article, "Hodi FS. A study. 2010.", doi=DOI)
    publish(article)
    return article


def mark_url(source: Source) -> str:
    return reverse("admin:articles_source_mark", args=[source.pk])


def source_url(source: Source) -> str:
    return reverse("admin:articles_source_change", args=[source.pk])


def sent(client, data: bytes):
    """The answer to a file."""
    return client.post(IMPORT, {"file": SimpleUploadedFile("list.csv", data, "text/csv")})


def waiting(user) -> list[int]:
    """How many articles the first page says to cite such a source."""
    return [each.count for each in first_page.waiting(user) if "retracted=open" in each.url]


class TestMark:
    def test_is_set_and_taken_back(self, editor_client, article):
        source = Source.objects.get()
        assert mark_url(source) in editor_client.get(source_url(source)).content.decode()

        form = {
            "kind": "retracted", "since": "2024-03-01", "reason": "Made up",
            "notice_doi": "https://doi.org/10.1000/N",
        }  # fmt: skip
        response = editor_client.post(mark_url(source), form, follow=True)

        mark = Retraction.objects.get()
        assert (mark.notice_doi, str(mark.since)) == ("10.1000/n", "2024-03-01")
        section = page_of(response).one("section", aria_labelledby="marks-heading")
        assert "Made up" in section.words
        assert change_url(article) in [link["href"] for link in section.all("a")]
        assert "already" in editor_client.post(mark_url(source), form, follow=True).content.decode()

        end = reverse("admin:articles_source_take_back", args=[source.pk, mark.pk])
        assert "A study" in editor_client.get(end).content.decode()
        editor_client.post(end, {"reason": "Another paper"})
        again = editor_client.post(end, {"reason": "Another paper"}, follow=True)

        assert "already" in again.content.decode()
        source.refresh_from_db()
        assert source.status == ""

    @pytest.mark.parametrize(
        "wrong",
        [{"kind": "lost"}, {"since": "2999-01-01"}, {"notice_doi": "x"}, {"reason": ""}],
        ids=lambda wrong: next(iter(wrong)),
    )
    def test_is_refused_with_a_sentence(self, editor_client, article, wrong):
        form = {"kind": "retracted", "reason": "x"} | wrong

        response = editor_client.post(mark_url(Source.objects.get()), form)

        assert "errorlist" in response.content.decode()
        assert not Retraction.objects.exists()

    def test_is_for_those_who_may_publish(self, client, article):
        source = Source.objects.get()
        logged_in(client, staff_with("view_source", "change_source"))

        assert client.get(mark_url(source)).status_code == 403
        assert client.get(IMPORT).status_code == 403
        assert mark_url(source) not in client.get(source_url(source)).content.decode()

    def test_of_what_is_not_there_is_not_found(self, editor_client, article):
        for path in ("/admin/articles/source/999/mark/", "/admin/articles/source/1/marks/999/end/"):
            assert editor_client.get(path).status_code == 404


class TestImport:
    def test_shows_what_it_found_and_does_it_once_that_is_wanted(self, editor_client, article):
        source = Source.objects.get()

        shown = page_of(sent(editor_client, listing(row(7, doi=DOI), row(8))))

        assert "2 records were read." in shown.words
        assert next(link["href"] for link in shown.one("table").all("a")) == source_url(source)
        assert not Retraction.objects.exists()

        records = shown.one("input", name="records")["value"]
        done = editor_client.post(IMPORT, {"records": records}, follow=True)
        again = editor_client.post(IMPORT, {"records": records}, follow=True)

        assert "1 source is marked" in done.content.decode()
        assert "Nothing had to be changed." in again.content.decode()
        assert Retraction.objects.get().record == "7"

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (b"", "The file is empty"),
            (b"PK\x03\x04\x00", "no table of plain text"),
            (b"a,b\n1,2\n", "lacks the columns Record ID"),
            (listing(row(7, doi=DOI), row(8))[:-30], "ends in the middle, at line 3"),
            (listing(row(7, doi=DOI), "x", row(8)), "Line 3 of the file is damaged"),
        ],
        ids=["empty", "no table", "columns", "cut", "damaged"],
    )
    def test_refuses_what_it_cannot_read(self, editor_client, article, data, sentence):
        response = sent(editor_client, data)

        assert sentence in response.content.decode()
        assert not Retraction.objects.exists()

    def test_refuses_what_is_too_large_or_not_its_own(self, editor_client, article, monkeypatch):
        forged = editor_client.post(IMPORT, {"records": "forged"})
        monkeypatch.setattr(desk, "LARGEST_LIST", 10)

        assert "Choose the file once more" in forged.content.decode()
        assert "too large" in sent(editor_client, listing(row(7, doi=DOI))).content.decode()

    def test_says_that_there_is_nothing_new(self, editor_client, article):
        page = page_of(sent(editor_client, listing(row(7))))

        assert "None of them says anything new" in page.words
        assert not list(page.all("input", name="records"))


class TestQueue:
    def test_names_the_articles_until_somebody_has_looked(self, editor_client, article):
        source, editor = Source.objects.get(), make_editor()
        assert waiting(editor) == [0]
        mark = retractions.mark(source, "retracted", by=editor, reason="Made up")
        other = make_article()

        assert waiting(editor) == [1]
        for chosen in ("open", "all"):
            listed = editor_client.get(LIST, {"retracted": chosen}).content.decode()
            assert change_url(article) in listed
            assert change_url(other) not in listed

        form = page_of(editor_client.get(change_url(article)))
        panel = form.one("section", class_="retracted-sources")
        answer = reverse("admin:articles_article_source", args=[article.pk, mark.pk])
        assert [link["href"] for link in panel.all("a")] == ["#citations-0", answer]
        assert "we are checking the page" in panel.words
        assert "Made up" in editor_client.get(answer).content.decode()
        assert "at least one page" in editor_client.post(answer, {"it": " "}).content.decode()

        done = editor_client.post(answer, {"it": "Altri studi.", "en": "Others."}, follow=True)

        panel = page_of(done).one("section", class_="retracted-sources")
        assert "Altri studi." in panel.words
        assert waiting(editor) == [0]
        assert (
            change_url(article)
            not in editor_client.get(LIST, {"retracted": "open"}).content.decode()
        )
        history = editor_client.get(reverse("admin:articles_article_history", args=[article.pk]))
        assert "marked as retracted" in history.content.decode()
        assert "right in spite of a source" in history.content.decode()

    def test_says_that_the_live_page_cites_what_the_list_has_no_more(self, editor_client, article):
        mark = retractions.mark(Source.objects.get(), "retracted", by=make_editor())
        article.citations.all().delete()

        panel = page_of(editor_client.get(change_url(article)))

        assert "publish, and it does not" in panel.one("section", class_="retracted-sources").words
        publish(article)
        answer = reverse("admin:articles_article_source", args=[article.pk, mark.pk])
        gone = editor_client.get(answer, follow=True)
        assert "No page of this article cites it any more" in gone.content.decode()
        assert not list(page_of(gone).all("section", class_="retracted-sources"))

    def test_is_advice_at_publication(self, article):
        retractions.mark(Source.objects.get(), "retracted", by=make_editor())

        [found] = [
            each for each in advice(read_working_copy(article), "en") if each.field == "citations"
        ]

        assert "Hodi FS" in found.message
        publish(article)


class TestYear:
    def test_is_typed_where_the_citation_is_wrong(self, editor_client, article):
        source = Source.objects.get()
        page = page_of(editor_client.get(source_url(source)))
        assert page.one("input", name="year")["placeholder"] == "2010"
        form = {"citation": source.citation, "doi": DOI, "year": "2011"}

        assert editor_client.post(source_url(source), form).status_code == 302

        source.refresh_from_db()
        assert source.year_shown == 2011
        refused = editor_client.post(source_url(source), form | {"year": "0"})
        assert list(page_of(refused).all("ul", class_="errorlist"))
