"""The pages of the site: at addresses of their own, in no list, at the foot of each page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Home, RichText, Severity, SitePage
from articles.models.editions import Withdrawal
from articles.publishing import verbs
from articles.publishing.content import page_digest, text_digest
from articles.publishing.own_addresses import links_at
from articles.publishing.redirects import Target, targets_of
from articles.reading import pages
from articles.reading.site_pages import site_page_url
from articles.text.own_links import OwnLink
from tests.factories import (
    add_block,
    freeze,
    make_article,
    make_edition,
    make_editor,
    own_link,
    publish,
    remember_digests,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

PRIVACY = {"it": "/it/informazioni/riservatezza/", "en": "/en/about/privacy/"}


def make_page(page=SitePage.PRIVACY, **fields) -> Article:
    return make_article(site_page=page, author=False, **fields)


@pytest.fixture
def privacy():
    article = make_page(
        title_it="La sua riservatezza", slug_it="riservatezza",
        title_en="Your privacy", slug_en="privacy",
    )  # fmt: skip
    publish(article)
    return article


def footer_of(response):
    return list(page_of(response).one("body").all("footer"))[-1]


class TestAddress:
    @pytest.mark.parametrize("language", PRIVACY)
    def test_is_one_of_its_own_and_its_switch_leads_to_the_other_language(
        self, client, privacy, language
    ):
        response = client.get(PRIVACY[language])

        assert response.status_code == 200
        page = page_of(response)
        assert page.one("h1").words == getattr(privacy, f"title_{language}")
        alternates = {link["hreflang"]: link["href"] for link in page.all("link", hreflang=None)}
        assert {
            code: alternates[code].partition("//")[2].partition("/")[2] for code in PRIVACY
        } == {code: path[1:] for code, path in PRIVACY.items()}
        breadcrumb = page.one("nav", class_="breadcrumb")
        assert [link["href"] for link in breadcrumb.all("a")] == [f"/{language}/"]

    def test_of_an_article_is_no_address_of_the_site_and_the_reverse(self, client, privacy):
        publish(make_article(slug_it="melanoma"))

        assert client.get("/it/articoli/melanoma/").status_code == 200
        for path in ("/it/informazioni/melanoma/", "/it/articoli/riservatezza/"):
            for beneath in ("", "edizioni/", "edizioni/1/", "edizioni/1/modifiche/"):
                assert client.get(path + beneath).status_code == 404

    def test_that_it_had_leads_on_and_so_does_what_stands_beneath(self, client, privacy):
        Article.objects.filter(pk=privacy.pk).update(slug_it="dati")
        publish(privacy, "it")

        for beneath in ("", "edizioni/", "edizioni/1/"):
            response = client.get(PRIVACY["it"] + beneath)
            assert response.status_code == 301
            assert response["Location"] == f"/it/informazioni/dati/{beneath}"

    def test_of_earlier_editions_stands_beneath_and_corrections_lead_there(self, client, privacy):
        Article.objects.filter(pk=privacy.pk).update(lead_it="Nuovo.")
        publish(privacy, "it", severity=Severity.SUBSTANTIVE, notes={"it": "Nuovo testo."})

        live = client.get(PRIVACY["it"])
        past = client.get(f"{PRIVACY['it']}edizioni/1/")
        listed = client.get("/it/correzioni/")

        assert f"{PRIVACY['it']}edizioni/" in links_of(page_of(live)).values()
        ways = page_of(past).one("p", class_="past-ways")
        assert [link["href"] for link in ways.all("a")] == [
            PRIVACY["it"], f"{PRIVACY['it']}edizioni/1/modifiche/", f"{PRIVACY['it']}edizioni/",
        ]  # fmt: skip
        for way in ways.all("a"):
            assert client.get(way["href"]).status_code == 200
        changes = f"{PRIVACY['it']}edizioni/1/modifiche/"
        assert changes in links_of(page_of(live).one("ul", class_="corrections")).values()
        assert changes in links_of(page_of(listed).one("main")).values()

    def test_of_what_was_withdrawn_as_wrong_says_so_there_only(self, client, privacy):
        verbs.withdraw(
            privacy, "it", by=make_editor(), sentence="Era sbagliata.",
            withdrawn_as=Withdrawal.WRONG,
        )  # fmt: skip

        assert client.get(PRIVACY["it"]).status_code == 410
        assert client.get("/it/articoli/riservatezza/").status_code == 404

    def test_is_what_a_link_in_an_article_leads_to(self, client, privacy):
        article = make_article(slug_it="melanoma")
        add_block(article, RichText, text_it=f"<p>{own_link(privacy, 'Dati')}</p>")
        publish(article, "it")

        assert links_of(page_of(client.get("/it/articoli/melanoma/")))["Dati"] == PRIVACY["it"]

    def test_that_somebody_types_stands_for_the_page_itself(self, privacy):
        path = PRIVACY["it"]

        assert targets_of([path]) == {path: Target(article=privacy, language="it")}
        assert links_at([path], "it", ["it"]) == {path: OwnLink("article", str(privacy.key))}


class TestLists:
    def test_have_articles_alone(self, client, privacy):
        article = make_article(title_it="Melanoma")
        publish(article)
        Home.objects.create(featured=privacy)

        assert [each.article for each in pages.public_editions("it")] == [article]
        for path in ("/it/", "/it/articoli/"):
            main = page_of(client.get(path)).one("main")
            assert "Melanoma" in main.words
            assert "riservatezza" not in main.words


class TestFoot:
    def test_leads_to_those_that_are_live_in_the_language_in_their_order(self, client, privacy):
        publish(make_page(SitePage.REUSE, slug_it="riuso", english=False), "it")
        publish(make_page(SitePage.ABOUT, slug_it="noi", slug_en="us"))

        def shown(language: str) -> list[str]:
            links = footer_of(client.get(f"/{language}/")).all("a")
            place = PRIVACY[language].rpartition("privacy")[0] or "/it/informazioni/"
            return [link["href"] for link in links if link["href"].startswith(place)]

        assert shown("it") == ["/it/informazioni/noi/", PRIVACY["it"], "/it/informazioni/riuso/"]
        assert shown("en") == ["/en/about/us/", PRIVACY["en"]]

    def test_names_them_by_their_titles(self, client, privacy):
        assert links_of(footer_of(client.get("/en/")))["Your privacy"] == PRIVACY["en"]


class TestPrivacyOfBefore:
    @pytest.mark.parametrize("language", PRIVACY)
    def test_leads_on_for_ever_and_nothing_else_of_the_page_is_linked(
        self, client, privacy, language
    ):
        response = client.get(f"/{language}/privacy/")

        assert response.status_code == 301
        assert response["Location"] == PRIVACY[language]
        assert (
            f"/{language}/privacy/" not in links_of(footer_of(client.get(f"/{language}/"))).values()
        )

    def test_stays_as_long_as_nobody_has_published_another(self, client):
        make_page()

        assert client.get("/it/privacy/").status_code == 200
        assert "/it/privacy/" in links_of(footer_of(client.get("/it/"))).values()
        assert site_page_url("privacy", "it") is None


class TestEdition:
    def test_says_which_page_it_is_outside_every_digest(self):
        edition = freeze(make_page(), "it")
        assert edition.site_page == SitePage.PRIVACY

        edition.site_page = ""

        assert text_digest(edition) == edition.text_digest
        assert page_digest(edition) == edition.page_digest

    def test_that_begins_later_is_not_linked_before(self):
        article = make_page()
        remember_digests(article)

        make_edition(article, valid_from=timezone.now() + timedelta(hours=1))

        assert site_page_url("privacy", "it") is None
