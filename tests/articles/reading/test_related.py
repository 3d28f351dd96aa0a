"""Where the page of an article leads on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Edition, Hold, RichText, SitePage, Term, Topic
from articles.publishing.verbs import withdraw
from articles.reading import related
from tests.factories import (
    add_block,
    make_article,
    make_edition,
    make_editor,
    make_topic,
    note_terms,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

DAYS = iter(range(1, 10_000))


def make(title: str, text="x", topic: Topic | None = None, **fields) -> Edition:
    """A live page, older than those made before it."""
    slug = title.lower().replace(" ", "-")
    article = make_article(title_it=title, slug_it=slug, english=False, text=False, topic=topic)
    add_block(article, RichText, text_it=f"<p>{text}</p>")
    moment = timezone.now() - timedelta(days=next(DAYS))
    return make_edition(article, **{"first_published_at": moment} | fields)


def leads_on(client, slug: str) -> dict[str, list[str]]:
    """What a page offers behind the article: the similar ones, the previous and the next."""
    note_terms()
    page = page_of(client.get(f"/it/articoli/{slug}/"))
    similar = [link.words for nav in page.all("nav", **{"aria-labelledby": "_related"})
               for link in nav.all("a")]  # fmt: skip
    beside = {
        rel: [link.words.partition("argomento ")[2] for link in page.all("a", rel=rel)]
        for rel in ("prev", "next")
    }
    return {"similar": similar, **beside}


@pytest.fixture
def terms() -> None:
    for term in ("rara", "comune", "solita"):
        Term.objects.create(term_it=term, definition_it="x")


class TestSimilar:
    def test_are_those_that_share_the_rarest_terms(self, client, terms):
        make("Comuni", "comune e solita")
        make("Rari", "rara")
        make("Soliti", "solita")
        make("Niente", "altro")
        make("Qui", "rara, comune, solita")
        make("Altri", "solita, comune")

        assert leads_on(client, "qui") == {
            "similar": ["Rari", "Altri", "Comuni"], "prev": [], "next": [],
        }  # fmt: skip

    def test_come_from_the_topic_where_terms_do_not_tell(self, client, terms):
        topic = make_topic()
        for number in range(3):
            make(f"Sopra {number}", topic=topic)
        make("Altrove", "solita")
        make("Vicino", "solita", topic=topic)
        make("Qui", "solita", topic=topic)
        for number in range(3):
            make(f"Sotto {number}", topic=topic)

        found = leads_on(client, "qui")

        assert found["prev"] == ["Vicino"]
        assert found["next"] == ["Sotto 0"]
        assert found["similar"][0] == "Altrove"
        assert len(found["similar"]) == 3

    def test_are_only_what_lists_show_everyone(self, client, terms):
        topic = make_topic()
        now = timezone.now()
        make("Riservato", "rara", topic, audience="professional")
        make("Futuro", "rara", topic, valid_from=now + timedelta(days=1))
        gone = make("Ritirato", "rara", topic)
        held = make("Trattenuto", "rara", topic)
        old = make("Superato", "rara", topic)
        make("Qui", "rara", topic)
        assert leads_on(client, "qui")["prev"] == ["Superato"]

        withdraw(gone.article, "it", by=make_editor())
        for edition, kind in ((held, Hold.Kind.WITHHELD), (old, Hold.Kind.OUTDATED)):
            Hold.objects.create(
                kind=kind, article=edition.article, language="it", edition=edition,
                sentence="x", began_by=make_editor(),
            )  # fmt: skip

        assert leads_on(client, "qui") == {"similar": [], "prev": [], "next": []}

    def test_are_not_crowded_out_by_what_is_to_come(self, client, terms, monkeypatch):
        monkeypatch.setattr(related, "NEWEST", 1)
        later = timezone.now() + timedelta(days=1)
        make("Qui", "rara")
        make("Vicino", "rara")
        make("Futuro", "rara", valid_from=later, first_published_at=later)

        assert leads_on(client, "qui")["similar"] == ["Vicino"]

    def test_are_in_the_language_of_the_page(self, client):
        for language in ("it", "en"):
            Term.objects.create(**{f"term_{language}": "rara", f"definition_{language}": "x"})
        for title in ("Qui", "Inglese"):
            article = make_article(
                title_it=title, title_en=title, slug_it=title.lower(), text=False
            )
            add_block(article, RichText, text_it="<p>rara</p>", text_en="<p>rara</p>")
            make_edition(article, "it" if title == "Qui" else "en")

        assert leads_on(client, "qui")["similar"] == []

    def test_are_no_pages_of_the_site_nor_stand_on_them(self, client, terms):
        make("Vicino", "rara")
        article = make_article(
            slug_it="chi-siamo", english=False, text=False, site_page=SitePage.values[0]
        )
        add_block(article, RichText, text_it="<p>rara</p>")
        make_edition(article)

        assert leads_on(client, "vicino")["similar"] == []
        page = page_of(client.get(article.editions.get().get_absolute_url()))
        assert page.one("a", class_="term").words == "rara"
        assert not list(page.all("nav", **{"aria-labelledby": "_related"}))
