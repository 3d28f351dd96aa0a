"""To whom a slug belongs, and where the addresses of the old site lead."""

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connections
from django.utils import timezone, translation

from articles.models import Article, Edition, FormerSlug, OldAddress
from articles.publishing import verbs
from articles.publishing.redirects import (
    NoTarget,
    Step,
    Target,
    carry_out,
    owners_of,
    plan_import,
    targets_of,
)
from immunoportal.audit import Act, AuditEntry
from immunoportal.publication.models import PublicationClock
from immunoportal.spreadsheets import rows_of
from tests.factories import make_article, make_edition, make_editor, make_topic, publish

pytestmark = pytest.mark.django_db


def table(*rows: str) -> list[tuple[int, list[str]]]:
    """The cells of a table whose lines are parted by semicolons."""
    return [(number, row.split(";")) for number, row in enumerate(rows, start=1)]


class TestOwners:
    def test_are_the_last_ones_to_have_had_a_slug_in_a_language(self):
        day, now = timedelta(days=1), timezone.now()
        first, second = make_article(), make_article()
        make_edition(first, slug="x", valid_from=now - 3 * day, valid_until=now - 2 * day)
        make_edition(second, slug="x", valid_from=now - 2 * day, valid_until=now - day)
        make_edition(first, "en", slug="x", valid_from=now - day, valid_until=now)
        # Called off before it began.
        make_edition(first, slug="y", valid_from=now + day, valid_until=now + day)
        make_edition(second, slug="z", valid_from=now + day)

        owners = owners_of([("it", "x"), ("en", "x"), ("it", "y"), ("it", "z"), ("en", "z")])

        assert {place: edition.article for place, edition in owners.items()} == {
            ("it", "x"): second,
            ("en", "x"): first,
            ("it", "z"): second,
        }

    def test_may_publish_with_it_again_and_nobody_else(self):
        owner, other = make_article(slug_it="x"), make_article(slug_it="y")
        publish(owner, "it")
        Article.objects.filter(pk=owner.pk).update(slug_it="z")
        publish(owner, "it")
        Article.objects.filter(pk=other.pk).update(slug_it="x")

        with pytest.raises(verbs.Incomplete):
            publish(other, "it")

        Article.objects.filter(pk=other.pk).update(slug_it="y")
        Article.objects.filter(pk=owner.pk).update(slug_it="x")
        assert publish(owner, "it")[0].slug == "x"

    @pytest.mark.django_db(transaction=True)
    def test_are_one_where_two_publish_at_once(self, monkeypatch):
        """Both find the slug free, unless the second one has to wait for the first."""
        articles = [make_article(slug_it="a"), make_article(slug_it="b")]
        by = make_editor()
        both_looked = threading.Barrier(2)
        look = verbs.obstacles

        def look_and_wait(copy, chosen):
            # As it is stored, but with the slug of the other one.
            setattr(copy.article, "slug_it", "contested")  # noqa: B010
            found = look(copy, chosen)
            with suppress(threading.BrokenBarrierError):
                both_looked.wait(0.3)
            return found

        monkeypatch.setattr(verbs, "obstacles", look_and_wait)
        refusals = []

        def publish_it(article):
            try:
                verbs.publish(article, ["it"], by=by)
            except Exception as error:
                refusals.append(type(error))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=publish_it, args=[article]) for article in articles]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert refusals == [verbs.Incomplete]
        assert Edition.objects.filter(slug="contested").count() == 1


class TestTopic:
    def test_keeps_the_slugs_with_which_it_had_a_page(self):
        topic: Any = make_topic(slug_it="cure", slug_en="care")
        publish(make_article(topic=topic), "it")

        topic.slug_it, topic.slug_en = "terapie", "therapy"
        topic.save()
        topic.slug_it = "cure"
        topic.save()

        kept = FormerSlug.objects.values_list("topic", "language", "slug")
        assert set(kept) == {(topic.pk, "it", "cure"), (topic.pk, "it", "terapie")}

    def test_that_had_no_slug_has_none_to_keep(self):
        topic = make_topic(slug_en=None)
        publish(make_article(topic=topic), "en")

        setattr(topic, "slug_en", "care")  # noqa: B010  a column that the type checker does not know
        topic.save()

        assert not FormerSlug.objects.exists()


