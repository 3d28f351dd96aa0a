"""Sources in the admin: pasted, added, found, and cited by articles that have lost them."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import RichText, Source
from articles.publishing import sources
from articles.text import records
from tests.articles.desk.steps import change_url, form_of
from tests.factories import add_source, logged_in, make_article, marker, publish, staff_with
from tests.pages import page_of

pytestmark = pytest.mark.django_db

PASTE = "/admin/articles/source/paste/"
FIND = "/admin/articles/source/find/"
IN_DIALOG = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
RIS = (
    "TY  - JOUR\nAU  - Hodi, F. Stephen\nTI  - Ipilimumab\nJO  - N Engl J Med\nPY  - 2010\n"
    "DO  - 10.1056/NEJMoa1003466\nER  - \n"
)
CITATION = "Hodi FS. Ipilimumab. N Engl J Med 2010."
OTHER = "PMID- 21639810\nTI  - Dacarbazine.\nAU  - Robert C\n\n"


def reading(client, pasted="", **fields):
    """What the page shows of a paste."""
    return client.post(PASTE, {"pasted": pasted, "_read": "1"} | fields)


def rows_of(response) -> dict[str, str]:
    """What a browser would send of the sources that a page has found."""
    rows = response.context["rows"]
    data = {f"sources-{name}_FORMS": str(len(rows.forms)) for name in ("TOTAL", "INITIAL")}
    for row in rows.forms:
        data |= {row.add_prefix(name): row[name].value() or "" for name in ("doi", "pmid", "url")}
        data |= {row.add_prefix("citation"): row["citation"].value(), row.add_prefix("take"): "on"}
    return data


def adding(client, pasted: str, headers=None, **changes):
    """Add what was read of a paste, with changes in what is sent."""
    data = {"pasted": pasted, "_add": "1"} | rows_of(reading(client, pasted)) | changes
    return client.post(PASTE, data, **(headers or {}))


class TestPaste:
    def test_shows_what_is_new_what_is_there_and_what_is_unreadable(self, editor_client):
        there = Source.objects.create(citation="As it stands", doi="10.1056/NEJMoa1003466")

        page = page_of(reading(editor_client, f"{RIS}{OTHER}rubbish"))

        assert [link["href"] for link in page.one("ul", class_="paste-known").all("a")] == [
            reverse("admin:articles_source_change", args=[there.pk])
        ]
        assert "Line 12: “rubbish”" in page.one("div", class_="paste-unread").words
        new = page.one("ol", class_="paste-new")
        assert new.one("textarea").text.strip() == "Robert C. Dacarbazine."
        assert Source.objects.count() == 1

    def test_adds_what_is_left_ticked_as_it_was_edited(self, editor_client):
        response = adding(
            editor_client,
            f"{RIS}{OTHER}",
            **{"sources-0-citation": "Better", "sources-1-take": "", "sources-1-url": "no:where"},
        )

        assert response.status_code == 302
        assert list(Source.objects.values_list("citation", "doi", "pmid")) == [
            ("Better", "10.1056/nejmoa1003466", "")
        ]

    def test_the_same_source_twice_is_one(self, editor_client):
        adding(editor_client, RIS + RIS.replace("NEJMoa", "nejmoa"))

        assert Source.objects.count() == 1

    def test_two_rows_that_have_become_one_source_are_refused(self, editor_client):
        response = adding(
            editor_client, f"{RIS}{OTHER}", **{"sources-1-doi": "doi:10.1056/NEJMOA1003466."}
        )

        assert "This source is here twice" in response.content.decode()
        assert not Source.objects.exists()

    def test_what_somebody_else_has_added_meanwhile_is_named(self, editor_client):
        data = {"pasted": "", "_add": "1"} | rows_of(reading(editor_client, RIS))
        Source.objects.create(citation="Theirs", doi="10.1056/nejmoa1003466")

        response = editor_client.post(PASTE, data)

        assert "already in the list of sources" in response.content.decode()
        assert Source.objects.count() == 1

    def test_a_hundred_cost_no_more_statements_than_one(self, editor_client):
        def cost(first: int, many: int) -> int:
            pasted = "".join(
                f"TY  - JOUR\nTI  - A study {number}\nDO  - 10.1056/X{number}\nER  - \n"
                for number in range(first, first + many)
            )
            data = {"pasted": pasted, "_add": "1"} | rows_of(reading(editor_client, pasted))
            with CaptureQueriesContext(connection) as captured:
                assert editor_client.post(PASTE, data).status_code == 302
            return len(captured.captured_queries)

        one = cost(0, 1)
        hundred = cost(1, 100)

        assert Source.objects.count() == 101
        # SQLite takes so many values at once, in a few statements.
        assert hundred <= one + 2

    def test_fields_make_the_citation(self, editor_client):
        response = reading(
            editor_client,
            title="Ipilimumab",
            authors="Hodi, Stephen\nWeber R",
            container="N Engl J Med",
            year="2010",
            volume="363",
            pages="711-23",
            doi="https://doi.org/10.1056/X",
            pmid="PMID 205",
        )

        [row] = response.context["rows"].forms
        assert row["citation"].value() == (
            "Hodi S, Weber R. Ipilimumab. N Engl J Med 2010;363:711–23."
        )
        assert (row["doi"].value(), row["pmid"].value()) == ("10.1056/x", "205")

    def test_fields_without_a_title_are_asked_for_one(self, editor_client):
        assert "A source needs a title." in reading(editor_client, year="2010").content.decode()

    def test_a_bad_number_is_refused_and_what_was_typed_stays(self, editor_client):
        response = adding(editor_client, OTHER, **{"sources-0-url": "javascript:x"})

        page = page_of(response)
        assert "This is no web address" in page.one("ol", class_="paste-new").words
        assert page.one("input", name="sources-0-url")["value"] == "javascript:x"
        assert page.one("textarea", name="pasted").text.strip() == OTHER.strip()

    def test_what_was_edited_stays_when_something_else_is_refused(self, editor_client):
        response = adding(editor_client, OTHER, **{"sources-0-citation": "Better", "year": "2010"})

        page = page_of(response)
        assert "A source needs a title." in page.words
        assert page.one("textarea", name="sources-0-citation").text.strip() == "Better"
        assert not Source.objects.exists()

    def test_a_long_text_is_refused_before_it_is_read(self, editor_client, monkeypatch):
        monkeypatch.setattr(records, "read", pytest.fail)

        response = reading(editor_client, "x" * (records.MAX_LENGTH + 1))

        assert "nothing was read" in response.content.decode()

    def test_ten_megabytes_are_refused_with_a_sentence(self, editor_client):
        response = reading(editor_client, "x" * 10_000_000)

        assert response.status_code == 413
        assert "too large" in response.content.decode()

    @pytest.mark.parametrize(
        "garbage",
        [{"sources-TOTAL_FORMS": "x"}, {"sources-TOTAL_FORMS": "9999"}, {"sources-0-take": "\0"}],
    )
    def test_garbage_is_no_error(self, editor_client, garbage):
        data = {"pasted": RIS, "_add": "1"} | rows_of(reading(editor_client, RIS)) | garbage

        assert editor_client.post(PASTE, data).status_code in (200, 302)

    def test_nothing_is_one_calm_line(self, editor_client):
        assert "Nothing was pasted" in reading(editor_client).content.decode()

    def test_is_for_those_who_may_add_sources(self, client):
        logged_in(client, staff_with("view_source", "change_source"))

        assert client.get(PASTE).status_code == 403


class TestDialog:
    def test_gets_what_it_has_added_and_what_is_ticked_of_what_was_there(self, editor_client):
        ticked = Source.objects.create(citation="As it stands", pmid="21639810")
        Source.objects.create(citation="Third.")
        third = "TY  - JOUR\nTI  - Third\nER  - \n"

        response = adding(editor_client, f"{RIS}{third}{OTHER}", IN_DIALOG, known=ticked.pk)

        new = Source.objects.get(doi="10.1056/nejmoa1003466")
        assert response.json() == {
            "sources": [
                {
                    "pk": ticked.pk,
                    "key": str(ticked.key),
                    "citation": "As it stands",
                    "numbers": "21639810",
                },
                {
                    "pk": new.pk,
                    "key": str(new.key),
                    "citation": CITATION,
                    "numbers": "10.1056/nejmoa1003466",
                },
            ]
        }

    def test_gets_the_form_without_a_page_around_it(self, editor_client):
        response = editor_client.get(PASTE, **IN_DIALOG)

        assert "<html" not in response.content.decode()
        assert page_of(response).one("form")["action"] == PASTE

    def test_finds_sources_by_words_and_by_their_rows(self, editor_client):
        found = Source.objects.create(citation="Hodi FS. Ipilimumab. 2010.", doi="10.1056/X")
        Source.objects.create(citation="Robert C. Ipilimumab. 2011.")

        by_words = editor_client.get(FIND, {"q": "ipilimumab hodi"}).json()["sources"]
        by_doi = editor_client.get(FIND, {"q": "https://doi.org/10.1056/x"}).json()["sources"]
        by_rows = editor_client.get(FIND, {"pk": [found.pk, "x", "9" * 30]}).json()["sources"]

        assert [row["pk"] for row in by_words] == [found.pk]
        assert by_rows == by_doi == by_words
        assert editor_client.get(FIND).json() == {"sources": []}

    def test_finds_nothing_for_those_who_may_not_see_sources(self, client):
        logged_in(client, staff_with("view_article"))

        assert client.get(FIND, {"q": "x"}).status_code == 403


class TestSourceForm:
    def test_knows_numbers_however_they_are_written(self, editor_client):
        data = {"citation": "x", "doi": "https://doi.org/10.1056/X.", "pmid": "PMID: 205"}

        editor_client.post(reverse("admin:articles_source_add"), data)

        assert list(Source.objects.values_list("doi", "pmid")) == [("10.1056/x", "205")]

    def test_names_the_source_that_has_a_number_already(self, editor_client):
        there = Source.objects.create(citation="There", doi="10.1056/X")
        data = {"citation": "x", "doi": "10.1056/x"}

        response = editor_client.post(reverse("admin:articles_source_add"), data)

        assert reverse("admin:articles_source_change", args=[there.pk]) in response.content.decode()
        change = reverse("admin:articles_source_change", args=[there.pk])
        assert editor_client.post(change, data).status_code == 302


class TestAdding:
    def test_gives_what_another_has_added_in_the_same_moment(self, monkeypatch):
        there = Source.objects.create(citation="There", doi="10.1056/x")
        answers = iter([[], [there]])
        monkeypatch.setattr(sources, "known", lambda _wanted: next(answers))

        found = sources.add([Source(citation="y"), Source(citation="x", doi="10.1056/x")])

        assert [source.citation for source in found] == ["y", "There"]
        assert Source.objects.count() == 2

    def test_finds_a_source_however_it_was_written(self):
        one = Source.objects.create(citation="Hodi FS. A study.", doi="10.1056/NEJMoa1")
        other = Source.objects.create(citation="Robert C. Another.")

        found = sources.add(
            [
                Source(citation="x", doi="10.1056/nejmOA1"),
                Source(citation="ROBERT C.  another. "),
            ]
        )

        assert found == [one, other]
        assert Source.objects.get(pk=one.pk).doi == "10.1056/nejmoa1"

    def test_refuses_a_doi_with_capitals_in_the_database_too(self):
        Source.objects.create(citation="x", doi="10.1056/x")

        with pytest.raises(IntegrityError):
            Source.objects.update(doi="10.1056/X")


class TestArticleForm:
    def test_a_source_that_is_taken_away_and_still_cited_is_named(self, editor_client):
        article = make_article()
        source = add_source(article, "Hodi 2010")
        text = f"<p>Migliora.{marker(source)}</p>"
        RichText.objects.filter(parent=article).update(text_it=text)
        publish(article)
        row = article.citations.get()
        form = form_of(article, _save="1") | {
            "citations-TOTAL_FORMS": "1",
            "citations-INITIAL_FORMS": "1",
            "citations-0-id": row.pk,
            "citations-0-article": article.pk,
            "citations-0-source": source.pk,
            "citations-0-ordering": "0",
            "citations-0-DELETE": "on",
        }

        page = page_of(editor_client.post(change_url(article), form, follow=True))

        assert not article.citations.exists()
        warning = page.one("li", class_="warning")
        assert "“Hodi 2010”" in warning.words
        assert warning.one("a")["href"] == "#id_articles_richtext_set-0-text_it"

    def test_tells_its_script_the_keys_of_the_sources(self, editor_client):
        article = make_article()
        source = add_source(article, "Hodi 2010")

        page = page_of(editor_client.get(change_url(article)))

        [option] = page.all("option", data_key=str(source.key))
        assert option["data-citation"] == "Hodi 2010"
