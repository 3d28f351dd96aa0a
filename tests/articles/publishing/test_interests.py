"""Declared interests and funding: asked for on topics that say so, frozen, and shown to readers."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from articles.models import Article, Byline, Contributor
from articles.publishing.content import page_digest, read
from tests.factories import (
    fields_of,
    freeze,
    logged_in,
    make_article,
    make_contributor,
    make_editor,
    make_topic,
    missing,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

BOTH = {"interests_it": "Compensi da una ditta", "interests_en": "Fees from a company"}


@pytest.fixture
def article() -> Article:
    """On a topic that asks for interests and funding; its author has not been asked."""
    return make_article(topic=make_topic(asks_interests=True))


def declare(article: Article, **fields) -> None:
    Contributor.objects.filter(articles=article).update(**fields)


class TestPublishing:
    def test_asks_for_both_in_the_language_that_is_published(self, article):
        with translation.override("en"):
            problems = missing(article, "it")

        assert fields_of(problems) == ["bylines", "funding_it"]
        assert problems[0].message.startswith("Anna Bianchi: the declared interests are missing")
        assert problems[1].message != missing(article, "it")[1].message
        assert problems[0].message != missing(article, "it")[0].message

    @pytest.mark.parametrize(
        ("declared", "left"),
        [(BOTH, []), ({"no_interests": True}, []), ({"interests_en": "Fees"}, ["bylines"])],
    )
    def test_takes_none_for_an_answer_and_another_language_for_none(self, article, declared, left):
        article.funding_it = "L’editore"
        article.save()
        declare(article, **declared)

        assert fields_of(missing(article, "it")) == left

    def test_asks_authors_and_reviewers_once_each(self, article):
        author = article.bylines.get().contributor
        for person, role in [(author, "reviewer"),
                             (make_contributor(name_it="Rita Neri"), "reviewer"),
                             (make_contributor(name_it="Ugo Verdi"), "translator")]:  # fmt: skip
            Byline.objects.create(article=article, contributor=person, role=role)

        assert fields_of(missing(article, "en")) == ["bylines", "bylines", "funding_en"]

    def test_asks_nothing_on_other_topics(self):
        assert missing(make_article(topic=make_topic()), "it") == []


class TestEditions:
    def test_that_say_nothing_of_them_have_the_digest_that_they_had(self, article):
        edition = freeze(article, "it")
        before = edition.page_digest
        for line in edition.content["bylines"]:
            assert not line.keys() & {"interests", "no_interests"}
        assert "funding" not in edition.content
        assert read(edition).bylines[0]["interests"] == ""

        declare(article, no_interests=True)
        declared = freeze(article, "it").page_digest
        article.funding_it = "L’editore"

        assert page_digest(edition) == before
        assert len({before, declared, freeze(article, "it").page_digest}) == 3

    def test_show_them_at_their_end(self, client, article):
        article.funding_it, article.funding_en = "L’editore", "The publisher"
        article.save()
        declare(article, **BOTH)
        reviewer = make_contributor(name_it="Rita Neri", no_interests=True)
        Byline.objects.create(article=article, contributor=reviewer, role="reviewer")
        Byline.objects.create(article=article, contributor=reviewer, role="translator")

        publish(article)

        page = page_of(client.get(reverse("articles:detail", args=[article.slug_it])))
        facts = {each.one("dt").words: [dd.words for dd in each.all("dd")]
                 for each in page.one("dl", class_="facts").all("div")}  # fmt: skip
        assert facts["Interessi dichiarati"] == [
            "Anna Bianchi: Compensi da una ditta", "Rita Neri: nessuno dichiarato",
        ]  # fmt: skip
        assert facts["Finanziamento"] == ["L’editore"]


def test_interests_and_that_there_are_none_exclude_each_other(client):
    person = make_contributor()
    url = reverse("admin:articles_contributor_change", args=[person.pk])

    logged_in(client, make_editor())
    response = client.post(url, BOTH | {"name_it": "Anna", "no_interests": "on"})

    assert "not both" in response.text
    with pytest.raises(IntegrityError), transaction.atomic():
        Contributor.objects.update(no_interests=True, **BOTH)
