"""The reader's pages: what they show, to whom they lead, and what they never show."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from articles.images.renditions import make_next
from articles.models import (
    Article,
    Byline,
    Callout,
    Citation,
    Home,
    Quote,
    RichText,
    Source,
    Topic,
)
from articles.publishing import verbs
from articles.reading.pages import LATEST, PER_PAGE
from tests.factories import (
    add_block,
    add_figure,
    make_article,
    make_contributor,
    make_edition,
    make_editor,
    make_image,
    make_topic,
    publish,
)
from tests.pages import alternates_of, links_of, page_of

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
NOON = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)

# One page of each kind in each language.
PAGES = [
    "/it/", "/en/",
    "/it/articoli/", "/en/articles/",
    "/it/argomenti/", "/en/topics/",
    "/it/argomenti/cure/", "/en/topics/care/",
    "/it/articoli/melanoma/", "/en/articles/melanoma-en/",
    "/it/correzioni/", "/en/corrections/",
    "/it/privacy/", "/en/privacy/",
]  # fmt: skip
PAIRS = list(zip(PAGES[0::2], PAGES[1::2], strict=True))
HOMES = {"it": "/it/", "en": "/en/"}
OTHER = {"it": "en", "en": "it"}
LABELS = {"it": "versione italiana", "en": "English version"}


@pytest.fixture(autouse=True)
def _address_of_the_site(settings):
    settings.SITE_URL = SITE


def make_site() -> Article:
    """Make a small site, so that every address in ``PAGES`` has a page."""
    topic = make_topic(name_it="Cure", slug_it="cure", name_en="Care", slug_en="care")
    article = make_article(
        topic=topic,
        title_it="Il melanoma", slug_it="melanoma", lead_it="In breve, il melanoma.",
        title_en="Melanoma", slug_en="melanoma-en", lead_en="Melanoma in short.",
    )  # fmt: skip
    add_figure(article)
    publish(article)
    Home.objects.create(hero_line_it="Con calma", hero_line_en="Calmly")
    return article


@pytest.fixture
def site():
    return make_site()


def titles_on(page) -> list[str]:
    """The articles that the main part of a page links to, in order, each once."""
    links = page.one("main").all("a")
    parts = [link["href"].split("/") for link in links]
    slugs = [
        part[3] for part in parts if part[2:3] in (["articoli"], ["articles"]) and len(part) > 4
    ]
    return list(dict.fromkeys(slugs))


class TestEveryPage:
    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, shared_rows):  # noqa: ARG003
        make_site()

    @pytest.mark.parametrize("path", PAGES)
    def test_answers_in_the_language_of_its_address(self, client, site, path):
        response = client.get(path, headers={"accept-language": "de, fr;q=0.5"})

        assert response.status_code == 200
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert response["Content-Language"] == path[1:3]
        assert page_of(response).one("html")["lang"] == path[1:3]

    @pytest.mark.parametrize("path", PAGES)
    def test_has_one_heading_a_title_and_a_description(self, client, site, path):
        page = page_of(client.get(path))

        assert page.one("h1").words
        assert page.one("title").words.endswith(("ImmunOncologia.org", "Con calma", "Calmly"))
        assert page.one("meta", name="description")["content"].strip()
        assert list(page.all("meta", name="robots")) == []

    @pytest.mark.parametrize("paths", [PAGES[0::2], PAGES[1::2]], ids=["it", "en"])
    def test_has_a_title_and_a_description_of_its_own(self, client, site, paths):
        pages = [page_of(client.get(path)) for path in paths]

        titles = {page.one("title").words for page in pages}
        descriptions = {page.one("meta", name="description")["content"] for page in pages}
        assert len(titles) == len(descriptions) == len(paths)

    @pytest.mark.parametrize("path", PAGES)
    def test_names_its_own_address_whatever_the_query(self, client, site, path):
        for query in ("", "?utm_source=x&page=1", "?next=//evil.example"):
            page = page_of(client.get(f"{path}{query}", follow=True))

            assert page.one("link", rel="canonical")["href"] == f"{SITE}{path}"

    @pytest.mark.parametrize(("italian", "english"), PAIRS)
    def test_and_its_version_name_each_other(self, client, site, italian, english):
        first, second = (alternates_of(page_of(client.get(path))) for path in (italian, english))

        assert first == second
        assert first.pop("x-default") == f"{SITE}{'/' if italian == '/it/' else italian}"
        assert first == {"it": f"{SITE}{italian}", "en": f"{SITE}{english}"}

    @pytest.mark.parametrize(("italian", "english"), PAIRS)
    def test_leads_to_its_version_in_that_language(self, client, site, italian, english):
        for path, language, target in [(italian, "en", english), (english, "it", italian)]:
            switch = page_of(client.get(path)).one("a", hreflang=language, lang=language)

            assert switch["href"] == target
            assert switch.words == LABELS[language]

    @pytest.mark.parametrize("path", PAGES)
    def test_says_who_publishes_it(self, client, site, path):
        footer = list(page_of(client.get(path)).one("body").all("footer"))[-1]

        assert "Effetti srl" in footer.words
        assert "P. IVA 10756900154" in footer.words

    @pytest.mark.parametrize("path", PAGES)
    def test_opens_with_a_link_to_its_content(self, client, site, path):
        page = page_of(client.get(path))

        assert next(page.one("body").all("a"))["href"] == f"#{page.one('main')['id']}"

    @pytest.mark.parametrize("path", PAGES)
    def test_has_no_id_twice_and_no_link_into_the_void(self, client, site, path):
        page = page_of(client.get(path))

        ids = [element["id"] for element in page.all(id=None)]
        assert len(ids) == len(set(ids))
        targets = {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")}
        assert targets <= set(ids)
        assert {label for nav in page.all(aria_labelledby=None) for label in
                nav["aria-labelledby"].split()} <= set(ids)  # fmt: skip

    @pytest.mark.parametrize("path", PAGES)
    def test_asks_nothing_of_third_parties(self, client, site, path):
        page = page_of(client.get(path))

        fetched = [
            element[attribute]
            for attribute in ("src", "srcset", "poster", "action", "data")
            for element in page.all(**{attribute: None})
        ]
        fetched += [
            link["href"] for link in page.all("link") if link["rel"] in ("stylesheet", "icon")
        ]
        assert all(address.startswith("/") and address[1] != "/" for address in fetched)
        assert list(page.all(style=None)) == list(page.all("style")) == []

    @pytest.mark.parametrize("path", PAGES)
    def test_every_link_inside_leads_somewhere(self, client, site, path):
        links = links_of(page_of(client.get(path))).values()

        for link in links:
            if link.startswith("/"):
                # What is reserved leads to the log-in.
                assert client.get(link, follow=True).status_code == 200, link


class TestCaching:
    @pytest.mark.parametrize("path", PAGES)
    def test_every_page_may_be_kept_by_all(self, client, site, path):
        response = client.get(path)

        assert response["Cache-Control"] == "public, no-cache"
        assert response["ETag"]
        assert response["Last-Modified"]

    @pytest.mark.parametrize("path", PAGES)
    def test_no_page_sets_or_heeds_a_cookie(self, client, site, path):
        anonymous = client.get(path)

        client.force_login(make_editor())
        client.cookies["django_language"] = "en"
        logged_in = client.get(path)
        client.cookies["session"] = client.cookies["csrf"] = "damaged"
        damaged = client.get(path)

        assert logged_in.content == damaged.content == anonymous.content
        for answer in (anonymous, logged_in, damaged):
            assert not answer.cookies
            assert answer["Vary"] == "Accept-Encoding"

    @pytest.mark.parametrize("path", PAGES)
    def test_what_has_not_changed_is_not_sent_again(self, client, site, path):
        first = client.get(path)

        again = client.get(path, headers={"if-none-match": first["ETag"]})
        since = client.get(path, headers={"if-modified-since": first["Last-Modified"]})

        for answer in (again, since):
            assert answer.status_code == 304
            assert answer.content == b""
            assert answer["ETag"] == first["ETag"]
            assert answer["Cache-Control"] == first["Cache-Control"]
        assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200

    def test_what_has_been_published_is_sent(self, client, site):
        path = "/it/articoli/melanoma/"
        first = client.get(path)
        Article.objects.update(lead_it="Corretto.")
        later = timezone.now() + timedelta(minutes=1)

        with time_machine.travel(later, tick=False):
            publish(site, "it")
            by_tag = client.get(path, headers={"if-none-match": first["ETag"]})
            by_date = client.get(path, headers={"if-modified-since": first["Last-Modified"]})

        for answer in (by_tag, by_date):
            assert answer.status_code == 200
            assert "Corretto." in answer.content.decode()
            assert answer["ETag"] != first["ETag"]
            # A second older than it is, while the second of the change is not over.
            assert answer["Last-Modified"] == http_date(later.timestamp() - 1)

    def test_a_picture_that_became_ready_is_sent(self, client, site):
        path = "/it/articoli/melanoma/"
        first = client.get(path)

        make_next()

        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200

    def test_a_change_of_the_working_copy_changes_nothing(self, client, site):
        path = "/it/articoli/melanoma/"
        first = client.get(path)

        Article.objects.update(title_it="Segreto")
        RichText.objects.update(text_it="<p>Segreto</p>")

        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304

    def test_what_does_not_exist_is_not_kept(self, client):
        assert client.get("/it/articoli/manca/")["Cache-Control"] == "no-store"


class TestMethods:
    @pytest.fixture(scope="class")
    @classmethod
    def site(cls, shared_rows):  # noqa: ARG003
        make_site()

    @pytest.mark.parametrize("path", PAGES)
    def test_head_has_the_headers_of_get(self, client, site, path):
        with time_machine.travel(timezone.now(), tick=False):
            get, head = client.get(path), client.head(path)

        assert (head.status_code, head.content) == (200, b"")
        for name in ("Content-Type", "Cache-Control", "Last-Modified", "Vary"):
            assert head[name] == get[name]

    @pytest.mark.parametrize("path", PAGES)
    def test_others_are_refused(self, site, path):
        # As a browser would meet it, without the test client's leave to pass.
        client = Client(enforce_csrf_checks=True)

        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
            response = client.generic(method, path, b"x=1")

            assert response.status_code == 405
            assert response["Allow"] == "GET, HEAD"
            assert not response.cookies


class TestHome:
    def test_shows_what_it_is_about_and_the_featured_article(self, client, site):
        newer = make_article(title_it="Nuovo", slug_it="nuovo")
        publish(newer, "it")
        Home.objects.update(featured=site, introduction_it="Per chi si cura.")

        page = page_of(client.get("/it/"))

        assert page.one("h1").words == "Con calma"
        assert "Per chi si cura." in page.one("main").words
        assert titles_on(page) == ["melanoma", "nuovo"]
        assert "In breve, il melanoma." in page.one("main").words

    @pytest.mark.parametrize("reason", ["none chosen", "not in this language", "withdrawn"])
    def test_puts_the_newest_first_where_the_featured_one_cannot_stand(self, client, site, reason):
        featured = make_article(italian=False)
        if reason == "not in this language":
            publish(featured, "en")
        if reason == "withdrawn":
            featured = make_article(slug_it="ritirato")
            publish(featured, "it")
            verbs.withdraw(featured, "it", by=make_editor())
        Home.objects.update(featured=None if reason == "none chosen" else featured)

        page = page_of(client.get("/it/"))

        assert titles_on(page) == ["melanoma"]

    def test_shows_the_latest_few_and_the_featured_one_not_twice(self, client):
        for number in range(LATEST + 3):
            with time_machine.travel(NOON + timedelta(hours=number)):
                publish(make_article(slug_it=f"n{number}"), "it")
        Home.objects.create(featured=Article.objects.get(slug_it="n7"))

        page = page_of(client.get("/it/"))

        assert titles_on(page) == ["n7", "n8", "n6", "n5", "n4", "n3", "n2"]

    @pytest.mark.parametrize("path", ["/it/", "/en/"])
    def test_stands_on_an_empty_site(self, client, path):
        page = page_of(client.get(path))

        assert page.one("h1").words == "ImmunOncologia.org"
        assert titles_on(page) == []


class TestList:
    def fill(self, count: int, **fields):
        for number in range(count):
            with time_machine.travel(NOON + timedelta(hours=number)):
                publish(make_article(slug_it=f"n{number}", **fields), "it")

    def test_shows_all_articles_the_newest_first_over_its_pages(self, client):
        self.fill(PER_PAGE + 2)

        first = page_of(client.get("/it/articoli/"))
        second = page_of(client.get("/it/articoli/?page=2"))

        assert titles_on(first) == [f"n{number}" for number in range(PER_PAGE + 1, 1, -1)]
        assert titles_on(second) == ["n1", "n0"]
        assert next(first.one("main").all("a", rel="next"))["href"] == "?page=2"
        assert next(second.one("main").all("a", rel="prev"))["href"] == "/it/articoli/"
        assert not list(first.all("a", rel="prev"))
        assert not list(second.all("a", rel="next"))

    def test_its_further_pages_are_pages_of_their_own(self, client):
        self.fill(PER_PAGE + 1)

        page = page_of(client.get("/it/articoli/?page=2&x=y", follow=True))

        assert page.one("link", rel="canonical")["href"] == f"{SITE}/it/articoli/?page=2"
        assert page.one("title").words != page_of(client.get("/it/articoli/")).one("title").words
        assert alternates_of(page) == {}
        assert page.one("a", hreflang="en")["href"] == "/en/"

    @pytest.mark.parametrize("path", ["/it/articoli/", "/it/argomenti/cure/"])
    def test_an_odd_page_number_is_no_page(self, client, site, path):
        for number in (
            "0", "-1", "3", "99999999999", "9" * 5000, "abc", "1.5", "", "1e1", "1;2",
            "2%27--", "NaN", "inf", "%F0%9F%92%89", "%ff",
        ):  # fmt: skip
            assert client.get(f"{path}?page={number}").status_code == 404, number

    @pytest.mark.parametrize("query", ["?page=1", "?page=+1+", "?page=3&page=1", "?page[]=3"])
    def test_page_one_is_the_list_itself(self, client, site, query):
        page = page_of(client.get(f"/it/articoli/{query}", follow=True))

        assert titles_on(page) == ["melanoma"]
        assert page.one("link", rel="canonical")["href"] == f"{SITE}/it/articoli/"

    @pytest.mark.parametrize("path", ["/it/articoli/", "/en/articles/", "/it/argomenti/"])
    def test_stands_on_an_empty_site(self, client, path):
        response = client.get(path)

        assert response.status_code == 200
        assert titles_on(page_of(response)) == []

    def test_shows_the_articles_of_its_language_only(self, client):
        publish(make_article(slug_it="solo", english=False), "it")
        publish(make_article(slug_en="only", italian=False), "en")

        assert titles_on(page_of(client.get("/it/articoli/"))) == ["solo"]
        assert titles_on(page_of(client.get("/en/articles/"))) == ["only"]


class TestTopic:
    def test_shows_its_articles_the_newest_first(self, client):
        topic = make_topic(
            name_it="Cure", slug_it="cure", description_it="Come ci si cura.", slug_en="care"
        )
        for number in range(2):
            with time_machine.travel(NOON + timedelta(hours=number)):
                publish(make_article(topic=topic, slug_it=f"n{number}"), "it")
        publish(make_article(topic=make_topic(), slug_it="altro"), "it")

        page = page_of(client.get("/it/argomenti/cure/"))

        assert page.one("h1").words == "Cure"
        assert page.one("meta", name="description")["content"] == "Come ci si cura."
        assert titles_on(page) == ["n1", "n0"]

    def test_has_no_page_in_a_language_without_articles(self, client):
        topic = make_topic(slug_it="cure", slug_en="care")
        publish(make_article(topic=topic), "it")

        italian = client.get("/it/argomenti/cure/")

        assert client.get("/en/topics/care/").status_code == 404
        assert alternates_of(page_of(italian)) == {"x-default": f"{SITE}/it/argomenti/cure/"}
        assert "/en/topics/care/" not in client.get("/en/topics/").content.decode()

    @pytest.mark.parametrize("nothing", [{"name_en": ""}, {"name_en": None}, {"slug_en": None}])
    def test_has_no_page_in_a_language_without_a_name(self, client, nothing):
        topic = make_topic(**{"slug_it": "cure", "slug_en": "care"} | nothing)
        publish(make_article(topic=topic, slug_en="x"))

        assert client.get("/en/topics/care/").status_code == 404
        assert client.get("/en/topics/None/").status_code == 404
        for path in ("/en/", "/en/topics/", "/en/articles/x/"):
            page = page_of(client.get(path))
            assert all(link["href"] not in ("", "None") for link in page.all("a"))
            assert "/en/topics/care/" not in links_of(page).values()
        assert "en" not in alternates_of(page_of(client.get("/it/argomenti/cure/")))

    @pytest.mark.parametrize("path", ["/it/argomenti/manca/", "/it/argomenti/care/"])
    def test_unknown_and_other_languages_addresses_are_no_pages(self, client, site, path):
        assert client.get(path).status_code == 404

    def test_has_no_page_before_its_first_article(self, client):
        make_topic(slug_it="cure")

        assert client.get("/it/argomenti/cure/").status_code == 404
        assert "/it/argomenti/cure/" not in client.get("/it/argomenti/").content.decode()

    def test_topics_stand_in_their_order(self, client):
        for slug, ordering in (("c", 3), ("a", 1), ("b", 2)):
            topic = make_topic(slug_it=slug, ordering=ordering)
            publish(make_article(topic=topic), "it")

        links = [
            link["href"]
            for link in page_of(client.get("/it/argomenti/")).one("main").all("a")
            if link["href"].startswith("/it/argomenti/") and link["href"] != "/it/argomenti/"
        ]
        assert links == ["/it/argomenti/a/", "/it/argomenti/b/", "/it/argomenti/c/"]


class TestDetail:
    @time_machine.travel(NOON, tick=False)
    def test_shows_all_that_was_frozen_in_order(self, client):
        article = make_article(
            text=False, author=False, title_en="Melanoma", slug_en="melanoma",
            hero_line_en="A hero line", lead_en="The lead.", topic=make_topic(name_en="Care"),
        )  # fmt: skip
        person = make_contributor(name_en="Ann White", qualification_en="oncologist")
        Byline.objects.create(article=article, contributor=person)
        add_block(article, RichText, ordering=1, text_en="<h2>First</h2><p>H<sub>2</sub>O</p>")
        add_figure(
            article, ordering=2, alternative_text_en="A “big” microscope", caption_en="Caption",
            image=make_image(credit_en="Photo: B"),
        )  # fmt: skip
        add_block(article, Quote, ordering=3, text_en="Words\nof hope", source_en="Somebody")
        add_block(
            article, Callout, ordering=4, kind="urgent", title_en="Call", text_en="<p>Now</p>"
        )
        add_block(article, RichText, ordering=5, text_en="<h2>Second</h2><p>The end.</p>")
        source = Source.objects.create(citation="Hodi 2010", doi="10.1056/x")
        Citation.objects.create(article=article, source=source)
        publish(article, "en")

        page = page_of(client.get("/en/articles/melanoma/"))

        main = page.one("main")
        assert page.one("h1").words == "Melanoma"
        assert page.one("title").words == "Melanoma – ImmunOncologia.org"
        assert page.one("meta", name="description")["content"] == "The lead."
        words = main.words
        inside = [
            "A hero line", "Melanoma", "The lead.", "Ann White", "oncologist", "First", "H2O",
            "Caption", "Photo: B", "Words of hope", "Somebody", "Call", "Now", "The end.",
            "Hodi 2010", "doi:10.1056/x",
        ]  # fmt: skip
        positions = [words.find(text, words.index("The lead.")) for text in inside[3:]]
        assert -1 not in positions
        assert positions[3:] == sorted(positions[3:])
        assert all(text in words for text in inside)
        assert main.one("img", alt="A “big” microscope")
        assert links_of(main)["doi:10.1056/x"] == "https://doi.org/10.1056/x"
        assert {time["datetime"][:10] for time in main.all("time")} == {"2025-11-24"}
        assert "24 November 2025" in words

    def test_writes_dates_as_italians_do(self, client):
        with time_machine.travel(NOON):
            publish(make_article(slug_it="x"), "it")

            assert "24 novembre 2025" in page_of(client.get("/it/articoli/x/")).one("main").words

    def test_says_when_it_was_updated(self, client):
        article = make_article(slug_it="x")
        with time_machine.travel(NOON):
            publish(article, "it")
        Article.objects.update(lead_it="Dopo.")

        with time_machine.travel(NOON + timedelta(days=9)):
            publish(article, "it")
            words = page_of(client.get("/it/articoli/x/")).one("main").words

        assert "24 novembre 2025" in words
        assert "3 dicembre 2025" in words

    @pytest.mark.parametrize(
        ("headings", "listed"),
        [
            ([], []),
            (["Uno"], []),
            (["Uno", "Due"], [("Uno", "#uno"), ("Due", "#due")]),
            (["Uno", "Uno"], [("Uno", "#uno"), ("Uno", "#uno-2")]),
        ],
    )
    def test_lists_its_headings_when_there_are_several(self, client, headings, listed):
        article = make_article(slug_it="x")
        text = "".join(f"<h2>{heading}</h2><p>x</p><h3>Sotto</h3>" for heading in headings)
        RichText.objects.update(text_it=f"{text}<p>x</p>")
        publish(article, "it")

        main = page_of(client.get("/it/articoli/x/")).one("main")

        assert [
            (link.words, link["href"]) for link in main.all("a") if link["href"].startswith("#")
        ] == listed
        for _words, target in listed:
            assert len(list(main.all("h2", id=target[1:]))) == 1

    def test_no_heading_takes_an_id_of_the_page(self, client):
        article = make_article(slug_it="x")
        for number in range(2):
            source = Source.objects.create(citation=f"Fonte {number}")
            Citation.objects.create(article=article, source=source)
        publish(article, "it")
        ids = {element["id"] for element in page_of(client.get("/it/articoli/x/")).all(id=None)} | {
            "on-this-page"
        }
        headings = "".join(f"<h2>{name.replace('-', ' ')}</h2>" for name in sorted(ids))
        RichText.objects.update(text_it=headings + headings)
        publish(article, "it")

        page = page_of(client.get("/it/articoli/x/"))

        found = [element["id"] for element in page.all(id=None)]
        assert len(found) == len(set(found)) == len(ids) + 2 * len(ids)

    def test_loads_its_first_picture_at_once_and_the_others_late(self, client):
        article = make_article(slug_it="x")
        for number in (1, 2, 3):
            add_figure(article, ordering=20 + number, alternative_text_it=f"Figura {number}")
        publish(article, "it")

        images = list(page_of(client.get("/it/articoli/x/")).one("main").all("img"))

        assert [image["alt"] for image in images] == ["Figura 1", "Figura 2", "Figura 3"]
        assert [image.attributes.get("loading") for image in images] == [None, "lazy", "lazy"]
        for image in images:
            assert (image["width"], image["height"]) == ("64", "40")
            assert image["sizes"]

    def test_a_decorative_picture_is_passed_over(self, client):
        article = make_article(slug_it="x")
        add_figure(article, decorative=True)
        publish(article, "it")

        assert page_of(client.get("/it/articoli/x/")).one("main").one("img")["alt"] == ""

    def test_offers_modern_formats_once_they_are_made(self, client):
        article = make_article(slug_it="x")
        figure = add_figure(article)
        publish(article, "it")
        early = list(page_of(client.get("/it/articoli/x/")).one("main").all("source"))
        while make_next():
            pass

        page = page_of(client.get("/it/articoli/x/"))

        stem = f"/media/{figure.image.digest[:20]}-64"
        assert early == []
        assert [(source["type"], source["srcset"]) for source in page.all("source")] == [
            ("image/avif", f"{stem}.avif 64w"),
            ("image/webp", f"{stem}.webp 64w"),
        ]
        assert page.one("main").one("img")["src"] == f"{stem}.jpg"

    def test_without_any_rendition_the_alternative_text_stands_in(self, client):
        article = make_article(slug_it="x")
        figure = add_figure(article, alternative_text_it="Un microscopio")
        publish(article, "it")
        figure.image.renditions.update(made_at=None)

        main = page_of(client.get("/it/articoli/x/")).one("main")

        assert not list(main.all("img"))
        assert "Un microscopio" in main.words

    def test_a_text_of_the_editor_is_no_markup(self, client):
        hostile = "<script>alert(1)</script>“&amp;”"
        article = make_article(
            slug_it="x", title_it=hostile, lead_it=hostile, hero_line_it=hostile,
            description_it=hostile,
        )  # fmt: skip
        add_block(article, Quote, text_it=hostile, source_it=hostile)
        add_figure(article, alternative_text_it=hostile, caption_it=hostile)
        publish(article, "it")

        page = page_of(client.get("/it/articoli/x/"))

        graph = page.one("script", type="application/ld+json")
        code = [script for script in page.all("script") if script is not graph]
        assert all(script["src"].startswith("/static/") for script in code)
        assert page.one("h1").words == hostile
        assert page.one("meta", name="description")["content"] == hostile
        assert page.one("main").one("img")["alt"] == hostile

    def test_in_one_language_names_no_other_version(self, client):
        publish(make_article(slug_it="x"), "it")

        page = page_of(client.get("/it/articoli/x/"))

        assert alternates_of(page) == {"x-default": f"{SITE}/it/articoli/x/"}
        switch = page.one("a", hreflang="en")
        assert (switch["href"], switch["lang"]) == ("/en/", "en")
        assert switch.words != LABELS["en"]


class TestElsewhere:
    @pytest.mark.parametrize(
        "path", ["/it/articoli/manca/", "/en/articles/manca/", "/it/articoli/None/"]
    )
    def test_an_unknown_address_is_a_404_that_helps(self, client, site, path):
        response = client.get(path)

        page = page_of(response)
        language = path[1:3]
        assert response.status_code == 404
        assert page.one("html")["lang"] == language
        assert page.one("meta", name="robots")["content"] == "noindex"
        assert not list(page.all("link", rel="canonical"))
        assert alternates_of(page) == {}
        assert HOMES[language] in links_of(page.one("main")).values()
        assert titles_on(page) == []

    @pytest.mark.parametrize(
        ("path", "target"),
        [
            ("/it/articoli/melanoma-en/", "/it/articoli/melanoma/"),
            ("/en/articles/melanoma/", "/en/articles/melanoma-en/"),
        ],
    )
    def test_the_other_languages_address_leads_to_this_languages_page(
        self, client, site, path, target
    ):
        response = client.get(path)

        assert (response.status_code, response["Location"]) == (301, target)

    def test_an_address_of_the_past_leads_to_the_present_one(self, client, site):
        for slug in ("pelle", "tumori-della-pelle"):
            Article.objects.update(slug_it=slug)
            publish(site, "it")

        for slug in ("melanoma", "pelle"):
            response = client.get(f"/it/articoli/{slug}/")

            assert response.status_code == 301
            assert response["Location"] == "/it/articoli/tumori-della-pelle/"
            # A browser that keeps it asks again: the address may come back.
            assert response["Cache-Control"] == "public, no-cache"
            assert response["Last-Modified"]
        assert client.get("/en/articles/pelle/")["Location"] == "/en/articles/melanoma-en/"

    def test_an_address_that_comes_back_leads_nowhere_else(self, client, site):
        for slug in ("pelle", "melanoma"):
            Article.objects.update(slug_it=slug)
            publish(site, "it")

        assert client.get("/it/articoli/melanoma/").status_code == 200
        moved = client.get("/it/articoli/pelle/")
        assert (moved.status_code, moved["Location"]) == (301, "/it/articoli/melanoma/")

    @pytest.mark.parametrize("is_live", [True, False])
    def test_an_address_leads_to_whose_it_was_in_its_own_language(self, client, is_live):
        owner = make_article(slug_it="melanoma", title_it="Di chi era", title_en="The owner")
        publish(owner)
        Article.objects.update(slug_it="pelle")
        publish(owner, "it")
        # Another article has it in the other language.
        publish(make_article(slug_it="altro", slug_en="melanoma"))
        if not is_live:
            verbs.withdraw(owner, "it", by=make_editor())

        response = client.get("/it/articoli/melanoma/")

        if is_live:
            assert (response.status_code, response["Location"]) == (301, "/it/articoli/pelle/")
        else:
            assert response.status_code == 404
            assert "The owner" in page_of(response).one("main").words

    def test_an_address_that_had_two_holders_leads_to_the_last_one(self, client, site):
        day = timedelta(days=1)
        then = timezone.now() - day
        make_edition(site, slug="pelle", valid_from=then - day, valid_until=then)
        other = make_article(slug_it="altro")
        make_edition(other, slug="pelle", valid_from=then, valid_until=then + day / 2)
        publish(other, "it")

        assert client.get("/it/articoli/pelle/")["Location"] == "/it/articoli/altro/"

    @pytest.mark.parametrize(
        ("published", "path", "target"),
        [
            ("it", "/en/articles/melanoma-en/", "/it/articoli/melanoma/"),
            ("it", "/en/articles/melanoma/", "/it/articoli/melanoma/"),
            ("en", "/it/articoli/melanoma/", "/en/articles/melanoma-en/"),
            ("en", "/it/articoli/melanoma-en/", "/en/articles/melanoma-en/"),
        ],
    )
    def test_an_article_in_the_other_language_only_is_a_404_that_offers_it(
        self, client, published, path, target
    ):
        titles = {"it": "Il melanoma", "en": "Melanoma"}
        article = make_article(
            slug_it="melanoma", slug_en="melanoma-en", title_it=titles["it"], title_en=titles["en"]
        )
        publish(article, published)
        if "articles/melanoma-en" in path or "articoli/melanoma/" in path:
            # The page was there once: its address is known.
            publish(article, OTHER[published])
            verbs.withdraw(article, OTHER[published], by=make_editor())

        response = client.get(path)

        page = page_of(response)
        assert response.status_code == 404
        assert page.one("html")["lang"] == OTHER[published]
        offer = page.one("main").one("a", hreflang=published)
        assert (offer["href"], offer["lang"]) == (target, published)
        assert offer.words == titles[published]
        assert titles[OTHER[published]] not in page.words

    def test_an_address_that_was_never_public_tells_nothing(self, client):
        article = make_article(slug_it="melanoma", slug_en="melanoma-en", title_it="Il melanoma")
        publish(article, "it")

        page = page_of(client.get("/en/articles/melanoma-en/"))

        assert "Il melanoma" not in page.words

    def test_a_withdrawn_article_is_gone_everywhere(self, client, site):
        verbs.withdraw(site, "it", by=make_editor())

        response = client.get("/it/articoli/melanoma/")

        assert response.status_code == 404
        assert page_of(response).one("main").one("a", hreflang="en")["href"] == (
            "/en/articles/melanoma-en/"
        )
        for path in ("/it/", "/it/articoli/", "/it/argomenti/"):
            assert titles_on(page_of(client.get(path))) == []
            assert "Il melanoma" not in client.get(path).content.decode()
        assert client.get("/it/argomenti/cure/").status_code == 404
        english = page_of(client.get("/en/articles/melanoma-en/"))
        assert alternates_of(english) == {"x-default": f"{SITE}/en/articles/melanoma-en/"}

    def test_an_article_withdrawn_in_both_languages_offers_nothing(self, client, site):
        for language in ("it", "en"):
            verbs.withdraw(site, language, by=make_editor())

        for path in ("/it/articoli/melanoma/", "/en/articles/melanoma/"):
            response = client.get(path)
            assert response.status_code == 404
            assert "elanoma" not in page_of(response).words

    def test_comes_back_when_it_is_published_again(self, client, site):
        verbs.withdraw(site, "it", by=make_editor())
        publish(site, "it")

        assert client.get("/it/articoli/melanoma/").status_code == 200

    def test_a_topic_that_was_renamed_is_found_at_its_former_address(self, client, site):
        topic: Any = Topic.objects.get()
        for slug in ("terapie", "cura", "terapie"):
            topic.slug_it = slug
            topic.save()

        for slug in ("cure", "cura"):
            response = client.get(f"/it/argomenti/{slug}/?page=3")
            assert (response.status_code, response["Location"]) == (301, "/it/argomenti/terapie/")
            assert response["Cache-Control"] == "public, no-cache"
        assert client.get("/it/argomenti/terapie/").status_code == 200
        # Each language has slugs of its own.
        assert client.get("/en/topics/cure/").status_code == 404
        verbs.withdraw(site, "it", by=make_editor())
        assert client.get("/it/argomenti/cure/").status_code == 404

    @pytest.mark.parametrize("path", ["/it/articoli/melanoma", "/it/argomenti/cure", "/it"])
    def test_a_missing_slash_is_added(self, client, site, path):
        response = client.get(f"{path}?x=1")

        assert (response.status_code, response["Location"]) == (301, f"{path}/?x=1")

    @pytest.mark.parametrize(
        "path", ["/it/articles/melanoma/", "/en/articoli/melanoma/", "/it/Articoli/melanoma/"]
    )
    def test_path_words_of_the_other_language_are_no_page(self, client, site, path):
        assert client.get(path).status_code == 404


class TestDrafts:
    SECRET = "Segretissimo"

    def assert_nowhere(self, client, *paths):
        for path in (
            *("/it/", "/en/", "/it/articoli/", "/en/articles/", "/it/argomenti/", "/en/topics/"),
            *("/it/argomenti/cure/", "/en/topics/care/"),
            *(f"/{code}/{word}/segretissimo/" for code, word in
              (("it", "articoli"), ("en", "articles"))),
            *paths,
        ):  # fmt: skip
            response = client.get(path)

            assert response.status_code in (200, 404), path
            assert self.SECRET not in response.content.decode(), path
            assert "/segretissimo/" not in links_of(page_of(response)).values()
            assert titles_on(page_of(response)).count("segretissimo") == 0

    def test_an_article_that_was_never_published_is_nowhere(self, client, site):
        topic = Topic.objects.get()
        make_article(
            title_it=self.SECRET, title_en=self.SECRET, slug_it="segretissimo",
            slug_en="segretissimo", topic=topic,
        )  # fmt: skip

        self.assert_nowhere(client)

    def test_a_scheduled_article_is_nowhere_until_its_time(self, client, site):
        topic = Topic.objects.get()
        article = make_article(
            title_it=self.SECRET, title_en=self.SECRET, slug_it="segretissimo",
            slug_en="segretissimo", topic=topic,
        )  # fmt: skip
        tomorrow = timezone.now() + timedelta(days=1)
        for language in ("it", "en"):
            make_edition(article, language, valid_from=tomorrow)
        Home.objects.update(featured=article)

        self.assert_nowhere(client)

        with time_machine.travel(tomorrow + timedelta(seconds=1)):
            assert client.get("/it/articoli/segretissimo/").status_code == 200
            assert titles_on(page_of(client.get("/en/")))[0] == "segretissimo"

    def test_a_scheduled_edition_of_a_live_article_is_nowhere_until_its_time(self, client):
        topic = make_topic(slug_it="cure", slug_en="care")
        article = make_article(slug_it="vecchio", slug_en="old", topic=topic)
        now = timezone.now()
        tomorrow = now + timedelta(days=1)
        for language in ("it", "en"):
            make_edition(article, language, valid_until=tomorrow)
        Article.objects.update(
            title_it=self.SECRET, title_en=self.SECRET, lead_it=self.SECRET, lead_en=self.SECRET,
            slug_it="segretissimo", slug_en="segretissimo",
        )  # fmt: skip
        article.refresh_from_db()
        for language in ("it", "en"):
            make_edition(article, language, valid_from=tomorrow)

        self.assert_nowhere(client, "/it/articoli/vecchio/", "/en/articles/old/")

        with time_machine.travel(tomorrow):
            assert self.SECRET in client.get("/it/articoli/segretissimo/").content.decode()
            assert client.get("/it/articoli/vecchio/")["Location"] == "/it/articoli/segretissimo/"

    def test_a_language_that_is_only_scheduled_is_not_offered(self, client):
        article = make_article(slug_it="melanoma", title_en=self.SECRET, slug_en="segretissimo")
        publish(article, "it")
        make_edition(article, "en", valid_from=timezone.now() + timedelta(days=1))

        page = page_of(client.get("/it/articoli/melanoma/"))

        assert set(alternates_of(page)) == {"x-default"}
        assert "segretissimo" not in page.one("a", hreflang="en")["href"]
        self.assert_nowhere(client)


class TestFirstPicture:
    def test_is_fetched_at_once_wherever_it_stands_in_a_list(self, client):
        for number in range(4):
            article = make_article(slug_it=f"n-{number}", title_it=f"N {number}")
            if number < 3:
                add_figure(article)
            publish(article, "it")

        page = page_of(client.get("/it/articoli/"))

        images = list(page.one("main").all("img"))
        assert [image.attributes.get("fetchpriority") for image in images] == ["high", None, None]
        assert [image.attributes.get("loading") for image in images] == [None, "lazy", "lazy"]
