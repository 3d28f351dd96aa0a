"""What readers see of sources that are retracted or outdated, and of their years and links."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, RichText, Source
from articles.publishing import retractions
from immunoportal.publication import clock, readers
from tests.factories import add_block, add_source, make_article, make_editor, marker, publish
from tests.pages import page_of

PAGES = {"it": "/it/articoli/studi/", "en": "/en/articles/studies/"}


@pytest.fixture
def editor(db):
    return make_editor()


@pytest.fixture
def article(db):
    return make_article(slug_it="studi", slug_en="studies")


def cite(article: Article, *sources: Source) -> None:
    marks = "".join(map(marker, sources))
    add_block(article, RichText, text_it=f"<p>x{marks}</p>", text_en=f"<p>x{marks}</p>")


def notice_of(page):
    """The notice about sources on a page; ``None`` if it has none."""
    return next(page.all("section", aria_labelledby="about.retracted"), None)


class TestNotice:
    def test_stands_on_the_pages_at_the_next_request(
        self, client, transactional_db, article, editor, monkeypatch
    ):
        # For so long a reading of the clock holds on PostgreSQL.
        monkeypatch.setattr(readers, "LEASE", 0)
        source = add_source(article, "Hodi FS. A study. 2010.")
        cite(article, source)
        publish(article)
        assert not any(notice_of(page_of(client.get(url))) for url in PAGES.values())

        row = retractions.mark(
            source, "retracted", by=editor, since=date(2024, 3, 1), notice_doi="10.1000/n"
        )

        pages = {language: page_of(client.get(url)) for language, url in PAGES.items()}
        notices = {language: notice_of(page) for language, page in pages.items()}
        assert "withdrawn by its journal on 1 March 2024. We are checking" in notices["en"].words
        assert "rivista il 1 marzo 2024. Stiamo verificando la pagina." in notices["it"].words
        assert [link["href"] for link in notices["en"].all("a")] == ["#r1"]
        listed = pages["en"].one("li", id="r1")
        assert "Withdrawn by its journal" in listed.words
        assert "https://doi.org/10.1000/n" in [link["href"] for link in listed.all("a")]
        [cited] = pages["en"].one("sup").all("a")
        assert (cited["aria-label"], cited["class"]) == ("Source 1, retracted", "not-relied-on")

        retractions.answer(article, row, {"en": "Later studies say the same."}, by=editor)

        assert "Later studies say the same." in notice_of(page_of(client.get(PAGES["en"]))).words
        assert "Stiamo verificando" in notice_of(page_of(client.get(PAGES["it"]))).words

        retractions.end(row, by=editor, reason="Another paper.")

        assert not any(notice_of(page_of(client.get(url))) for url in PAGES.values())

    @pytest.mark.django_db
    def test_says_what_is_outdated(self, client, article, editor):
        retractions.mark(add_source(article), "outdated", by=editor)
        publish(article)

        page = page_of(client.get(PAGES["en"]))

        assert "A source on which this page rests is outdated." in notice_of(page).words
        assert "Outdated" in page.one("li", id="r1").words

    def test_stands_on_past_editions_too(self, client, article, editor):
        source = add_source(article)
        publish(article)
        retractions.mark(source, "retracted", by=editor)
        article.citations.all().delete()
        publish(article)

        assert notice_of(page_of(client.get(PAGES["en"]))) is None
        past = notice_of(page_of(client.get(f"{PAGES['en']}editions/1/")))
        assert "The present page does not rest on it any more." in past.words

    def test_keeps_from_everyone_what_is_for_professionals(self, client, article, editor):
        article.audience = "professional"
        article.save()
        source = add_source(article)
        publish(article)
        row = retractions.mark(source, "retracted", by=editor)
        retractions.answer(article, row, {"en": "Among us.", "it": "Fra noi."}, by=editor)
        article.audience = "public"
        article.save()
        publish(article)

        assert "We are checking" in notice_of(page_of(client.get(PAGES["en"]))).words
        assert retractions.count_waiting() == 1

    def test_costs_no_query_of_its_own(self, client, transactional_db, article, editor):
        source = add_source(article)
        publish(article)
        other = add_source(make_article(), "Other")

        def cost() -> int:
            clock.forget()
            client.get("/it/")
            client.get(PAGES["it"])
            with CaptureQueriesContext(connection) as captured:
                client.get(PAGES["it"])
            return len(captured.captured_queries)

        before = cost()
        retractions.mark(source, "retracted", by=editor)
        retractions.mark(other, "retracted", by=editor)

        assert cost() == before


class TestMarkers:
    def test_of_such_a_source_stand_apart_from_a_range(self, client, article, editor):
        sources = [add_source(article, f"Source {number}") for number in range(4)]
        cite(article, *sources)
        publish(article)
        retractions.mark(sources[1], "retracted", by=editor)

        assert page_of(client.get(PAGES["en"])).one("sup").words == "[1, 2, 3, 4]"


class TestSources:
    def test_have_the_year_that_was_typed_or_cited(self, client, article):
        citations = {
            "Hodi FS. Trends, 1990. N Engl J Med 2010;363:1711–1723.": 2010,
            "AIOM. Linee guida. Milano, 2023. https://example.org/2019/x": 2023,
            "AIOM. Without a year.": None,
        }
        for citation in citations:
            add_source(article, citation)
        add_source(article, "Hodi FS. 2010.", year=2011)
        publish(article)

        listed = page_of(client.get(PAGES["en"])).one("ol", class_="sources")

        years = [
            [each.words for each in item.all("span", class_="year")] for item in listed.all("li")
        ]
        assert years == [[str(year)] if year else [] for year in [*citations.values(), 2011]]

    def test_name_papers_in_pubmed_central_by_their_number(self, client, article):
        add_source(article, url="https://pmc.ncbi.nlm.nih.gov/articles/PMC3549297/")
        add_source(article, "Two", url="https://www.ncbi.nlm.nih.gov/pmc/articles/pmc12")
        add_source(article, "Three", url="https://example.org/PMC3/")
        publish(article)

        links = [
            link.words
            for link in page_of(client.get(PAGES["en"])).one("ol", class_="sources").all("a")
        ]

        assert links == ["PMC3549297", "PMC12", "https://example.org/PMC3/"]

    @pytest.mark.django_db
    def test_is_told_to_machines_as_well(self, client, article, editor):
        cite(article, source := add_source(article))
        publish(article)
        Article.objects.filter(pk=article.pk).update(lead_en="Changed.")
        publish(article, "en")
        retractions.mark(source, "retracted", by=editor)

        for number in (1, 2):
            data = client.get(f"{PAGES['en']}editions/{number}.json").json()
            assert "withdrawn by its journal. We are checking" in data["notices"][0]["text"]
            assert [each["status"] for each in data["sources"]] == ["retracted"]
        for path in ("/en/feed/", f"{PAGES['en']}feed/"):
            feed = client.get(path).text
            assert "withdrawn by its journal. We are checking" in feed
            assert "Withdrawn by its journal" in feed
