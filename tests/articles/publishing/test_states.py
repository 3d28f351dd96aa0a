"""Where a language version stands, by the editions and the time."""

from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from articles.models import Article, LanguageVersion
from articles.models.language_versions import NAMES
from articles.publishing import verbs
from articles.publishing.states import (
    State,
    TooManyToCome,
    count_in_state,
    in_state,
    live_edition,
    scheduled_for,
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


def withdrawn_before_it_was_live(article):
    scheduled(article)
    publish(article, "it")
    verbs.withdraw(article, "it", by=make_editor())


def live_until_tomorrow(article):
    now = timezone.now()
    make_edition(article, "it", valid_from=now, valid_until=now + timedelta(days=1))


def live_and_scheduled_after_a_gap(article):
    live_until_tomorrow(article)
    edit(article)
    begins = timezone.now() + timedelta(days=2)
    make_edition(article, "it", valid_from=begins, valid_until=begins + timedelta(days=1))


def republished(article):
    for _time in range(3):
        changed(article)
        withdrawn(article)
    publish(article, "it")


def state_by_editions(article: Article) -> State:
    """Where an article stands in Italian, as its editions say themselves."""
    editions = article.editions.in_language("it")
    live = editions.live().first()
    if live:
        version = article.language_versions.get(language="it")
        return State.LIVE if live.page_digest == version.page_digest else State.CHANGED
    if editions.scheduled().exists():
        return State.SCHEDULED
    return State.WITHDRAWN if editions.exists() else State.NEVER


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
            (withdrawn_before_it_was_live, State.WITHDRAWN),
            (live_until_tomorrow, State.LIVE),
            (live_and_scheduled_after_a_gap, State.CHANGED),
            (republished, State.LIVE),
        ],
    )
    def test_of_a_row_in_the_filter_and_by_the_editions_agree(self, history, state):
        article = make_article()
        history(article)
        publish(make_article())  # of no account to the first one

        versions = versions_of(Article.objects.get(pk=article.pk))

        assert state_of(versions["it"]) == state
        # What was repeated when something was done still holds as time passes.
        for hours in (0, 23, 25, 47, 49, 71, 73):
            with time_machine.travel(timezone.now() + timedelta(hours=hours)):
                expected = state_by_editions(article)
                found = [
                    candidate
                    for candidate in State
                    if in_state(Article.objects.filter(pk=article.pk), "it", candidate).exists()
                ]
                assert (found, state_of(versions["it"])) == ([expected], expected)
                for candidate in State:
                    among_all = in_state(Article.objects.all(), "it", candidate)
                    assert count_in_state("it", candidate) == among_all.count()
        assert state_of(versions["en"]) == State.NEVER
        assert list(in_state(Article.objects.all(), "en", State.NEVER)) == [article]

    def test_tells_the_number_and_the_slug_that_are_live(self):
        article = make_article(slug_it="primo")
        changed(article)
        publish(article, "it")
        Article.objects.update(slug_it="secondo")

        live = live_edition(versions_of(article)["it"])
        assert live is not None
        assert (live.number, live.slug) == (2, "primo")

    def test_tells_when_the_next_of_several_scheduled_editions_begins(self):
        article = make_article()
        tomorrow, later = (timezone.now() + timedelta(days=days) for days in (1, 2))
        make_edition(article, valid_from=later)
        make_edition(article, valid_from=tomorrow, valid_until=later)

        assert scheduled_for(versions_of(article)["it"]) == tomorrow

    def test_has_no_place_for_more_than_one_edition_to_come(self):
        article = make_article()
        live_and_scheduled(article)
        closed = timezone.now() + timedelta(days=2)
        article.editions.filter(valid_until=None).update(valid_until=closed)

        with pytest.raises(TooManyToCome):
            make_edition(article, "it", valid_from=closed)

    def test_of_a_language_that_came_later_is_never(self):
        article = make_article()
        LanguageVersion.objects.filter(language="en").delete()

        new = versions_of(article)["en"]

        assert state_of(new) == State.NEVER
        assert (new.article, new.language) == (article, "en")
        assert list(in_state(Article.objects.all(), "en", State.NEVER)) == [article]

    def test_of_many_articles_takes_two_queries(self, django_assert_num_queries):
        for history in (never, live, changed):
            history(make_article())

        with django_assert_num_queries(2):
            rows = Article.objects.prefetch_related("language_versions").order_by("pk")
            states = [
                tuple(state_of(version) for version in versions_of(row).values()) for row in rows
            ]

        assert states == [
            (State.NEVER, State.NEVER),
            (State.LIVE, State.NEVER),
            (State.CHANGED, State.NEVER),
        ]


def test_the_migration_fills_what_versions_of_older_rows_repeat():
    for history in (never, changed, live_and_scheduled, schedule_called_off, republished):
        history(make_article())
    fields = ["article", "language", "last_number"]
    fields += [f"{slot}_{name}" for slot in LanguageVersion.SLOTS for name in NAMES]
    expected = list(LanguageVersion.objects.order_by(*fields).values(*fields))
    LanguageVersion.objects.all().delete()

    import_module("articles.migrations.0004_repeat_the_editions").repeat(apps, None)

    assert list(LanguageVersion.objects.order_by(*fields).values(*fields)) == expected
