"""Editions: the rule of who may read what, and that nothing published changes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from articles.models import Edition
from articles.models.editions import READ_RESERVED, EditionIsFrozen, boundaries
from immunoportal.registry import offers
from tests.factories import (
    add_figure,
    make_article,
    make_edition,
    make_editor,
    make_user,
    publish,
    staff_with,
)

pytestmark = pytest.mark.django_db

NOON = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


class TestLive:
    @pytest.mark.parametrize(
        ("valid_from", "valid_until", "live", "scheduled"),
        [
            (NOON - HOUR, None, True, False),
            (NOON - TICK, None, True, False),
            (NOON, None, True, False),
            (NOON + TICK, None, False, True),
            (NOON - HOUR, NOON + TICK, True, False),
            (NOON - HOUR, NOON, False, False),
            (NOON - HOUR, NOON - TICK, False, False),
            (NOON, NOON + TICK, True, False),
            (NOON, NOON, False, False),
            (NOON + HOUR, NOON + 2 * HOUR, False, True),
            (NOON + HOUR, NOON + HOUR, False, False),
        ],
    )
    def test_agrees_with_its_twin_at_the_edges(self, valid_from, valid_until, live, scheduled):
        with time_machine.travel(NOON, tick=False):
            edition = make_edition(make_article(), valid_from=valid_from, valid_until=valid_until)

            assert edition.is_live is live
            assert Edition.objects.live().exists() is live
            assert Edition.objects.scheduled().exists() is scheduled

    def test_follows_the_passing_of_time(self):
        make_edition(make_article(), valid_from=NOON, valid_until=NOON + HOUR)

        seen = {}
        for moment in (NOON - TICK, NOON, NOON + HOUR - TICK, NOON + HOUR):
            with time_machine.travel(moment, tick=False):
                seen[moment] = Edition.objects.live().exists()
                assert Edition.objects.get().is_live is seen[moment]

        assert list(seen.values()) == [False, True, True, False]


class TestBoundaries:
    def test_are_the_last_and_the_next_beginning_or_end(self):
        make_edition(make_article(), valid_from=NOON - HOUR, valid_until=NOON)
        make_edition(make_article(), valid_from=NOON, valid_until=NOON + 2 * HOUR)
        make_edition(make_article(), valid_from=NOON + HOUR)

        assert boundaries(NOON - HOUR - TICK) == (None, NOON - HOUR)
        assert boundaries(NOON - TICK) == (NOON - HOUR, NOON)
        assert boundaries(NOON) == (NOON, NOON + HOUR)
        assert boundaries(NOON + HOUR) == (NOON + HOUR, NOON + 2 * HOUR)
        assert boundaries(NOON + 2 * HOUR) == (NOON + 2 * HOUR, None)

    def test_are_offered_to_the_portal(self):
        assert boundaries in [function for offer in offers() for function in offer.boundaries]


class TestAudience:
    @pytest.mark.parametrize(
        ("audience", "public", "reserved"),
        [
            ("public", True, False),
            ("professional", False, True),
            # What nobody has foreseen is open to nobody.
            ("", False, False),
            ("patient", False, False),
        ],
    )
    def test_public_agrees_with_its_twin(self, audience, public, reserved):
        edition = make_edition(make_article(), audience=audience)

        assert edition.is_public is public
        assert Edition.objects.public().exists() is public
        assert Edition.objects.for_professionals().exists() is reserved

    @pytest.mark.parametrize(
        ("make_reader", "reads_reserved"),
        [
            (lambda: None, False),
            (AnonymousUser, False),
            (make_user, False),
            (lambda: staff_with("view_edition", "change_article", "publish_article"), False),
            (lambda: staff_with("read_reserved"), True),
            (make_editor, True),
            (lambda: make_editor(is_active=False), False),
        ],
        ids=["none", "anonymous", "user", "editor", "with it", "superuser", "shut out"],
    )
    @pytest.mark.parametrize("audience", ["public", "professional", "patient"])
    def test_for_reader_agrees_with_its_twin(self, audience, make_reader, reads_reserved):
        edition = make_edition(make_article(), audience=audience)
        reader = make_reader()

        readable = audience == "public" or reads_reserved
        assert edition.may_be_read_by(reader) is readable
        assert Edition.objects.for_reader(reader).exists() is readable

    def test_a_public_edition_asks_nothing_about_the_reader(self):
        edition = Edition(audience="public")
        nobody = object()

        assert edition.may_be_read_by(nobody)  # type: ignore[arg-type]  # it is not even looked at

    def test_the_permission_exists(self):
        app, _dot, codename = READ_RESERVED.partition(".")

        assert Permission.objects.filter(content_type__app_label=app, codename=codename).exists()


class TestQuerySet:
    def test_in_language(self):
        publish(make_article())

        assert [edition.language for edition in Edition.objects.in_language("en")] == ["en"]

    def test_newest_first_goes_by_the_first_publication(self):
        first, second = make_article(lead_it="Prima."), make_article()
        with time_machine.travel(NOON):
            publish(first, "it")
        with time_machine.travel(NOON + HOUR):
            publish(second, "it")
        type(first).objects.filter(pk=first.pk).update(lead_it="Dopo.")
        with time_machine.travel(NOON + 2 * HOUR):
            publish(first, "it")

            newest = Edition.objects.live().newest_first()

            assert [edition.article for edition in newest] == [second, first]

    def test_for_lists_needs_one_query_for_what_a_list_shows(self, django_assert_num_queries):
        article = make_article(title_it="Titolo", lead_it="Lead.", slug_it="t")
        image = add_figure(article).image
        publish(article, "it")

        with django_assert_num_queries(1):
            shown = [
                (edition.title, edition.lead, edition.image_digest, edition.get_absolute_url())
                for edition in Edition.objects.live().for_lists()
            ]

        assert shown == [("Titolo", "Lead.", image.digest, "/it/articoli/t/")]


class TestFrozen:
    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"update_fields": ["title"]},
            {"update_fields": ["valid_until", "title"]},
            {"update_fields": ["valid_from"]},
            {"update_fields": []},
        ],
    )
    def test_a_stored_edition_refuses_to_be_changed(self, options):
        edition = publish(make_article(title_it="Prima"), "it")[0]

        edition.title = "Dopo"
        with pytest.raises(EditionIsFrozen):
            edition.save(**options)

        assert Edition.objects.get().title == "Prima"

    def test_an_edition_read_from_the_table_refuses_too(self):
        publish(make_article(), "it")

        with pytest.raises(EditionIsFrozen):
            Edition.objects.get().save()

    def test_only_the_end_of_its_interval_may_be_stored(self):
        edition = publish(make_article(), "it")[0]

        edition.valid_until = edition.valid_from + HOUR
        edition.withdrawal_note = "Superato."
        edition.withdrawn_by = editor = make_editor()
        edition.save(update_fields=["valid_until", "withdrawal_note", "withdrawn_by"])

        edition.refresh_from_db()
        assert edition.valid_until == edition.valid_from + HOUR
        assert (edition.withdrawal_note, edition.withdrawn_by) == ("Superato.", editor)


class TestConstraints:
    def refused(self, name: str, article, language="it", **fields):
        """Assert that the constraint of that name is what refuses an edition."""
        constraint = next(item for item in Edition._meta.constraints if item.name == name)

        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            make_edition(article, language, **fields)

        # SQLite tells the columns of a unique constraint, PostgreSQL its name.
        column_of = {field.name: field.column for field in Edition._meta.fields}
        columns = [column_of[field] for field in getattr(constraint, "fields", [])]
        told = ", ".join(f"articles_edition.{column}" for column in columns)
        assert name in str(refusal.value) or str(refusal.value).endswith(told or name)

    def test_a_number_is_given_once(self):
        article = make_article()
        make_edition(article, number=1, valid_from=NOON, valid_until=NOON + HOUR)

        self.refused("edition_numbered_once", article, number=1)

        make_edition(article, "en", number=1)
        make_edition(make_article(), number=1)

    def test_a_language_of_an_article_has_one_open_interval(self):
        article = make_article(slug_it="uno")
        make_edition(article)
        type(article).objects.update(slug_it="due")
        article.refresh_from_db()

        self.refused("edition_one_open_interval", article)

        make_edition(article, valid_from=NOON, valid_until=NOON + HOUR)

    def test_an_address_leads_to_one_open_interval(self):
        make_edition(make_article(slug_it="melanoma"))
        other = make_article()
        vars(other).update(slug_it="melanoma", slug_en="melanoma")

        self.refused("edition_slug_unique_while_open", other)

        make_edition(other, valid_from=NOON, valid_until=NOON + HOUR)
        make_edition(other, "en")

    def test_an_interval_goes_forward(self):
        article = make_article()

        self.refused("edition_interval_forward", article, valid_from=NOON, valid_until=NOON - TICK)

        make_edition(article, valid_from=NOON, valid_until=NOON)

    def test_an_article_that_was_ever_published_cannot_be_deleted(self):
        article = make_article()
        publish(article, "it")

        with pytest.raises(ProtectedError):
            article.delete()

    def test_a_picture_that_an_edition_shows_cannot_be_deleted(self):
        article = make_article()
        shown = [add_figure(article, ordering=ordering).image for ordering in (20, 30)]
        publish(article, "it")
        article.articles_figure_set.all().delete()

        for image in shown:
            with pytest.raises(ProtectedError):
                image.delete()


class TestWhatReadersGet:
    def test_its_address_is_in_its_own_language(self):
        article = make_article(slug_it="melanoma", slug_en="melanoma-en")

        italian, english = publish(article)

        assert italian.get_absolute_url() == "/it/articoli/melanoma/"
        assert english.get_absolute_url() == "/en/articles/melanoma-en/"

    @pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (250, 1), (301, 2), (1000, 5)])
    def test_reading_takes_whole_minutes_and_at_least_one(self, words, minutes):
        assert Edition(words=words).reading_minutes == minutes

    def test_its_name_for_editors_tells_language_and_number(self):
        edition = publish(make_article(title_it="Il melanoma"), "it")[0]

        assert str(edition) == "Il melanoma (it, 1)"
