"""Whatever lists, finds, feeds or describes articles, asked for by a stranger: it tells of what
everyone may read now, and of nothing else.

The addresses come from the URLconf, so that a page that is added later is walked too.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone, translation

from articles.models import Article, Audience, Edition, Hold, Home, Leaflet, OwnArticle, RichText
from articles.models.leaflets import leaflet_name
from articles.models.stored_files import files
from articles.publishing import holds, search_index, verbs
from articles.reading.cards import card_of
from tests.factories import (
    add_block,
    make_article,
    make_edition,
    make_editor,
    make_term,
    make_topic,
    note_terms,
    own_link,
    publish,
)
from tests.test_who_sees_what import ask, patterns

pytestmark = pytest.mark.django_db

LANGUAGES = ("it", "en")
GRAPH = re.compile(r'<script type="application/ld\+json">(.*?)</script>')
LISTS = {"articles:home", "articles:list", "articles:topic"}
FEEDS = {"articles:feed", "articles:topic_feed"}
# The page of an article on the same topic, with the same term.
BESIDE = {"articles:detail"}
# A page that is in no list, and that leads to all of them.
LEADING = {"articles:site:detail", "articles:site:edition_json", "articles:site:article_feed"}
EVERYWHERE = {
    *LISTS, *FEEDS, *BESIDE, *LEADING, "articles:search", "articles:suggestions", "articles:term",
    "sitemap_file",
}  # fmt: skip
# Where each is told of, by its address, its title or its text.
TOLD = {
    "public": EVERYWHERE,
    "single": EVERYWHERE,
    # With the notice, and without its text.
    "withheld": {
        *LISTS, *FEEDS, *LEADING, "articles:corrections", "articles:corrections_feed",
    },
    "outdated": LEADING,
    "reserved": set(),
    "withdrawn": set(),
    "scheduled": set(),
}  # fmt: skip


def word(state: str, part: str, language: str) -> str:
    """What stands in one place only: the slug, the title, or the text of a page."""
    return f"zq{state}{part}{language}"


def make(state: str, topic) -> Article:
    texts = {}
    for code in LANGUAGES:
        texts[f"slug_{code}"] = word(state, "slug", code)
        texts[f"title_{code}"] = f"Comune {word(state, 'title', code)}"
        texts[f"lead_{code}"] = f"Comune {word(state, 'text', code)}."
    article = make_article(topic=topic, text=False, **texts)
    add_block(article, RichText, text_it="<p>colite</p>", text_en="<p>colitis</p>")
    return article


def bring_about(state: str, article: Article, by) -> None:
    if state == "scheduled":
        for code in LANGUAGES:
            make_edition(article, code, valid_from=timezone.now() + timedelta(days=1))
        return
    if state == "reserved":
        article.audience = Audience.PROFESSIONAL
        article.save()
    publish(article, *(["it"] if state == "single" else LANGUAGES), by=by)
    for code in LANGUAGES:
        if state == "withdrawn":
            verbs.withdraw(article, code, by=by)
        elif state == "outdated":
            holds.mark_outdated(article, code, "Superato.", by=by)
    if state == "withheld":
        told = dict.fromkeys(LANGUAGES, "Fermi.")
        holds.hold(article, told, kind=Hold.Kind.WITHHELD, by=by)


def make_leaflets() -> None:
    """Have each edition a leaflet, in which its lead stands."""
    Leaflet.objects.all().delete()
    for edition in Edition.objects.all():
        digest, content = f"{edition.pk:064x}", edition.lead.encode()
        files().save(leaflet_name(digest), ContentFile(content))
        Leaflet.objects.create(
            edition=edition, digest=digest, bytes=len(content), pages=1, made_at=timezone.now()
        )


@pytest.fixture(scope="class")
def site(shared_rows):
    """Articles in every state on one topic, and one that leads to each of them."""
    topic = make_topic(slug_it="cure", slug_en="care")
    make_term(term_en="colitis", definition_en="It hurts.")
    editor = make_editor()
    articles = {state: make(state, topic) for state in TOLD}
    neighbour = make_article(slug_it="vicino", slug_en="neighbour", topic=topic, text=False)
    add_block(neighbour, RichText, text_it="<p>colite</p>", text_en="<p>colitis</p>")
    leading = make_article(slug_it="noi", slug_en="about", site_page="about")
    for place, article in enumerate(articles.values()):
        add_block(leading, OwnArticle, article=article, ordering=place)
        link = f"<p>{own_link(article, 'qui')}</p>"
        add_block(leading, RichText, ordering=50 + place, text_it=link, text_en=link)
    publish(neighbour, by=editor)
    publish(leading, by=editor)
    for state, article in articles.items():
        bring_about(state, article, editor)
    make_leaflets()
    Home.objects.create(featured=articles["reserved"])
    note_terms()
    while search_index.tidy():
        pass


def paths(language: str, slug: str, others: Mapping[str, str] = {}) -> Iterator[tuple[str, str]]:
    """The name and path of each page about articles in a language.

    Args:
        slug: the one that is asked for.
        others: by the names of pages, the slugs of what is no article.
    """
    with translation.override(language):
        for name, pattern in patterns():
            if name.startswith("articles:"):
                asked = others.get(name.split(":")[1], slug)
                path = pattern.replace("it/", f"/{language}/", 1).replace("<int:number>", "1")
                yield name, path.replace("<slug:slug>", asked)


def listing() -> Iterator[tuple[str, str]]:
    """The pages that may tell of other articles."""
    others = {
        "it": {"topic": "cure", "topic_feed": "cure", "term": "colite", "site": "noi"},
        "en": {"topic": "care", "topic_feed": "care", "term": "colitis", "site": "about"},
    }
    for code, neighbour in (("it", "vicino"), ("en", "neighbour")):
        for name, path in paths(code, neighbour, others[code]):
            yield name, path
            if name in ("articles:search", "articles:suggestions"):
                yield name, f"{path}?q=comune"
            if name == "articles:search":
                # Did you mean …?
                for state in TOLD:
                    yield name, f"{path}?q={word(state, 'title', code)[:-1]}x"
    index = Client().get("/sitemap.xml").getvalue().decode()
    for path in re.findall(r"<loc>http://[^/]+(.*?)</loc>", index):
        yield "sitemap_file", path


@pytest.mark.usefixtures("site")
class TestNothing:
    @pytest.fixture(scope="class")
    @classmethod
    def answers(cls, site):  # noqa: ARG003
        client = Client()
        said = {}
        for name, path in listing():
            response, body = ask(client, path)
            assert response.status_code in (200, 302), path
            said[name, path] = body.decode(errors="replace")
        return said

    @pytest.mark.parametrize("state", TOLD)
    def test_is_told_of_where_it_must_not_be(self, answers, state):
        words = [
            word(state, part, code) for part in ("slug", "title", "text") for code in LANGUAGES
        ]

        told = {key for key, body in answers.items() if any(each in body for each in words)}

        assert {name for name, _path in told} == TOLD[state]
        if state == "single":
            in_english = [path for _name, path in told if path.startswith(("/en/", "/sitemap-en"))]
            assert not in_english
            assert not any(word(state, "title", "en") in body for body in answers.values())
        if state == "withheld":
            assert not any(word(state, "text", "it") in body for body in answers.values())
            graphs = [part for body in answers.values() for part in GRAPH.findall(body)]
            assert word("public", "title", "it") in "".join(graphs)
            assert word(state, "title", "it") not in "".join(graphs)

    @pytest.mark.parametrize(
        ("state", "language", "expected"),
        [
            ("public", "it", {"title", "text"}),
            ("single", "en", set()),
            ("withheld", "it", {"title"}),
            ("reserved", "it", set()),
            ("withdrawn", "it", set()),
            ("scheduled", "it", set()),
        ],
    )
    def test_is_told_at_its_own_address(self, client, state, language, expected):
        slug = word(state, "slug", language)
        told = {
            (part, name.removeprefix("articles:"))
            for name, path in paths(language, slug)
            if slug in path and not name.startswith("articles:site")
            for body in [ask(client, path)[1].decode(errors="replace")]
            for part in ("title", "text")
            if word(state, part, language) in body
        }

        assert {part for part, _name in told} == expected
        if state == "public":
            names = {name for part, name in told if part == "text"}
            assert names >= {"detail", "edition_json", "article_feed", "leaflet"}

    def test_is_on_a_card(self, client):
        statuses = {
            edition.slug: client.get(card_of(edition).get_absolute_url()).status_code
            for edition in Edition.objects.filter(language="it")
        }

        assert statuses.pop("vicino") == statuses.pop("noi") == 200
        shown = {slug for slug, status in statuses.items() if status == 200}
        assert shown == {word("public", "slug", "it"), word("single", "slug", "it")}
