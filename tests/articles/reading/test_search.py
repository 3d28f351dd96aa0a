"""The search: what is found, in which order, and what is never found."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import launch_content
from articles.models import (
    Article,
    Edition,
    Hold,
    Question,
    SearchEntry,
    SearchInVain,
    SearchWord,
    Term,
    searches_in_vain,
)
from articles.publishing import search_index, verbs
from articles.reading.search import PER_PAGE, search, suggestions
from tests.articles.reading.search_queries import ARTICLES, LAUNCH, QUERIES
from tests.factories import (
    add_block,
    add_source,
    logged_in,
    make_article,
    make_contributor,
    make_edition,
    make_editor,
    make_topic,
    publish,
    staff_with,
)
from tests.pages import alternates_of, page_of

pytestmark = pytest.mark.django_db


def titles(asked: str, language="it", **narrowed) -> list[str]:
    """The titles of the first page of what is found."""
    return [row.edition.title for row in search(asked, language, **narrowed).rows]


def live(number=0, *, text="Un testo.", **fields) -> Edition:
    """A live Italian edition, the fresher the larger its number."""
    article = make_article(text=False, english=False, author=False, **fields)
    block = article.articles_richtext_set.create
    block(region="main", ordering=10, text_it=f"<p>{text}</p>", text_en="")
    at = timezone.now() - timedelta(days=100 - number)
    return make_edition(article, valid_from=at, first_published_at=at)


class TestTheTable:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def names(cls, shared_rows, small_launch):  # noqa: ARG003
        """The names of the articles by their slugs."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(launch_content, "DIRECTORY", small_launch)
            launch_content.load(by=make_editor())
        author = make_contributor(name_it="Anna Bianchi")
        for name, both in ARTICLES.items():
            texts = {
                f"{field}_{language}": text
                for language, said in zip(("it", "en"), both, strict=True)
                for field, text in zip(("title", "lead", "text"), said, strict=True)
            }
            article = make_article(
                text=False, author=False, slug_it=f"{name}-it", slug_en=f"{name}-en",
                **{field: text for field, text in texts.items() if not field.startswith("text")},
            )  # fmt: skip
            article.bylines.create(contributor=author)
            article.articles_richtext_set.create(
                region="main", ordering=10, text_it=texts["text_it"], text_en=texts["text_en"]
            )
            for language in ("it", "en"):
                make_edition(article, language)
        slugs = {f"{name}-{language}": name for name in ARTICLES for language in ("it", "en")}
        return slugs | dict.fromkeys(launch_content.SLUGS.values(), LAUNCH)

    @pytest.mark.parametrize("language", QUERIES)
    def test_is_answered_with_what_is_expected_first(self, names, language):
        found = {}
        for asked in QUERIES[language]:
            rows = search(asked, language).rows
            found[asked] = names[rows[0].edition.slug] if rows else ""

        assert found == QUERIES[language]
