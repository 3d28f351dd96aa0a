"""The pages of the site that the portal starts with."""

from typing import Any

import pytest

from articles import launch_pages
from articles.models import Article, Edition, RichText, SitePage, searches_in_vain
from articles.publishing.blanks import blanks_in
from articles.publishing.clearance import uncleared
from articles.publishing.freezing import read_working_copy
from articles.reading.site_pages import live_site_pages
from contact.models import ContactSettings
from immunoportal.languages import text_in
from tests.factories import make_article, make_editor, publish
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

LANGUAGES = ("it", "en")


def words_of(page: SitePage, language: str) -> str:
    """All that a page says in a language."""
    texts = launch_pages.texts_of(page)[language]
    said = [texts["title"], texts["lead"]]
    for section in texts["sections"]:
        said.append(section["heading"])
        for passage in section["text"]:
            said += [passage] if isinstance(passage, str) else passage
    return "\n".join(said)


class TestTexts:
    @pytest.mark.parametrize("page", SitePage)
    def test_have_the_same_shape_and_as_many_blanks_in_both_languages(self, page):
        shapes = [
            [
                [len(passage) if isinstance(passage, list) else 0 for passage in section["text"]]
                for section in launch_pages.texts_of(page)[language]["sections"]
            ]
            for language in LANGUAGES
        ]
        blanks = [len(blanks_in(words_of(page, language))) for language in LANGUAGES]

        assert shapes[0] == shapes[1]
        assert blanks[0] == blanks[1]
        assert blanks[0] == words_of(page, "en").count("[TO BE COMPLETED: ")
        assert blanks[1] == words_of(page, "it").count("[DA COMPLETARE: ")

    def test_say_of_the_software_what_it_does(self):
        privacy, cookies = words_of(SitePage.PRIVACY, "en"), words_of(SitePage.COOKIES, "en")

        assert ContactSettings._meta.get_field("retention_months").default == 12
        assert "twelve months" in privacy
        assert "24 months" in privacy
        assert (searches_in_vain.SHOWN_FROM, searches_in_vain.KEPT.days) == (3, 365)
        assert searches_in_vain.UNSHOWN_KEPT.days == 90
        assert "three different days" in privacy
        assert "after ninety days" in privacy
        for name in ("__Host-session", "__Host-csrf", "__Host-device"):
            assert name in cookies


class TestNewSite:
    def test_shows_all_of_them_in_both_languages(self, client):
        written = launch_pages.load(make_editor(), publishes=True)

        assert [article.site_page for article in written] == SitePage.values
        for article in written:
            copy = read_working_copy(article)
            assert not any(uncleared(copy, LANGUAGES).values())
            field: Any = RichText._meta.get_field("text_it")
            for block in copy.blocks:
                for language in LANGUAGES:
                    text = getattr(block, f"text_{language}")
                    # A save in the admin leaves it as it is.
                    assert field.clean(text, block) == text
        for language in LANGUAGES:
            live = live_site_pages(language)
            assert list(live) == SitePage.values
            statement = page_of(client.get(live["accessibility"].url)).one("main")
            privacy = links_of(page_of(client.get(live["privacy"].url)).one("main")).values()
            contact = {"it": "/it/contatti/", "en": "/en/contact/"}[language]
            assert contact in links_of(statement).values()
            assert {live["cookies"].url, contact} <= set(privacy)

        assert launch_pages.load(make_editor(), publishes=True) == []


class TestEarlierSite:
    def test_gets_what_is_not_there_and_nothing_is_published(self):
        own = make_article(site_page="about", slug_en="about-us")
        publish(make_article(slug_en="privacy"), "en")

        launch_pages.load(make_editor(), publishes=False)

        assert set(
            Article.objects.exclude(site_page="").values_list("site_page", flat=True)
        ) == set(SitePage.values)
        assert Article.objects.get(site_page="about") == own
        # The slug is an article's; an editor chooses another.
        privacy = Article.objects.get(site_page="privacy")
        assert (text_in(privacy, "slug", "it"), text_in(privacy, "slug", "en")) == ("privacy", "")
        assert not Edition.objects.exclude(site_page="").exists()

    def test_is_left_to_its_editors_afterwards(self):
        launch_pages.load(make_editor(), publishes=False)
        Article.objects.filter(site_page="about").update(title_it="Noi")
        Article.objects.filter(site_page="reuse").delete()

        assert launch_pages.load(make_editor(), publishes=True) == []

        assert text_in(Article.objects.get(site_page="about"), "title", "it") == "Noi"
        assert Article.objects.count() == len(SitePage) - 1
        assert not Edition.objects.exists()