class TestTargets:
    def test_of_an_address_of_an_article_or_a_topic_are_these(self, settings):
        settings.SITE_URL = "https://www.example.org"
        topic: Any = make_topic(slug_it="cure", slug_en="care")
        article = make_article(slug_it="x", slug_en="x-en", topic=topic)
        publish(article, "it")
        Article.objects.update(slug_it="y")
        topic.slug_it = "terapie"
        topic.save()
        in_italian = Target(article=Article.objects.get(), language="it")

        found = targets_of(
            [
                "/it/articoli/x/",  # what it was
                "https://www.example.org/it/articoli/y",  # what it is going to be
                "www.example.org/it/articoli/y/",
                "/en/articles/x-en/",
                "/it/argomenti/cure/",
                "/en/topics/care/",
                "/it/contatti",
            ]
        )

        assert list(found.values()) == [
            in_italian,
            in_italian,
            in_italian,
            Target(article=article, language="en"),
            Target(topic=topic, language="it"),
            Target(topic=topic, language="en"),
            Target(path="/it/contatti/"),
        ]

    @pytest.mark.parametrize(
        "typed",
        [
            "https://evil.example/it/", "//evil.example/it/", "/\\evil.example",
            "javascript:alert(1)",
            "/it/articoli/manca/", "/it/argomenti/manca/", "/manca/", "/admin/", "/it/?page=2",
            "it/contatti/", "", "http://[x", "/%00", "/it//evil.example",
        ],
    )  # fmt: skip
    def test_are_refused_in_a_sentence_where_they_are_no_page_of_ours(self, typed):
        refusal = targets_of([typed])[typed]

        assert isinstance(refusal, NoTarget)
        assert str(refusal).endswith(".")


class TestImport:
    TABLE = table(
        "Vecchio;Nuovo",
        "/a.php;/it/contatti/",
        ";",
        "https://old.example/B.php?id=1;/it/articoli/x/;a note",
        "/c.php;https://evil.example/",
        "/it/articoli/x/;/it/contatti/",
        "/d.php",
        "/A.PHP/;/it/",
        "/a.php;/it/contatti/",
    )

    def test_says_what_becomes_of_each_line(self):
        make_article(slug_it="x")

        lines = plan_import(self.TABLE)

        assert [(line.number, line.step.value) for line in lines] == [
            (2, "add"), (4, "add"), (5, "refuse"), (6, "refuse"), (7, "refuse"), (8, "refuse"),
            (9, "leave"),
        ]  # fmt: skip
        assert all(line.why for line in lines if line.step is Step.REFUSE)
        assert "2" in lines[5].why
        assert not OldAddress.objects.exists()

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (";/it/contatti/", "which old address is meant"),
            ("/it/contatti/;/a.php", "here it is reversed"),
            ("/a.php;/it/contatti/?from=mail", "leave out the question mark"),
            ('/a.php;"/it/contatti/\n/b.php;/it/', "A quotation mark is not closed"),
        ],
    )
    def test_says_how_a_line_can_be_mended(self, line, said):
        with translation.override("en"):
            (found,) = plan_import(rows_of(f"Vecchio;Nuovo\n{line}\n"))

        assert (found.step, found.number) == (Step.REFUSE, 2)
        assert said in found.why

    def test_stores_what_can_be_stored_and_nothing_the_second_time(self):
        article = make_article(slug_it="x")
        OldAddress.objects.create(address="/b.php?id=1", path="/it/", uses=7)
        editor = make_editor()
        before = PublicationClock.objects.get().version

        first = carry_out(self.TABLE, by=editor)
        between = PublicationClock.objects.get().version
        second = carry_out(self.TABLE, by=editor)

        (a, b) = OldAddress.objects.order_by("key")
        assert (a.address, a.path) == ("/a.php", "/it/contatti/")
        assert (b.article, b.language, b.path, b.uses) == (article, "it", "", 7)
        assert [line.step for line in first if line.number == 4] == [Step.CHANGE]
        assert {line.step for line in second} == {Step.LEAVE, Step.REFUSE}
        assert between > before
        assert PublicationClock.objects.get().version == between
        assert LogEntry.objects.filter(user=editor).count() == 2
        (entry,) = AuditEntry.objects.filter(act=Act.SETTINGS_CHANGED)
        assert (entry.by, entry.detail) == (editor, {"rows": 2})

    def test_costs_as_much_for_many_lines_as_for_few(self, django_assert_max_num_queries):
        for number in range(4):
            publish(make_article(slug_it=f"x-{number}"), "it")
        rows = [f"/{number}.php;/it/articoli/x-{number % 4}/" for number in range(300)]

        with django_assert_max_num_queries(8):
            lines = plan_import(table(*rows))

        assert {line.step for line in lines} == {Step.ADD}
