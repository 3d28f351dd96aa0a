"""Where a language version stands, by the editions and the time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, LanguageVersion
from articles.publishing import verbs
from articles.publishing.states import (
    State,
    in_state,
    prefetch_versions,
    state_of,
    versions_of,
)
from tests.factories import make_article, make_edition, make_editor, publish, remember_digests

pytestmark = pytest.mark.django_db


def never(article):
    pass


def live(article):
    publish(article, "it")


def changed(article):
    publish(article, "it")
    edit(article)


def edit(article):
    article.lead_it = "Cambiato."
    article.save()
    remember_digests(article)


def changed_back(article):
    changed(article)
    article.lead_it = "In breve."
    article.save()
    remember_digests(article)


def scheduled(article):
    make_edition(article, "it", valid_from=timezone.now() + timedelta(days=1))


def live_and_scheduled(article):
    now = timezone.now()
    make_edition(article, "it", valid_from=now, valid_until=now + timedelta(days=1))
    make_edition(article, "it", valid_from=now + timedelta(days=1))


def withdrawn(article):
    publish(article, "it")
    verbs.withdraw(article, "it", by=make_editor())


def withdrawn_and_changed(article):
    withdrawn(article)
    edit(article)


def schedule_called_off(article):
    tomorrow = timezone.now() + timedelta(days=1)
    make_edition(article, "it", valid_from=tomorrow, valid_until=tomorrow)


def withdrawn_then_scheduled(article):
    withdrawn(article)
    scheduled(article)


def marked_changed(article):
    publish(article, "it")
    verbs.mark_changed(Article.objects.filter(pk=article.pk))


class TestState:
    @pytest.mark.parametrize(
        ("history", "state"),
        [
            (never, State.NEVER),
            (live, State.LIVE),
            (changed, State.CHANGED),
            (changed_back, State.LIVE),
            (marked_changed, State.CHANGED),
            (scheduled, State.SCHEDULED),
            (live_and_scheduled, State.LIVE),
            (withdrawn, State.WITHDRAWN),
            (withdrawn_and_changed, State.WITHDRAWN),
            (schedule_called_off, State.WITHDRAWN),
            (withdrawn_then_scheduled, State.SCHEDULED),
        ],
    )
    def test_of_a_row_and_in_the_filter_agree(self, history, state):
        article = make_article()
        history(article)
        publish(make_article())  # of no account to the first one

        versions = versions_of(Article.objects.get(pk=article.pk))
        found = [
            candidate
            for candidate in State
            if in_state(Article.objects.all(), "it", candidate).filter(pk=article.pk).exists()
        ]

        assert state_of(versions["it"]) == state
        assert found == [state]
        assert state_of(versions["en"]) == State.NEVER
        assert list(in_state(Article.objects.all(), "en", State.NEVER)) == [article]

    def test_tells_the_number_and_the_slug_that_are_live(self):
        article = make_article(slug_it="primo")
        changed(article)
        publish(article, "it")
        Article.objects.update(slug_it="secondo")

        version = versions_of(article)["it"]
        assert (version.live_number, version.live_slug) == (2, "primo")

    def test_tells_when_the_next_of_several_scheduled_editions_begins(self):
        article = make_article()
        tomorrow, later = (timezone.now() + timedelta(days=days) for days in (1, 2))
        make_edition(article, valid_from=later)
        make_edition(article, valid_from=tomorrow, valid_until=later)

        assert versions_of(article)["it"].scheduled_for == tomorrow

    def test_of_a_language_that_came_later_is_never(self):
        article = make_article()
        LanguageVersion.objects.filter(language="en").delete()

        stored, new = versions_of(article).values()

        assert state_of(new) == State.NEVER
        assert (new.article, new.language) == (article, "en")
        for name in ("live_number", "live_slug", "live_digest", "scheduled_for", "last_number"):
            assert getattr(new, name) == getattr(stored, name)

    def test_of_many_articles_takes_two_queries(self, django_assert_num_queries):
        for history in (never, live, changed):
            history(make_article())

        with django_assert_num_queries(2):
            rows = Article.objects.prefetch_related(prefetch_versions()).order_by("pk")
            states = [
                tuple(state_of(version) for version in versions_of(row).values()) for row in rows
            ]

        assert states == [
            (State.NEVER, State.NEVER),
            (State.LIVE, State.NEVER),
            (State.CHANGED, State.NEVER),
        ]
