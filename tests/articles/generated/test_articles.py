"""Generated articles: each is what the verbs would have made of it."""

import io
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone

from articles.generated import articles as generated
from articles.generated import pictures, shared
from articles.generated.articles import Kind, shares
from articles.images.markup import pictures_of
from articles.models import (
    Article,
    Edition,
    Event,
    Hold,
    LanguageVersion,
    Rendition,
    RichText,
    Severity,
)
from articles.models.editions import EditionImage
from articles.publishing.completeness import obstacles
from articles.publishing.freezing import freeze, read_working_copy
from articles.publishing.holds import end_what_is_settled
from articles.publishing.staleness import count_behind, stale_columns, standing_of
from articles.publishing.states import State, in_state
from articles.publishing.verbs import repeat_editions
from immunoportal.audit import AuditEntry
from immunoportal.languages import text_in
from immunoportal.publication.models import PublicationClock
from tests.factories import logged_in, make_article, make_editor
from tests.pages import page_of

pytestmark = pytest.mark.django_db

COUNT = 24


@pytest.fixture(scope="module", autouse=True)
def _few_pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "NUMBER", 2)
        patch.setattr(pictures, "SIZE", (80, 50))
        yield


def generate(count: int, **choices):
    """Yields after each batch; see ``generated.generate``."""
    by = make_editor()
    return generated.generate(count, rows=shared.prepare(by), by=by, **({"seed": 1} | choices))


def add(count: int, **choices) -> int:
    """Generate articles; how many of all kinds."""
    return list(generate(count, **choices))[-1]


def facts() -> set[tuple]:
    """What must be the same again."""
    versions = LanguageVersion.objects.values_list("article__key", "page_digest", "text_digest")
    return set(versions) | set(Edition.objects.values_list("slug", "plain_text", "page_digest"))


def slug_of_first(but: Article) -> str:
    return text_in(Article.objects.exclude(pk=but.pk).earliest("pk"), "slug", "it")


