"""Own links in the desk: what the dialog finds, what is said, and addresses that become links."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Quote, RichText
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_block,
    logged_in,
    make_article,
    make_document,
    own_link,
    publish,
    staff_with,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

FIND = "/admin/articles/article/link-targets/"


@pytest.fixture
def target() -> Article:
    article = make_article(title_it="Il melanoma", title_en="Melanoma", slug_it="melanoma")
    texts = {"text_it": "<h2>Cura &amp; vita</h2>", "text_en": "<h2>Cure</h2>"}
    RichText.objects.filter(parent=article).update(**texts)
    publish(article, "it")
    return article


def page_with(text: str) -> Article:
    article = make_article()
    RichText.objects.filter(parent=article).update(text_it=text)
    return article


class TestDialog:
    def test_finds_articles_by_their_titles(self, editor_client, target):
        make_article(title_it="Altro")

        found = editor_client.get(FIND, {"q": "melan", "language": "it"}).json()

        assert found == {
            "found": [
                {
                    "article": str(target.key),
                    "title": "Il melanoma",
                    "reserved": False,
                    "live": {"it": "public"},
                }
            ],
            "headings": [],
        }

    @pytest.mark.parametrize(
        "address", ["/it/articoli/melanoma/", "http://localhost/it/articoli/melanoma/?x=1#y"]
    )
    def test_finds_an_article_by_its_address(self, editor_client, target, address):
        found = editor_client.get(FIND, {"q": address, "language": "it"}).json()

        assert [each["title"] for each in found["found"]] == ["Il melanoma"]

    @pytest.mark.parametrize("query", ["cura", "VITA cura"])
    def test_finds_headings_in_the_language_of_the_text(self, editor_client, target, query):
        add_block(target, RichText, text_it="<p>cura vita</p><h2>Altro</h2>")
        block = target.articles_richtext_set.first()

        found = editor_client.get(FIND, {"q": query, "language": "it"}).json()["headings"]

        assert [(each["heading"], each["text"], each["title"]) for each in found] == [
            (f"{block.key}/cura-vita", "Cura & vita", "Il melanoma")
        ]
        assert editor_client.get(FIND, {"q": query, "language": "en"}).json()["headings"] == []

    def test_tells_the_headings_of_an_article(self, editor_client, target):
        page_with("<h2>Altro</h2>")

        found = editor_client.get(FIND, {"of": str(target.key), "language": "en"}).json()

        assert [each["text"] for each in found["headings"]] == ["Cure"]

    def test_finds_files_for_those_who_may_see_them(self, editor_client, client):
        document = make_document(title="Opuscolo per pazienti")
        make_document(title="Opuscolo per medici")
        query = {"q": "pazienti opuscolo", "language": "it"}

        [found] = editor_client.get(FIND, query).json()["found"]

        assert (found["file"], found["title"]) == (document.digest, "Opuscolo per pazienti")
        logged_in(client, staff_with("view_article"))
        assert client.get(FIND, query).json()["found"] == []

    def test_tells_of_articles_by_their_keys(self, editor_client, target):
        keys = [str(target.key), "x", "0" * 36]

        found = editor_client.get(FIND, {"article": keys, "file": keys, "language": "it"}).json()[
            "found"
        ]

        assert [each["title"] for each in found] == ["Il melanoma"]

    @pytest.mark.parametrize(
        "query",
        [{}, {"q": "x" * 5000}, {"q": "a " * 140}, {"of": "x"}, {"q": "x", "language": "xx"}],
    )
    def test_takes_garbage_calmly(self, editor_client, query):
        assert editor_client.get(FIND, query).json() == {"found": [], "headings": []}

    def test_is_for_those_who_may_see_articles(self, client):
        logged_in(client, staff_with("view_source"))

        assert client.get(FIND, {"q": "x"}).status_code == 403


class TestForm:
    def test_names_the_links_that_are_words_alone(self, editor_client, target):
        article = page_with("<p>x</p>")
        add_block(article, Quote, ordering=5, text_it="a", text_en="b")
        other = make_article(title_it="Il carcinoma")
        text = f"<p>{own_link(target, 'qui')} {own_link(other, 'là')}</p>"
        RichText.objects.filter(parent=article).update(text_it=text)

        page = page_of(editor_client.get(change_url(article)))

        [told] = page.all("details", class_="links-without-page")
        assert told.one("a").words == (
            "Text, block 2: the link “là” leads to “Il carcinoma”, which is not live in Italian. "
            "Until it is, readers see the words without a link."
        )
        assert told.one("a")["href"] == "#id_articles_richtext_set-0-text_it"
        labels = page.one("template", id="link-labels")
        assert str(target.key) in labels["data-targets"]
        assert labels["data-article"] == str(article.key)

    def test_costs_one_query_however_many_links_there_are(self, editor_client, target):
        def cost(text: str) -> int:
            article = page_with(text)
            with CaptureQueriesContext(connection) as captured:
                editor_client.get(change_url(article))
            return len(captured.captured_queries)

        cost("<p>x</p>")
        links = "".join(own_link(make_article(), "x") for _number in range(3))

        none = cost("<p>x</p>")

        assert cost(f"<p>{links}</p>") == none + 1

    def test_makes_own_links_of_addresses_when_it_is_saved(self, editor_client, target):
        article = make_article()
        block = RichText.objects.get(parent=article)
        form = form_of(article, _save="1")
        link = '<p><a href="http://localhost/it/articoli/melanoma/">qui</a></p>'
        form |= {f"articles_richtext_set-0-text_{code}": link for code in ("it", "en")}

        editor_client.post(change_url(article), form)

        block.refresh_from_db()
        assert block.text_it == f"<p>{own_link(target, 'qui')}</p>"
        # An own link would lead to the English page.
        assert block.text_en == link

    def test_shows_them_in_the_preview(self, editor_client, target):
        article = make_article()
        form = form_of(article, _preview="it")
        link = '<p><a href="/it/articoli/melanoma/">qui</a></p>'
        form["articles_richtext_set-0-text_it"] = link
        Article.objects.filter(pk=target.pk).update(slug_it="nuovo")
        publish(target, "it")

        page = page_of(editor_client.post(change_url(article), form))

        assert page.one("div", class_="text prose").one("a")["href"] == "/it/articoli/nuovo/"

    def test_refuses_a_link_to_what_is_reserved(self, editor_client, target):
        article = page_with(f"<p>{own_link(target, 'qui')}</p>")
        Article.objects.filter(pk=target.pk).update(audience="professional")

        response = editor_client.post(
            change_url(article), form_of(article, _publish="all"), follow=True
        )

        refusal = page_of(response).one("li", class_="error")
        assert "“Il melanoma”, which is for health professionals only" in refusal.words
        assert refusal.one("a")["href"] == "#id_articles_richtext_set-0-text_it"
        assert not article.editions.exists()
