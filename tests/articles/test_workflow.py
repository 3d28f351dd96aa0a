"""The verbs of publication, as an editor meets them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from articles import workflow
from articles.models import (
    Article,
    Byline,
    Callout,
    Contributor,
    Edition,
    Figure,
    Quote,
    RichText,
)
from immunoportal.publication.models import PublicationClock
from tests.factories import (
    add_block,
    add_figure,
    make_article,
    make_contributor,
    make_edition,
    make_editor,
    make_image,
    make_topic,
    make_user,
    publish,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)


def fields_of(problems) -> list[str]:
    return [item.field for item in problems]


class TestMissing:
    def test_a_complete_article_misses_nothing(self):
        article = make_article()

        assert workflow.missing(article, "it") == []
        assert workflow.missing(article, "en") == []

    @pytest.mark.parametrize("language", ["it", "en"])
    @pytest.mark.parametrize("field", ["title", "slug", "lead"])
    @pytest.mark.parametrize("nothing", ["", None])
    def test_points_at_the_field_of_the_language(self, language, field, nothing):
        if (field, nothing) == ("slug", ""):
            nothing = None  # what the form stores for an empty address
        article = make_article(**{f"{field}_{language}": nothing})
        other = "en" if language == "it" else "it"

        problems = workflow.missing(article, language)

        assert fields_of(problems) == [f"{field}_{language}"]
        assert problems[0].message
        assert problems[0].block is None
        assert workflow.missing(article, other) == []

    def test_an_article_in_one_language_misses_all_in_the_other(self):
        article = make_article(english=False)

        assert fields_of(workflow.missing(article, "en")) == [
            "title_en", "slug_en", "lead_en", "text_en",
        ]  # fmt: skip

    def test_points_at_the_first_block_where_the_text_would_go(self):
        article = make_article(english=False)
        block = RichText.objects.get()

        problem = workflow.missing(article, "en")[-1]

        assert (problem.field, problem.block) == ("text_en", block)

    def test_an_article_without_any_block_misses_its_text(self):
        problems = workflow.missing(make_article(text=False), "it")

        assert [(item.field, item.block) for item in problems] == [("text_it", None)]

    def test_a_call_out_is_no_text(self):
        article = make_article(text=False)
        add_block(article, Callout, text_it="<p>x</p>", text_en="<p>x</p>")

        assert fields_of(workflow.missing(article, "it")) == ["text_it"]

    def test_points_at_each_figure_without_alternative_text(self):
        article = make_article()
        first = add_figure(article, ordering=20, alternative_text_en="")
        add_figure(article, ordering=30)
        third = add_figure(article, ordering=40, alternative_text_en=None)

        problems = workflow.missing(article, "en")

        assert [(item.field, item.block) for item in problems] == [
            ("alternative_text_en", first),
            ("alternative_text_en", third),
        ]
        assert "2" in problems[0].message
        assert "4" in problems[1].message
        assert workflow.missing(article, "it") == []

    def test_a_decorative_figure_needs_no_alternative_text(self):
        article = make_article()
        add_figure(article, decorative=True, alternative_text_it="", alternative_text_en="")

        assert workflow.missing(article, "it") == []

    @pytest.mark.parametrize("model", [RichText, Quote, Callout])
    def test_a_block_that_speaks_in_the_other_language_only_is_missing(self, model):
        article = make_article()
        block = add_block(article, model, text_it="<p>Attenzione</p>")

        assert workflow.missing(article, "it") == []
        assert [(item.field, item.block) for item in workflow.missing(article, "en")] == [
            ("text_en", block)
        ]

    def test_a_call_out_misses_its_title_too(self):
        article = make_article()
        block = add_block(
            article, Callout, title_it="Chiami", text_it="<p>x</p>", text_en="<p>x</p>"
        )

        assert [(item.field, item.block) for item in workflow.missing(article, "en")] == [
            ("title_en", block)
        ]

    def test_a_block_that_says_nothing_anywhere_is_not_missing(self):
        article = make_article()
        for model in (RichText, Quote, Callout):
            add_block(article, model)

        assert workflow.missing(article, "it") == []

    def test_points_at_the_bylines_when_nobody_is_named(self):
        assert fields_of(workflow.missing(make_article(author=False), "it")) == ["bylines"]

    def test_a_reviewer_is_no_author(self):
        article = make_article(author=False)
        Byline.objects.create(article=article, contributor=make_contributor(), role="reviewer")

        assert fields_of(workflow.missing(article, "it")) == ["bylines"]

    def test_an_author_without_any_name_is_nobody(self):
        article = make_article()
        Contributor.objects.update(name_it="", name_en="")

        assert fields_of(workflow.missing(article, "it")) == ["bylines"]

    def test_an_author_with_a_name_in_one_language_is_named_in_both(self):
        article = make_article()
        Contributor.objects.update(name_it="", name_en="Ann")

        assert workflow.missing(article, "it") == []

    def test_points_at_an_address_that_a_live_page_of_another_article_has(self):
        holder = make_article(slug_it="melanoma", title_it="Il melanoma")
        publish(holder, "it")
        Article.objects.filter(pk=holder.pk).update(slug_it="altro")
        article = make_article(slug_it="melanoma", slug_en="melanoma")

        problems = workflow.missing(article, "it")

        assert fields_of(problems) == ["slug_it"]
        assert "melanoma" in problems[0].message
        assert "Il melanoma" in problems[0].message
        assert workflow.missing(article, "en") == []

    def test_an_article_may_keep_its_own_address(self):
        article = make_article()
        publish(article)

        assert workflow.missing(article, "it") == []

    def test_speaks_in_the_order_of_the_page(self):
        article = make_article(title_it="", lead_it="", author=False)
        add_figure(article, alternative_text_it="")

        assert fields_of(workflow.missing(article, "it")) == [
            "title_it", "lead_it", "alternative_text_it", "bylines",
        ]  # fmt: skip


class TestObstacles:
    def test_are_what_each_language_misses_and_once_what_both_do(self):
        article = make_article(title_it="", lead_en="", author=False)

        assert fields_of(workflow.obstacles(article, ["it", "en"])) == [
            "title_it", "bylines", "lead_en",
        ]  # fmt: skip
        assert fields_of(workflow.obstacles(article, ["en"])) == ["lead_en", "bylines"]

    def test_of_no_language_are_none(self):
        assert workflow.obstacles(make_article(title_it="", title_en=""), []) == []


AUDIENCES = [("public", "professional"), ("professional", "public")]


class TestAudience:
    """Of what one language reserves, the other one gives nothing away."""

    def published(self, audience, *languages) -> Article:
        article = make_article(audience=audience)
        publish(article, *languages)
        return article

    def audiences(self) -> dict[str, str]:
        return dict(Edition.objects.live().values_list("language", "audience"))

    @pytest.mark.parametrize(("before", "after"), AUDIENCES)
    @pytest.mark.parametrize("live", [("it", "en"), ("it",)])
    def test_of_one_language_alone_cannot_change(self, before, after, live):
        article = self.published(before, *live)
        Article.objects.update(audience=after)

        with pytest.raises(workflow.Incomplete) as refusal, translation.override("en"):
            publish(article, "en")

        (problem,) = refusal.value.missing
        state = {"public": "open to everyone", "professional": "for health professionals only"}
        assert (problem.field, problem.block) == ("audience", None)
        assert problem.message == (
            f"The page in Italian is still {state[before]}: publish both languages together, "
            "or withdraw that page first."
        )
        assert self.audiences() == dict.fromkeys(live, before)

    @pytest.mark.parametrize(("before", "after"), AUDIENCES)
    def test_of_both_languages_changes_at_one_moment(self, before, after):
        article = self.published(before, "it", "en")
        Article.objects.update(audience=after)

        published = publish(article)

        assert [edition.language for edition in published] == ["it", "en"]
        assert self.audiences() == {"it": after, "en": after}

    @pytest.mark.parametrize(("before", "after"), AUDIENCES)
    def test_changes_once_the_other_language_is_withdrawn(self, before, after):
        article = self.published(before, "it", "en")
        Article.objects.update(audience=after)
        workflow.withdraw(article, "it", by=make_editor())

        publish(article, "en")

        assert self.audiences() == {"en": after}

    @pytest.mark.parametrize(("before", "after"), AUDIENCES)
    def test_of_the_only_live_language_changes(self, before, after):
        article = self.published(before, "it")
        Article.objects.update(audience=after)

        publish(article, "it")

        assert self.audiences() == {"it": after}

    @pytest.mark.parametrize("audience", ["public", "professional"])
    def test_that_stays_hinders_nothing(self, audience):
        article = self.published(audience, "it")

        publish(article, "en")

        assert self.audiences() == {"it": audience, "en": audience}

    def test_of_another_article_does_not_matter(self):
        self.published("public", "it", "en")

        article = self.published("professional", "it")

        assert workflow.obstacles(article, ["en"]) == []

    def test_shows_as_an_unpublished_change(self):
        article = self.published("public", "it", "en")
        Article.objects.update(audience="professional")
        article.refresh_from_db()

        workflow.remember_digests(article)

        for language in ("it", "en"):
            assert list(Article.objects.in_state(language, "changed")) == [article]


class TestPublish:
    @time_machine.travel(MONDAY, tick=False)
    def test_freezes_each_language_and_makes_it_live(self):
        editor = make_editor()
        article = make_article(
            title_it="Titolo", title_en="Title", slug_it="t", slug_en="t-en", topic=make_topic()
        )
        figure = add_figure(article)

        published = workflow.publish(
            article, ["it", "en"], by=editor, notes={"en": "A first version."}
        )

        assert [
            (edition.language, edition.number, edition.title, edition.slug) for edition in published
        ] == [("it", 1, "Titolo", "t"), ("en", 1, "Title", "t-en")]
        for edition in Edition.objects.all():
            assert edition in published
            assert edition.is_live
            assert edition.valid_from == edition.first_published_at == MONDAY
            assert edition.valid_until is None
            assert edition.published_by == editor
            assert edition.topic == article.topic
            assert edition.image == figure.image
            assert list(edition.images.all()) == [figure.image]
        assert [edition.change_note for edition in published] == ["", "A first version."]

    def test_of_one_language_leaves_the_other_alone(self):
        article = make_article()

        publish(article, "it")

        assert list(Edition.objects.values_list("language", flat=True)) == ["it"]

    def test_is_refused_with_everything_that_is_missing(self):
        article = make_article(title_it="", english=False)

        with pytest.raises(workflow.Incomplete) as refusal:
            publish(article, "it", "en")

        assert fields_of(refusal.value.missing) == [
            "title_it", "title_en", "slug_en", "lead_en", "text_en",
        ]  # fmt: skip
        for item in refusal.value.missing:
            assert item.message in str(refusal.value)

    def test_says_only_once_what_both_languages_miss(self):
        with pytest.raises(workflow.Incomplete) as refusal:
            publish(make_article(author=False), "it", "en")

        assert fields_of(refusal.value.missing) == ["bylines"]

    def test_publishes_both_languages_or_none(self):
        article = make_article(lead_en="")
        version = PublicationClock.objects.get().version

        with pytest.raises(workflow.Incomplete):
            publish(article, "it", "en")

        assert not Edition.objects.exists()
        assert PublicationClock.objects.get().version == version

    def test_undoes_the_first_language_when_the_second_fails(self, monkeypatch):
        article = make_article()
        freeze = workflow.freeze

        def fails_in_english(article, language):
            if language == "en":
                raise RuntimeError
            return freeze(article, language)

        monkeypatch.setattr(workflow, "freeze", fails_in_english)

        with pytest.raises(RuntimeError):
            publish(article, "it", "en")

        assert not Edition.objects.exists()

    def test_needs_a_permission_of_its_own(self):
        article = make_article()
        user = make_user(is_staff=True)
        user.user_permissions.set(
            Permission.objects.filter(codename__in=["change_article", "add_edition"])
        )

        with pytest.raises(PermissionDenied):
            publish(article, by=user)

        assert not Edition.objects.exists()

    def test_needs_no_more_than_that_permission(self):
        user = make_user(is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="publish_article"))

        assert len(publish(make_article(), by=user)) == 2

    def test_asks_for_the_permission_before_it_says_what_is_missing(self):
        with pytest.raises(PermissionDenied):
            publish(make_article(title_it=""), by=make_user())

    def test_takes_the_article_as_it_is_stored(self):
        article = make_article(title_it="Memorizzato")

        article.title_it = "Solo nel modulo"
        edition = publish(article, "it")[0]

        assert edition.title == "Memorizzato"

    def test_makes_nothing_new_where_nothing_has_changed(self):
        article = make_article()
        publish(article)
        version = PublicationClock.objects.get().version

        assert publish(article) == []

        assert Edition.objects.count() == 2
        assert all(edition.is_live for edition in Edition.objects.all())
        assert PublicationClock.objects.get().version == version

    def test_makes_a_new_edition_only_of_the_language_that_has_changed(self):
        article = make_article()
        publish(article)

        Article.objects.update(lead_en="New.")
        published = publish(article)

        assert [(edition.language, edition.number) for edition in published] == [("en", 2)]
        assert Edition.objects.live().count() == 2

    def test_replaces_the_live_edition_at_the_same_moment(self):
        article = make_article(lead_it="Prima.")
        with time_machine.travel(MONDAY, tick=False):
            first = publish(article, "it")[0]
        Article.objects.update(lead_it="Dopo.")

        with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
            second = publish(article, "it")[0]

        first.refresh_from_db()
        assert first.valid_until == second.valid_from == MONDAY + timedelta(days=1)
        assert (first.number, second.number) == (1, 2)
        assert first.first_published_at == second.first_published_at == MONDAY
        assert (first.lead, second.lead) == ("Prima.", "Dopo.")
        assert first.withdrawn_by is None

    def test_numbers_each_language_and_article_by_itself(self):
        article, other = make_article(), make_article()
        publish(article, "it")
        for lead in ("a", "b"):
            Article.objects.filter(pk=article.pk).update(lead_it=lead)
            publish(article, "it")

        published = [*publish(article, "en"), *publish(other, "it")]

        assert Edition.objects.live().get(article=article, language="it").number == 3
        assert [edition.number for edition in published] == [1, 1]

    def test_again_after_a_withdrawal_counts_on(self):
        article = make_article()
        publish(article, "it")
        workflow.withdraw(article, "it", by=make_editor())

        edition = publish(article, "it")[0]

        assert edition.number == 2
        assert edition.is_live

    def test_takes_the_place_of_a_scheduled_edition(self):
        article = make_article()
        tomorrow = timezone.now() + timedelta(days=1)
        scheduled = make_edition(article, "it", valid_from=tomorrow)

        edition = publish(article, "it")[0]

        scheduled.refresh_from_db()
        assert scheduled.valid_until == scheduled.valid_from
        with time_machine.travel(tomorrow + timedelta(hours=1)):
            assert list(Edition.objects.live()) == [edition]

    def test_takes_the_place_of_an_edition_whose_end_is_planned(self):
        article = make_article(lead_it="Prima.")
        end = timezone.now() + timedelta(days=1)
        planned = make_edition(article, "it", valid_until=end)
        Article.objects.update(lead_it="Dopo.")

        edition = publish(article, "it")[0]

        planned.refresh_from_db()
        assert planned.valid_until == edition.valid_from
        assert list(Edition.objects.live()) == [edition]

    def test_counts_a_picture_that_is_shown_twice_once(self):
        article = make_article()
        image = make_image()
        for ordering in (20, 30):
            add_figure(article, image=image, ordering=ordering)

        edition = publish(article, "it")[0]

        assert list(edition.images.all()) == [image]

    def test_advances_the_publication_clock(self):
        article = make_article()
        before = PublicationClock.objects.get()

        with time_machine.travel(MONDAY, tick=False):
            publish(article)

        after = PublicationClock.objects.get()
        assert after.version > before.version
        assert after.changed_at == MONDAY


class TestWorkingCopy:
    def test_a_change_leaves_the_live_edition_as_it_was(self):
        article = make_article(title_it="Prima", lead_it="Prima.")
        add_figure(article)
        publish(article, "it")
        frozen = Edition.objects.values().get()
        version = PublicationClock.objects.get().version

        Article.objects.update(title_it="Dopo", slug_it="dopo", lead_it="Dopo.")
        RichText.objects.update(text_it="<p>Dopo</p>")
        Contributor.objects.update(name_it="Altra")
        Figure.objects.all().delete()
        article.refresh_from_db()
        article.save()

        assert Edition.objects.values().get() == frozen
        assert PublicationClock.objects.get().version == version


class TestRememberDigests:
    def test_stores_what_would_be_frozen(self):
        article = make_article()
        Article.objects.update(title_it="Nuovo")
        article.refresh_from_db()

        workflow.remember_digests(article)

        stored = Article.objects.get()
        assert stored.digest_it == article.digest_it == workflow.freeze(article, "it").digest
        assert stored.digest_en == article.digest_en == workflow.freeze(article, "en").digest


class TestMarkChanged:
    def test_says_that_the_articles_have_changes_until_they_are_compared_again(self):
        article, other = make_article(), make_article()
        publish(article)
        publish(other)

        workflow.mark_changed(Article.objects.filter(pk=article.pk))

        for language in ("it", "en"):
            changed = Article.objects.in_state(language, "changed")
            assert list(changed) == [article]
        assert publish(article) == []
        assert not Article.objects.in_state("it", "changed").exists()


class TestWithdraw:
    @time_machine.travel(MONDAY, tick=False)
    def test_ends_the_live_edition_of_that_language(self):
        editor = make_editor()
        article = make_article()
        publish(article)

        with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
            withdrawn = workflow.withdraw(article, "it", by=editor, note="Superato.")

            assert [edition.language for edition in Edition.objects.live()] == ["en"]
        assert withdrawn.language == "it"
        assert withdrawn.valid_until == MONDAY + timedelta(hours=2)
        assert withdrawn.withdrawn_by == editor
        assert withdrawn.withdrawal_note == "Superato."

    @pytest.mark.parametrize("published", [[], ["en"]])
    def test_is_refused_when_nothing_is_live(self, published):
        article = make_article()
        if published:
            publish(article, *published)

        with pytest.raises(workflow.NotLive):
            workflow.withdraw(article, "it", by=make_editor())

        assert Edition.objects.live().count() == len(published)

    def test_is_refused_the_second_time(self):
        article = make_article()
        publish(article, "it")
        workflow.withdraw(article, "it", by=make_editor(), note="Prima.")

        with pytest.raises(workflow.NotLive):
            workflow.withdraw(article, "it", by=make_editor(), note="Poi.")

        assert Edition.objects.get().withdrawal_note == "Prima."

    def test_needs_the_permission(self):
        article = make_article()
        publish(article)

        with pytest.raises(PermissionDenied):
            workflow.withdraw(article, "it", by=make_user(is_staff=True))

        assert Edition.objects.live().count() == 2

    def test_ends_an_edition_whose_end_was_planned(self):
        article = make_article()
        edition = make_edition(article, valid_until=timezone.now() + timedelta(days=1))

        workflow.withdraw(article, "it", by=make_editor())

        edition.refresh_from_db()
        assert not edition.is_live

    def test_advances_the_publication_clock(self):
        article = make_article()
        publish(article)
        version = PublicationClock.objects.get().version

        workflow.withdraw(article, "it", by=make_editor())

        assert PublicationClock.objects.get().version > version

    def test_frees_the_address(self):
        article = make_article(slug_it="melanoma")
        publish(article, "it")
        workflow.withdraw(article, "it", by=make_editor())
        Article.objects.filter(pk=article.pk).update(slug_it="altro")
        other = make_article(slug_it="melanoma")

        edition = publish(other, "it")[0]

        assert edition.slug == "melanoma"
        assert edition.is_live

    def test_does_not_let_it_back_to_an_address_that_has_been_taken(self):
        article = make_article(slug_it="melanoma")
        publish(article, "it")
        workflow.withdraw(article, "it", by=make_editor())
        Article.objects.filter(pk=article.pk).update(slug_it="altro")
        publish(make_article(slug_it="melanoma", title_it="Il nuovo"), "it")
        Article.objects.filter(slug_it="melanoma").update(slug_it="nuovo")
        Article.objects.filter(pk=article.pk).update(slug_it="melanoma")

        with pytest.raises(workflow.Incomplete) as refusal:
            publish(article, "it")

        assert fields_of(refusal.value.missing) == ["slug_it"]
