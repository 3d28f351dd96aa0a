"""What is rendered of an edition once, and when it is rendered anew."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from articles.images.renditions import make_next
from articles.models import Article, Edition, RichText, Topic
from articles.reading import kept, pages
from articles.reading.kept import OVERHEAD, Shelf
from contact.models import Publisher
from immunoportal.publication import clock
from tests.factories import add_block, add_figure, make_article, make_topic, own_link, publish
from tests.pages import links_of, page_of

PATH = "/it/articoli/melanoma/"
NOON, HOUR = datetime(2025, 11, 24, 12, tzinfo=UTC), timedelta(hours=1)


@pytest.fixture(autouse=True)
def shelf(monkeypatch):
    """An empty one."""
    monkeypatch.setattr(kept, "shelf", Shelf(1_000_000))


@pytest.fixture
def read(monkeypatch):
    """The titles of the editions whose content is read."""
    titles = []
    real = pages.read

    def read_and_note(edition):
        titles.append(edition.title)
        return real(edition)

    monkeypatch.setattr(pages, "read", read_and_note)
    return titles


def make_melanoma() -> Article:
    topic = make_topic(name_it="Cure", slug_it="cure", name_en="Care", slug_en="care")
    article = make_article(slug_it="melanoma", title_it="Il melanoma", topic=topic)
    add_figure(article)
    publish(article, "it")
    return article


@pytest.mark.django_db(transaction=True)
class TestArticle:
    def test_is_rendered_once_for_as_long_as_it_looks_the_same(self, client, read):
        make_melanoma()
        first = client.get(PATH)

        publish(make_article(), "it")
        clock.forget()
        again = client.get(PATH)

        assert set(read) == {"Il melanoma"}
        assert again.content == first.content
        read.clear()
        client.get(PATH)
        assert read == []

    def test_shows_pictures_that_have_become_ready(self, client):
        make_melanoma()
        client.get(PATH)

        while make_next():
            pass
        clock.forget()
        main = page_of(client.get(PATH)).one("main")

        assert [source["type"] for source in main.all("source")] == ["image/avif", "image/webp"]

    @pytest.mark.parametrize(
        ("model", "changes"),
        [
            (Topic, {"name_it": "Terapie"}),
            (Topic, {"slug_it": "terapie"}),
            (Publisher, {"name": "Terapie srl"}),
        ],
    )
    def test_shows_the_new_name_of_what_it_names(self, client, model, changes):
        make_melanoma()
        client.get(PATH)

        model.objects.update(**changes)
        clock.forget()
        article = page_of(client.get(PATH)).one("main")

        assert "erapie" in article.words + "".join(links_of(article).values())

    def test_leads_where_its_links_lead_now(self, client):
        article, target = make_melanoma(), make_article(slug_it="altro", text=False)
        add_block(target, RichText, text_it="<h2>Cura</h2>", text_en="<p>x</p>")
        publish(target, "it")
        heading = f"{target.articles_richtext_set.get().key}/cura"

        RichText.objects.filter(parent=article).update(text_it=f"<p>{own_link(target, 'qui')}</p>")
        publish(article, "it")
        assert links_of(page_of(client.get(PATH)))["qui"] == "/it/articoli/altro/"
        Article.objects.filter(pk=target.pk).update(slug_it="nuovo")
        publish(target, "it")
        clock.forget()
        assert links_of(page_of(client.get(PATH)))["qui"] == "/it/articoli/nuovo/"

        # In the same moment, in which the article alone was asked for.
        other = make_article(slug_it="secondo", text=False)
        text = f"<p>{own_link(target, 'qui', heading=heading)}</p>"
        add_block(other, RichText, text_it=text)
        publish(other, "it")
        client.get(PATH)
        assert links_of(page_of(client.get("/it/articoli/secondo/")))["qui"] == (
            "/it/articoli/nuovo/#cura"
        )

    def test_of_the_next_edition_is_its_own(self, client):
        article = make_melanoma()
        client.get(PATH)

        Article.objects.update(lead_it="Corretto.")
        publish(article, "it")
        clock.forget()

        assert "Corretto." in client.get(PATH).content.decode()

    def test_in_a_transaction_is_not_kept(self, client):
        make_melanoma()

        with transaction.atomic():
            client.get(PATH)

        assert not kept.shelf._values


class TestOf:
    def test_a_preview_is_made_each_time(self):
        made = [kept.of(Edition(), "x", partial(str, number)) for number in (1, 2)]

        assert made == ["1", "2"]

    @pytest.mark.parametrize(
        ("field", "other"),
        [("pk", 2), ("page_digest", "b"), ("number", 2), ("valid_from", NOON + HOUR)],
    )
    def test_another_edition_is_told_from_it_after_a_restore(self, field, other):
        """A backup that is put back brings numbers that other editions have had."""
        stored = {
            "pk": 1, "page_digest": "a", "number": 1, "valid_from": NOON,
            "first_published_at": NOON,
        }  # fmt: skip
        first, second = Edition(**stored), Edition(**stored | {field: other})

        assert kept.of(first, "x", lambda: "first") == "first"
        assert kept.of(second, "x", lambda: "second") == "second"
        assert kept.of(first, "x", lambda: "once more") == "first"


class TestShelf:
    def test_lets_go_of_what_has_not_been_asked_for_longest(self):
        text = "x" * 1_000
        shelf = Shelf(3 * (OVERHEAD + 1_100))
        for key in "abc":
            shelf.get(key, lambda: text)
        shelf.get("a", lambda: "")

        shelf.get("d", lambda: text)

        assert list(shelf._values) == ["c", "a", "d"]
        assert shelf._bytes <= 3 * (OVERHEAD + 1_100)

    def test_counts_what_it_holds(self):
        shelf = Shelf(50_000)

        for number in range(1_000):
            shelf.get(number, partial(str.ljust, "", number))

        assert shelf._bytes == sum(map(kept.size_of, shelf._values.values())) <= 50_000

    def test_holds_nothing_that_is_larger_than_itself(self):
        shelf = Shelf(1_000)

        assert len(shelf.get("a", lambda: "x" * 2_000)) == 2_000
        assert (shelf._bytes, len(shelf._values)) == (0, 0)
