"""The verbs of publication, as an editor meets them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from articles.models import (
    Article,
    Contributor,
    Edition,
    Event,
    Figure,
    RichText,
)
from articles.publishing import verbs
from articles.publishing.freezing import read_working_copy
from articles.publishing.states import in_state
from immunoportal.audit import Act, AuditEntry
from immunoportal.publication.models import PublicationClock
from tests.factories import (
    add_figure,
    fields_of,
    freeze,
    make_article,
    make_edition,
    make_editor,
    make_image,
    make_topic,
    make_user,
    obstacles,
    publish,
    remember_digests,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
AUDIENCES = [("public", "professional"), ("professional", "public")]


def audited() -> list[tuple]:
    """What the audit log says of publications."""
    entries = AuditEntry.objects.filter(kind="articles.edition").order_by("pk")
    return [(entry.act, entry.by, int(entry.number), entry.detail) for entry in entries]


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

        with pytest.raises(verbs.Incomplete) as refusal, translation.override("en"):
            publish(article, "en")

        (problem,) = refusal.value.missing
        state = {"public": "open to everyone", "professional": "for health professionals only"}
        assert (problem.field, problem.block) == ("audience", None)
        assert problem.message == (
            f"The page in Italian is still {state[before]}: publish it together with this one, "
            "or withdraw it first."
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
        verbs.withdraw(article, "it", by=make_editor())

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

        assert obstacles(article, ["en"]) == []

    def test_shows_as_an_unpublished_change(self):
        article = self.published("public", "it", "en")
        Article.objects.update(audience="professional")
        article.refresh_from_db()

        remember_digests(article)

        for language in ("it", "en"):
            assert list(in_state(Article.objects.all(), language, "changed")) == [article]


class TestPublish:
    @time_machine.travel(MONDAY, tick=False)
    def test_freezes_each_language_and_makes_it_live(self):
        editor = make_editor()
        article = make_article(
            title_it="Titolo", title_en="Title", slug_it="t", slug_en="t-en", topic=make_topic()
        )
        figure = add_figure(article)

        published = verbs.publish(
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

        with pytest.raises(verbs.Incomplete) as refusal:
            publish(article, "it", "en")

        assert fields_of(refusal.value.missing) == [
            "title_it", "title_en", "slug_en", "lead_en", "text_en",
        ]  # fmt: skip
        for item in refusal.value.missing:
            assert item.message in str(refusal.value)

    def test_says_only_once_what_both_languages_miss(self):
        with pytest.raises(verbs.Incomplete) as refusal:
            publish(make_article(author=False), "it", "en")

        assert fields_of(refusal.value.missing) == ["bylines"]

    def test_publishes_both_languages_or_none(self):
        article = make_article(lead_en="")
        version = PublicationClock.objects.get().version

        with pytest.raises(verbs.Incomplete):
            publish(article, "it", "en")

        assert not Edition.objects.exists()
        assert PublicationClock.objects.get().version == version

    def test_undoes_all_when_what_follows_fails(self, monkeypatch):
        article = make_article()

        def fail(*_arguments, **_more):
            raise RuntimeError

        monkeypatch.setattr(verbs, "repeat_editions", fail)

        with pytest.raises(RuntimeError):
            publish(article, "it", "en")

        assert not Edition.objects.exists()

    def test_needs_a_permission_of_its_own(self):
        article = make_article()
        user = make_user(is_staff=True)
        user.user_permissions.set(
            Permission.objects.filter(codename__in=["change_article", "add_edition"])
        )

        with pytest.raises(PermissionDenied, match="Lei non può pubblicare"):
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

        vars(article).update(title_it="Solo nel modulo")
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
        verbs.withdraw(article, "it", by=make_editor())

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

    def test_of_what_was_live_before_is_a_new_edition_too(self):
        article = make_article(lead_it="Prima.")
        publish(article, "it")
        for lead in ("Dopo.", "Prima."):
            Article.objects.update(lead_it=lead)
            edition = publish(article, "it")[0]

        assert (edition.number, edition.lead) == (3, "Prima.")
        assert list(Edition.objects.live()) == [edition]

    def test_is_written_into_the_history_and_the_audit_log(self):
        editor, article = make_editor(), make_article()

        published = verbs.publish(article, ["it", "en"], by=editor, notes={"en": "First."})

        assert [
            (event.article, event.verb, event.by, event.language, event.reason)
            for event in Event.objects.order_by("pk")
        ] == [
            (article, "published", editor, "it", ""),
            (article, "published", editor, "en", "First."),
        ]
        assert [(event.edition, event.at) for event in Event.objects.order_by("pk")] == [
            (edition, edition.valid_from) for edition in published
        ]
        assert audited() == [
            (Act.PUBLISHED, editor, edition.pk, {"language": edition.language, "edition": 1})
            for edition in published
        ]

    def test_freezes_the_working_copy_that_the_caller_has_read(self):
        article = make_article()
        copy = read_working_copy(article)
        RichText.objects.update(text_it="<p>Dopo.</p>")

        (edition,) = verbs.publish(article, ["it"], by=make_editor(), copy=copy)

        assert edition.content["blocks"][0]["html"] == "<p>Un testo.</p>"

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

        remember_digests(article)

        for language in ("it", "en"):
            version = article.language_versions.get(language=language)
            assert version.page_digest == freeze(article, language).page_digest
            assert version.text_digest == freeze(article, language).text_digest


class TestRecordSave:
    @pytest.mark.parametrize(("is_new", "verb"), [(True, "created"), (False, "saved")])
    def test_writes_what_was_done_and_what_an_edition_would_now_be(self, is_new, verb):
        editor, article = make_editor(), make_article()
        publish(article, "it")
        Article.objects.update(title_it="Nuovo")
        article.refresh_from_db()
        changed = [{"field": "title", "language": "it"}]

        verbs.record_save(
            read_working_copy(article), by=editor, is_new=is_new, changed=iter(changed)
        )

        event = Event.objects.exclude(verb="published").get()
        assert (event.article, event.verb, event.by) == (article, verb, editor)
        assert event.detail == {"changed": changed}
        assert list(in_state(Article.objects.all(), "it", "changed")) == [article]


class TestPublishedBy:
    def test_are_the_editions_that_somebody_has_published(self):
        editor = make_editor()
        article = make_article(title_it="Titolo")
        with time_machine.travel(MONDAY + timedelta(milliseconds=5), tick=False):
            publish(article, "it", by=editor)
            publish(article, "en")

        assert verbs.published_by(editor) == [
            {
                "title": "Titolo",
                "language": "it",
                "number": 1,
                "published": "2025-11-24T10:00:00+01:00",
            }
        ]


class TestMarkChanged:
    def test_says_that_the_articles_have_changes_until_they_are_compared_again(self):
        article, other = make_article(), make_article()
        publish(article)
        publish(other)

        verbs.mark_changed(Article.objects.filter(pk=article.pk))

        for language in ("it", "en"):
            changed = in_state(Article.objects.all(), language, "changed")
            assert list(changed) == [article]
        for version in article.language_versions.all():  # as long as nobody knows them
            assert (version.text_digest, version.page_digest) == ("", "")
        assert publish(article) == []
        assert not in_state(Article.objects.all(), "it", "changed").exists()


class TestWithdraw:
    @time_machine.travel(MONDAY, tick=False)
    def test_ends_the_live_edition_of_that_language(self):
        editor = make_editor()
        article = make_article()
        publish(article)

        with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
            withdrawn = verbs.withdraw(article, "it", by=editor, note="Superato.")

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

        with pytest.raises(verbs.NotLive):
            verbs.withdraw(article, "it", by=make_editor())

        assert Edition.objects.live().count() == len(published)

    def test_is_refused_the_second_time(self):
        article = make_article()
        publish(article, "it")
        verbs.withdraw(article, "it", by=make_editor(), note="Prima.")

        with pytest.raises(verbs.NotLive):
            verbs.withdraw(article, "it", by=make_editor(), note="Poi.")

        assert Edition.objects.get().withdrawal_note == "Prima."

    def test_needs_the_permission(self):
        article = make_article()
        publish(article)

        with pytest.raises(PermissionDenied):
            verbs.withdraw(article, "it", by=make_user(is_staff=True))

        assert Edition.objects.live().count() == 2

    def test_ends_an_edition_whose_end_was_planned(self):
        article = make_article()
        edition = make_edition(article, valid_until=timezone.now() + timedelta(days=1))

        verbs.withdraw(article, "it", by=make_editor())

        edition.refresh_from_db()
        assert not edition.is_live

    def test_advances_the_publication_clock(self):
        article = make_article()
        publish(article)
        version = PublicationClock.objects.get().version

        verbs.withdraw(article, "it", by=make_editor())

        assert PublicationClock.objects.get().version > version

    def test_is_written_into_the_history_and_the_audit_log(self):
        editor, article = make_editor(), make_article()
        edition = make_edition(article, number=4)

        verbs.withdraw(article, "it", by=editor, note="Superato.")

        event = Event.objects.get()
        assert (event.article, event.edition, event.verb) == (article, edition, "withdrawn")
        edition.refresh_from_db()
        assert (event.at, event.by) == (edition.valid_until, editor)
        assert (event.language, event.reason) == ("it", "Superato.")
        assert audited() == [(Act.WITHDRAWN, editor, edition.pk, {"language": "it", "edition": 4})]

    def test_calls_off_what_was_scheduled_after_it_and_leaves_the_past_alone(self):
        now, day = timezone.now(), timedelta(days=1)
        article = make_article()
        past = make_edition(article, valid_from=now - 2 * day, valid_until=now - day)
        make_edition(article, valid_from=now - day, valid_until=now + day)
        scheduled = make_edition(article, valid_from=now + day)

        verbs.withdraw(article, "it", by=make_editor())

        past.refresh_from_db()
        scheduled.refresh_from_db()
        assert past.valid_until == now - day
        assert past.withdrawn_by is None
        assert scheduled.valid_until == scheduled.valid_from

    def test_leaves_the_slug_to_the_article_for_ever(self):
        article = make_article(slug_it="melanoma")
        publish(article, "it")
        verbs.withdraw(article, "it", by=make_editor())
        Article.objects.filter(pk=article.pk).update(slug_it="altro")
        other = make_article(slug_it="melanoma")

        with pytest.raises(verbs.Incomplete) as refusal:
            publish(other, "it")

        assert fields_of(refusal.value.missing) == ["slug_it"]
        Article.objects.filter(pk=other.pk).update(slug_it=None)
        Article.objects.filter(pk=article.pk).update(slug_it="melanoma")
        assert publish(article, "it")[0].slug == "melanoma"
