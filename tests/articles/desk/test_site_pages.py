"""Pages of the site at the desk: a list of their own, a form that asks less, and blanks."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from articles.models import Article, RichText, SitePage
from immunoportal.languages import text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import make_article, make_topic, missing, publish
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"
BLANK = "[DA COMPLETARE: chi ospita il sito]"


def make_page(page=SitePage.PRIVACY, **fields) -> Article:
    return make_article(site_page=page, author=False, **fields)


def titles_in(client, query="") -> list[str]:
    response = client.get(LIST + query)
    return [str(article) for article in response.context["cl"].result_list]


class TestList:
    def test_has_articles_alone_until_somebody_asks_for_more(self, editor_client):
        publish(make_article(title_it="Melanoma"))
        publish(make_page(title_it="Riservatezza"))

        assert titles_in(editor_client) == ["Melanoma"]
        assert titles_in(editor_client, "?o=1") == ["Melanoma"]
        assert titles_in(editor_client, "?site=yes") == ["Riservatezza"]
        # What waits waits whatever it is.
        assert set(titles_in(editor_client, "?state_it=live")) == {"Melanoma", "Riservatezza"}
        assert titles_in(editor_client, "?q=riservatezza") == ["Riservatezza"]

    def test_offers_those_that_nobody_has_begun(self, editor_client):
        make_page()

        offered = page_of(editor_client.get(f"{LIST}?site=yes")).one(
            "p", class_="site-pages-to-write"
        )

        links = links_of(offered)
        assert len(links) == len(SitePage) - 1
        assert links["Write “Cookies”"] == "/admin/articles/article/add/?site_page=cookies"


class TestForm:
    def test_of_a_new_one_asks_neither_topic_nor_audience(self, editor_client):
        form = page_of(editor_client.get("/admin/articles/article/add/?site_page=cookies"))

        names = {each.attributes.get("name") for each in form.all("select")}
        assert "site_page" in names
        assert not names & {"topic", "audience"}
        assert "New page of the site: Cookies" in form.one("h1").words

    def test_takes_topic_and_audience_from_what_becomes_one(self, editor_client):
        article = make_article(topic=make_topic(), audience="professional")

        response = editor_client.post(
            change_url(article), form_of(article, site_page="about", _save="1")
        )

        assert response.status_code == 302
        article.refresh_from_db()
        assert (article.site_page, article.topic, article.audience) == ("about", None, "public")

    def test_that_says_nothing_of_it_leaves_it_as_it_is(self, editor_client):
        page = make_page()
        publish(page)

        editor_client.post(change_url(page), form_of(page, lead_it="Nuovo.", _save="1"))

        page.refresh_from_db()
        assert (page.site_page, text_in(page, "lead", "it")) == ("privacy", "Nuovo.")

    @pytest.mark.parametrize(("before", "after"), [("", "privacy"), ("privacy", "")])
    def test_refuses_to_make_something_else_of_what_was_published(
        self, editor_client, before, after
    ):
        article = make_page(before) if before else make_article()
        publish(article, "it")

        response = editor_client.post(
            change_url(article), form_of(article, site_page=after, lead_it="Nuovo.", _save="1")
        )

        assert response.status_code == 200
        assert "its address says what it is" in response.text
        assert "Nuovo." in response.text
        article.refresh_from_db()
        assert article.site_page == before

    def test_refuses_a_second_one_and_what_is_none(self, editor_client):
        make_page(title_en="Our privacy", title_it="")
        article = make_article()

        second = editor_client.post(change_url(article), form_of(article, site_page="privacy"))
        none = editor_client.post(change_url(article), form_of(article, site_page="' OR 1"))

        assert "“Our privacy” is that page of the site already" in second.text
        assert none.status_code == 200
        assert Article.objects.get(pk=article.pk).site_page == ""

    @pytest.mark.parametrize("fields", [{"site_page": "about"}, {"audience": "professional"}])
    def test_is_not_the_only_one_who_says_so(self, fields):
        make_page(SitePage.ABOUT)
        other = make_page(SitePage.REUSE)

        with pytest.raises(IntegrityError), transaction.atomic():
            Article.objects.filter(pk=other.pk).update(**fields)


class TestCompleteness:
    def test_asks_for_no_author(self):
        assert missing(make_page(), "it") == []
        assert missing(make_article(author=False), "it") != []

    def test_panel_and_checks_name_its_address(self, editor_client):
        page = make_page(slug_it="riservatezza")
        publish(page, "it")

        panel = page_of(editor_client.get(change_url(page)))
        checks = editor_client.post(
            reverse("admin:articles_article_checks", args=[page.pk]), form_of(page)
        )

        assert "/it/informazioni/riservatezza/" in links_of(panel).values()
        assert "/it/informazioni/riservatezza/" in checks.text
        assert "audience" not in checks.text


class TestBlanks:
    @pytest.fixture
    def page(self):
        page = make_page(title_it="Riservatezza", english=False)
        RichText.objects.filter(parent=page).update(text_it=f"<p>Il server: {BLANK}.</p>")
        return page

    def test_are_named_before_publication_and_do_not_keep_from_it(self, editor_client, page):
        checks = editor_client.post(
            reverse("admin:articles_article_checks", args=[page.pk]), form_of(page)
        )

        assert f"{BLANK} is a blank" in checks.text
        assert missing(page, "it") == []

    def test_are_an_alert_while_readers_see_them(self, editor_client, page):
        url = f"{LIST}?site=blanks"
        publish(make_page(SitePage.ABOUT))
        assert url not in links_of(page_of(editor_client.get("/admin/"))).values()

        publish(page, "it")

        assert url in links_of(page_of(editor_client.get("/admin/"))).values()
        assert titles_in(editor_client, "?site=blanks") == ["Riservatezza"]

        RichText.objects.filter(parent=page).update(text_it="<p>Il server è nostro.</p>")
        publish(page, "it")

        assert url not in links_of(page_of(editor_client.get("/admin/"))).values()
        assert titles_in(editor_client, "?site=blanks") == []
