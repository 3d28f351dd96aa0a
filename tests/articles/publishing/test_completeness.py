"""What has to be there before readers get an article."""

from dataclasses import replace

import pytest
from django.utils import translation

from articles.models import Article, Byline, Callout, Contributor, Quote, RichText
from articles.publishing import completeness
from articles.publishing.freezing import read_working_copy
from tests.factories import (
    add_block,
    add_figure,
    fields_of,
    make_article,
    make_contributor,
    missing,
    obstacles,
    publish,
)

pytestmark = pytest.mark.django_db


class TestMissing:
    def test_a_complete_article_misses_nothing(self):
        article = make_article()

        assert missing(article, "it") == []
        assert missing(article, "en") == []

    def test_of_blocks_that_are_not_stored_yet(self):
        article = make_article()
        copy = read_working_copy(article)
        new = [Quote(parent=article, text_it="Uno."), Quote(parent=article, text_it="Due.")]
        copy = replace(copy, blocks=[*copy.blocks, *new])

        assert [item.block for item in completeness.obstacles(copy, ["en", "it"])] == new

    @pytest.mark.parametrize("language", ["it", "en"])
    @pytest.mark.parametrize("field", ["title", "slug", "lead"])
    @pytest.mark.parametrize("nothing", ["", None])
    def test_points_at_the_field_of_the_language(self, language, field, nothing):
        if (field, nothing) == ("slug", ""):
            nothing = None  # what the form stores for an empty address
        article = make_article(**{f"{field}_{language}": nothing})
        other = "en" if language == "it" else "it"

        problems = missing(article, language)

        assert fields_of(problems) == [f"{field}_{language}"]
        assert problems[0].message
        assert problems[0].block is None
        assert missing(article, other) == []

    def test_an_article_in_one_language_misses_all_in_the_other(self):
        article = make_article(english=False)

        assert fields_of(missing(article, "en")) == [
            "title_en", "slug_en", "lead_en", "text_en",
        ]  # fmt: skip

    def test_points_at_the_first_block_where_the_text_would_go(self):
        article = make_article(english=False)
        block = RichText.objects.get()

        problem = missing(article, "en")[-1]

        assert (problem.field, problem.block) == ("text_en", block)

    def test_an_article_without_any_block_misses_its_text(self):
        problems = missing(make_article(text=False), "it")

        assert [(item.field, item.block) for item in problems] == [("text_it", None)]

    def test_a_call_out_is_no_text(self):
        article = make_article(text=False)
        add_block(article, Callout, text_it="<p>x</p>", text_en="<p>x</p>")

        assert fields_of(missing(article, "it")) == ["text_it"]

    def test_points_at_each_figure_without_alternative_text(self):
        article = make_article()
        first = add_figure(article, ordering=20, alternative_text_en="")
        add_figure(article, ordering=30)
        third = add_figure(article, ordering=40, alternative_text_en=None)

        problems = missing(article, "en")

        assert [(item.field, item.block) for item in problems] == [
            ("alternative_text_en", first),
            ("alternative_text_en", third),
        ]
        assert "2" in problems[0].message
        assert "4" in problems[1].message
        assert missing(article, "it") == []

    def test_a_decorative_figure_needs_no_alternative_text(self):
        article = make_article()
        add_figure(article, decorative=True, alternative_text_it="", alternative_text_en="")

        assert missing(article, "it") == []

    @pytest.mark.parametrize("model", [RichText, Quote, Callout])
    def test_a_block_that_speaks_in_the_other_language_only_is_missing(self, model):
        article = make_article()
        block = add_block(article, model, text_it="<p>Attenzione</p>")

        assert missing(article, "it") == []
        assert [(item.field, item.block) for item in missing(article, "en")] == [("text_en", block)]

    def test_a_call_out_misses_its_title_too(self):
        article = make_article()
        block = add_block(
            article, Callout, title_it="Chiami", text_it="<p>x</p>", text_en="<p>x</p>"
        )

        (problem,) = missing(article, "en")

        assert (problem.field, problem.block) == ("title_en", block)
        assert problem.message == "Riquadro, blocco 2: manca il titolo in inglese."

    def test_a_block_that_says_nothing_anywhere_is_not_missing(self):
        article = make_article()
        for model in (RichText, Quote, Callout):
            add_block(article, model)

        assert missing(article, "it") == []

    def test_points_at_the_bylines_when_nobody_is_named(self):
        assert fields_of(missing(make_article(author=False), "it")) == ["bylines"]

    def test_a_reviewer_is_no_author(self):
        article = make_article(author=False)
        Byline.objects.create(article=article, contributor=make_contributor(), role="reviewer")

        assert fields_of(missing(article, "it")) == ["bylines"]

    def test_an_author_without_any_name_is_nobody(self):
        article = make_article()
        Contributor.objects.update(name_it="", name_en="")

        assert fields_of(missing(article, "it")) == ["bylines"]

    def test_an_author_with_a_name_in_one_language_is_named_in_both(self):
        article = make_article()
        Contributor.objects.update(name_it="", name_en="Ann")

        assert missing(article, "it") == []

    def test_points_at_an_address_that_a_live_page_of_another_article_has(self):
        holder = make_article(slug_it="melanoma", title_it="Il melanoma")
        publish(holder, "it")
        Article.objects.filter(pk=holder.pk).update(slug_it="altro")
        article = make_article(slug_it="melanoma", slug_en="melanoma")

        problems = missing(article, "it")

        assert fields_of(problems) == ["slug_it"]
        assert "melanoma" in problems[0].message
        assert "Il melanoma" in problems[0].message
        assert missing(article, "en") == []

    def test_an_article_may_keep_its_own_address(self):
        article = make_article()
        publish(article)

        assert missing(article, "it") == []

    def test_speaks_in_the_order_of_the_page(self):
        article = make_article(title_it="", lead_it="", author=False)
        add_figure(article, alternative_text_it="")

        assert fields_of(missing(article, "it")) == [
            "title_it", "lead_it", "alternative_text_it", "bylines",
        ]  # fmt: skip