class TestArticles:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def site(cls, shared_rows):  # noqa: ARG003
        return add(COUNT)

    def test_are_of_each_kind(self, site):
        expected = shares(COUNT)

        in_italian = {state: set(in_state(Article.objects.all(), "it", state)) for state in State}
        in_english = {state: set(in_state(Article.objects.all(), "en", state)) for state in State}
        reserved = set(Article.objects.filter(audience="professional"))
        both_live = in_italian[State.LIVE] & in_english[State.LIVE] - reserved
        assert site == Article.objects.count() == sum(expected.values())
        behind = expected[Kind.BEHIND] + expected[Kind.HELD]
        assert len(both_live) == COUNT + behind
        assert len(in_italian[State.NEVER] & in_english[State.NEVER]) == expected[Kind.DRAFT]
        assert len(in_italian[State.LIVE] ^ in_english[State.LIVE]) == expected[Kind.ONE_LANGUAGE]
        assert len(in_italian[State.SCHEDULED]) == expected[Kind.SCHEDULED]
        assert len(in_english[State.WITHDRAWN]) == expected[Kind.WITHDRAWN]
        assert len(reserved) == expected[Kind.RESERVED]
        changed = expected[Kind.CHANGED] + expected[Kind.RESCHEDULED]
        assert len(in_italian[State.CHANGED]) == changed
        assert set(Edition.objects.values_list("number", flat=True)) >= {1, 2, 3}

    def test_are_frozen_as_freezing_does(self):
        for article in Article.objects.all():
            copy = read_working_copy(article)
            for version in article.language_versions.all():
                now = freeze(copy, version.language)
                same = article.editions.filter(
                    language=version.language, page_digest=now.page_digest
                ).first()
                assert version.text_digest == now.text_digest
                assert version.page_digest == now.page_digest
                assert same is None or same.content == now.content
                assert same is None or same.plain_text == now.plain_text

    def test_are_repeated_by_their_language_versions(self):
        versions = LanguageVersion.objects.order_by("pk")
        before = list(versions.values())

        repeat_editions(Article.objects.values_list("pk", flat=True))

        assert list(versions.values()) == before

    def test_are_behind_as_the_verbs_would_have_them(self):
        held = Hold.objects.standing().get()
        assert held.began_by

        assert count_behind("it") + count_behind("en") == 2
        assert held.language == LanguageVersion.objects.get(stale_severity=Severity.SAFETY).language
        for article in Article.objects.filter(language_versions__stale_since__isnull=False):
            versions = {
                version.language: {
                    "stale_since": version.stale_since,
                    "stale_severity": version.stale_severity,
                }
                for version in article.language_versions.all()
            }
            standing = standing_of(article)
            assert stale_columns(standing) == versions
            assert end_what_is_settled(article, standing, by=held.began_by) == []

    def test_could_have_been_published(self):
        for article in Article.objects.exclude(editions=None):
            spoken = set(article.editions.values_list("language", flat=True))
            assert obstacles(read_working_copy(article), spoken) == []

    def test_have_clean_texts_of_realistic_length(self):
        clean = RichText._meta.get_field("text").sanitize

        for block in RichText.objects.all():
            for text in filter(None, (block.text_it, block.text_en)):
                assert clean(str(text)) == text
        lengths = [edition.words for edition in Edition.objects.all()]
        assert min(lengths) >= 400
        assert max(lengths) <= 1400
        for edition in Edition.objects.all():
            assert 2 <= len(edition.content["contents"]) <= 8
            assert 3 <= len(edition.content["sources"]) <= 12
            assert "{" not in edition.plain_text

    def test_answer_as_others_do(self, client):
        for edition in Edition.objects.in_language("en").select_related("article"):
            with_others = edition.article.editions.in_language(edition.language)
            response = client.get(edition.get_absolute_url())
            if not with_others.live().exists():
                assert response.status_code == 404
            elif edition.is_public:
                assert response.status_code == 200
                assert edition.title in page_of(response).one("h1").text
            else:
                assert response.status_code == 302

    def test_have_a_true_history(self, client):
        article = Article.objects.annotate(each=Count("editions")).filter(each=6).first()
        assert article

        page = logged_in(client, make_editor()).get(
            reverse("admin:articles_article_history", args=[article.pk])
        )

        for number in (1, 2, 3):
            assert f"Published edition no. {number} in Italian." in page.text
        assert "Changed: text." in page.text
        events = Event.objects.filter(verb=Event.Verb.PUBLISHED)
        assert Edition.objects.exclude(events__in=events).count() == 0
        assert article.version == 3

    def test_have_whole_pictures(self):
        shown = {
            (edition.pk, figure["image"])
            for edition in Edition.objects.all()
            for figure in edition.content["blocks"]
            if figure["type"] == "figure"
        }

        assert not Rendition.objects.filter(made_at=None).exists()
        assert set(pictures_of(image for _edition, image in shown)) == {i for _e, i in shown}
        rows = EditionImage.objects.values_list("edition", "image__digest")
        assert set(rows) == shown

    def test_are_guarded(self):
        with (
            pytest.raises(DatabaseError, match="guarded"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE articles_edition SET title = 'Another'")

    def test_stand_in_the_audit_log_as_long_as_entries_are_kept(self):
        entry = AuditEntry.objects.filter(act="published").latest("pk")

        edition = Edition.objects.get(pk=entry.number)
        assert entry.detail == {"language": edition.language, "edition": edition.number}
        assert entry.at <= timezone.now()

    def test_follow_one_another_without_a_gap(self):
        for edition in Edition.objects.filter(number__gt=1):
            earlier = Edition.objects.get(
                article=edition.article_id, language=edition.language, number=edition.number - 1
            )
            assert earlier.valid_until == edition.valid_from
            assert earlier.first_published_at == edition.first_published_at
        assert not Edition.objects.filter(valid_until__lt=F("valid_from")).exists()


class TestRuns:
    def test_the_same_seed_gives_the_same(self):
        found = []
        for seed in (1, 1, 2):
            with suppress(RuntimeError), transaction.atomic():
                add(3, seed=seed)
                found.append(facts())
                raise RuntimeError

        assert found[0] == found[1]
        assert found[0].isdisjoint(found[2])

    def test_of_many_editions_each_published_page_has_as_many(self):
        add(2, editions=4)

        published = LanguageVersion.objects.exclude(
            article__in=in_state(Article.objects.all(), "it", State.SCHEDULED)
        )
        assert set(published.values_list("last_number", flat=True)) == {None, 4, 5}

    def test_a_second_one_adds_as_many(self):
        first = add(2)

        add(2)

        assert Article.objects.count() == 2 * first
        assert Rendition.objects.values("image").distinct().count() == 2

    def test_slugs_of_others_stay_theirs(self):
        holder = make_article()
        with suppress(RuntimeError), transaction.atomic():
            add(1)
            slug = slug_of_first(but=holder)
            raise RuntimeError
        Article.objects.update(slug_it=slug)

        add(1)

        assert slug_of_first(but=holder) == f"{slug}-2"

    def test_one_that_fails_leaves_whole_batches(self, monkeypatch):
        monkeypatch.setattr(generated, "BATCH", 4)
        run = generate(4)
        before = PublicationClock.objects.get().version
        assert next(run) == 4
        after_one = PublicationClock.objects.get().version
        monkeypatch.setattr(AuditEntry.objects, "bulk_create", _fail)

        with pytest.raises(KeyboardInterrupt):
            next(run)

        assert after_one == before + 1
        assert PublicationClock.objects.get().version == after_one
        assert Article.objects.count() == 4
        assert LanguageVersion.objects.count() == 8


def _fail(*_arguments):
    raise KeyboardInterrupt


class TestCommand:
    @pytest.mark.parametrize("count", ["0", "-3", "many", "1.5", "²"])
    def test_refuses_what_is_no_number_of_articles(self, count):
        with pytest.raises(CommandError, match="is no number"):
            call_command("generate_articles", "--", count)

    def test_needs_an_administrator(self):
        with pytest.raises(CommandError, match="no administrator"):
            call_command("generate_articles", 1)

    def test_says_how_far_it_is(self, monkeypatch):
        monkeypatch.setattr("articles.management.commands.generate_articles.SECONDS", 0)
        make_editor()
        out = io.StringIO()

        call_command("generate_articles", 1, stdout=out)

        total = sum(shares(1).values())
        assert f"{total} of {total}, " in out.getvalue()
        assert "0 s left" in out.getvalue()
        assert f"{total} articles are stored." in out.getvalue()

    def test_says_what_an_interruption_leaves(self, monkeypatch):
        make_editor()
        monkeypatch.setattr(AuditEntry.objects, "bulk_create", _fail)

        with pytest.raises(CommandError, match="Interrupted: 0 of 10 articles are stored"):
            call_command("generate_articles", 1, stdout=io.StringIO())

        assert not Article.objects.exists()