class TestMessages:
    def of(self, article: Article, *languages: str) -> list[str]:
        """The messages in Italian; each is another sentence in English."""
        with translation.override("en"):
            english = [item.message for item in obstacles(article, [*languages])]
        italian = [item.message for item in obstacles(article, [*languages])]
        for here, there in zip(italian, english, strict=True):
            assert here.replace("in italiano", "in Italian") != there
        return italian

    def test_name_the_language_and_the_place(self):
        article = make_article(italian=False, author=False)
        add_figure(article, ordering=20, alternative_text_it="")
        add_block(article, Callout, ordering=30, text_en="<p>x</p>")

        *head, figure, callout, author = self.of(article, "it")

        assert len(head) == 4  # title, slug, lead, text
        assert len({*head, author}) == 5
        assert all(" in italiano" in message for message in [*head, figure, callout])
        assert figure.startswith("Figura, blocco 2: ")
        assert callout.startswith("Riquadro, blocco 3: ")
        assert ["testo alternativo" in message for message in (figure, callout)] == [True, False]

    def test_name_the_article_that_has_the_slug(self):
        publish(make_article(slug_it="melanoma", title_it="Il melanoma"), "it")
        Article.objects.update(slug_it="altro", title_it="La pelle")

        (message,) = self.of(make_article(slug_it="melanoma"), "it")

        assert "«melanoma»" in message
        assert "«La pelle»" in message

    @pytest.mark.parametrize(
        ("audience", "other"), [("public", "professional"), ("professional", "public")]
    )
    def test_name_the_page_that_is_for_other_readers(self, audience, other):
        article = make_article(audience=audience)
        publish(article, "it")
        article.audience = other

        (message,) = self.of(article, "en")

        assert " in italiano " in message


class TestObstacles:
    def test_are_what_each_language_misses_and_once_what_both_do(self):
        article = make_article(title_it="", lead_en="", author=False)

        assert fields_of(obstacles(article, ["it", "en"])) == [
            "title_it", "bylines", "lead_en",
        ]  # fmt: skip
        assert fields_of(obstacles(article, ["en"])) == ["lead_en", "bylines"]

    def test_are_the_taken_slugs_of_every_language(self):
        for language in ("it", "en"):
            publish(make_article(**{f"slug_{language}": f"melanoma-{language}"}), language)
        Article.objects.update(slug_it=None, slug_en=None)
        article = make_article(slug_it="melanoma-it", slug_en="melanoma-en")

        problems = obstacles(article, ["it", "en"])

        assert sorted(fields_of(problems)) == ["slug_en", "slug_it"]

    def test_of_no_language_are_none(self):
        assert obstacles(make_article(title_it="", title_en=""), []) == []
