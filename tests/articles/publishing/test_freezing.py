"""From the working copy to an edition."""

import uuid

import pytest
from django.utils import translation

from articles.models import (
    Article,
    Byline,
    Callout,
    Citation,
    Contributor,
    Edition,
    Figure,
    Image,
    OwnArticle,
    Quote,
    RichText,
    Source,
)
from articles.publishing import freezing
from articles.publishing.blocks import freeze_block
from articles.publishing.content import page_digest, text_digest
from articles.publishing.freezing import files_of, read_working_copy
from tests.factories import (
    add_block,
    add_figure,
    freeze,
    make_article,
    make_contributor,
    make_image,
    make_topic,
    marker,
    publish,
)

pytestmark = pytest.mark.django_db


def cite(article, citation, **fields) -> Source:
    source = Source.objects.create(citation=citation, **fields)
    Citation.objects.create(article=article, source=source)
    return source


class TestBlocks:
    def test_stand_in_the_order_of_the_editor_whatever_their_kind(self):
        article = make_article(text=False)
        add_block(article, Quote, ordering=40, text_it="citazione")
        add_figure(article, ordering=20)
        add_block(article, Callout, ordering=10, text_it="<p>avviso</p>")
        add_block(article, RichText, ordering=30, text_it="<p>testo</p>")

        blocks = freeze(article, "it").content["blocks"]

        assert [block["type"] for block in blocks] == ["callout", "figure", "richtext", "quote"]

    def test_at_one_position_keep_the_same_order_each_time(self):
        article = make_article(text=False)
        add_block(article, Quote, ordering=10, text_it="uno")
        add_block(article, Quote, ordering=10, text_it="due")
        add_block(article, RichText, ordering=10, text_it="<p>tre</p>")

        first, second = freeze(article, "it"), freeze(article, "it")

        assert [block.get("text") or block["html"] for block in first.content["blocks"]] == [
            "<p>tre</p>", "uno", "due",
        ]  # fmt: skip
        assert first.page_digest == second.page_digest

    def test_that_are_not_stored_yet_come_last_at_their_position(self):
        article = make_article(text=False)
        stored = [add_block(article, Quote, ordering=10) for _number in range(2)]
        first, last = Quote(ordering=10), Quote(ordering=20)

        assert freezing.in_order([last, first, *reversed(stored)]) == [*stored, first, last]

    def test_hold_the_texts_of_their_kind(self):
        article = make_article(text=False)
        image = make_image(size=(60, 30), credit_it="Foto: A", credit_en="Photo: A")
        add_figure(article, ordering=1, image=image, caption_en="Caption")
        add_block(article, Quote, ordering=2, text_en="Words", source_en="Somebody")
        add_block(
            article, Callout, ordering=3, kind="urgent", title_en="Call", text_en="<p>Now</p>"
        )

        blocks = freeze(article, "en").content["blocks"]

        assert [block.pop("key") for block in blocks] == [
            str(model.objects.get().key) for model in (Figure, Quote, Callout)
        ]
        assert blocks == [
            {
                "type": "figure",
                "image": image.digest,
                "alternative_text": "A microscope",
                "caption": "Caption",
                "credit": "Photo: A",
            },
            {"type": "quote", "text": "Words", "source": "Somebody"},
            {"type": "callout", "kind": "urgent", "title": "Call", "html": "<p>Now</p>"},
        ]

    def test_a_decorative_figure_says_nothing(self):
        article = make_article(text=False)
        add_figure(article, decorative=True, alternative_text_it="Da tacere")

        assert freeze(article, "it").content["blocks"][0]["alternative_text"] == ""

    def test_that_say_nothing_in_the_language_are_left_out(self):
        article = make_article(text=False)
        for model in (RichText, Quote, Callout):
            add_block(article, model, text_it="<p>solo italiano</p>")

        assert freeze(article, "en").content["blocks"] == []
        assert len(freeze(article, "it").content["blocks"]) == 3

    def test_of_a_kind_that_nobody_has_said_how_to_freeze_are_not_lost(self):
        with pytest.raises(TypeError, match="Byline"):
            freeze_block(Byline(), "it")  # type: ignore[arg-type]

    def test_a_call_out_with_a_title_alone_stays(self):
        article = make_article(text=False)
        add_block(article, Callout, title_it="Attenzione")

        assert freeze(article, "it").content["blocks"][0]["title"] == "Attenzione"


class TestContents:
    def test_are_the_headings_of_level_two_over_all_blocks(self):
        article = make_article(text=False)
        add_block(article, RichText, ordering=1, text_it="<h2>Uno</h2><h3>Sotto</h3>")
        add_block(article, RichText, ordering=2, text_it="<h2>Uno</h2>")

        edition = freeze(article, "it")

        assert edition.content["contents"] == [
            {"text": "Uno", "anchor": "uno"},
            {"text": "Uno", "anchor": "uno-2"},
        ]
        assert [block["html"] for block in edition.content["blocks"]] == [
            '<h2 id="uno">Uno</h2><h3 id="sotto">Sotto</h3>',
            '<h2 id="uno-2">Uno</h2>',
        ]

    def test_take_no_id_that_the_page_uses_itself(self):
        article = make_article(text=False)
        cite(article, "Hodi 2010")
        headings = ("Publisher heading", "R1", "R2", "R0")
        add_block(article, RichText, text_en="".join(f"<h2>{text}</h2>" for text in headings))

        contents = freeze(article, "en").content["contents"]

        assert [heading["anchor"] for heading in contents] == [
            "publisher-heading-2", "r1-2", "r2", "r0",
        ]  # fmt: skip

    def test_leave_the_working_copy_without_ids(self):
        article = make_article(text=False)
        block = add_block(article, RichText, text_it="<h2>Uno</h2>")

        freeze(article, "it")

        block.refresh_from_db()
        assert block.text_it == "<h2>Uno</h2>"


class TestLanguages:
    def test_are_kept_apart_and_none_stands_in_for_the_other(self):
        article = make_article(english=False, hero_line_it="Riga", description_it="Descrizione")
        add_figure(article, alternative_text_en="", caption_it="Didascalia")

        edition = freeze(article, "en")

        assert (edition.title, edition.slug, edition.hero_line) == ("", "", "")
        assert (edition.lead, edition.description, edition.plain_text.strip()) == ("", "", "")
        assert [block["type"] for block in edition.content["blocks"]] == ["figure"]
        assert edition.content["blocks"][0]["alternative_text"] == ""
        assert edition.content["blocks"][0]["caption"] == ""

    @pytest.mark.parametrize(("language", "title"), [("it", "Titolo"), ("en", "Title")])
    def test_do_not_depend_on_the_language_of_the_editor(self, language, title):
        article = make_article(title_it="Titolo", title_en="Title")
        for active in ("it", "en"):
            with translation.override(active):
                edition = freeze(article, language)

            assert edition.title == title
            assert edition.language == language

    def test_the_lead_describes_the_page_unless_something_else_does(self):
        article = make_article(lead_it="Lead", lead_en="Lead", description_en="Description")

        assert freeze(article, "it").description == "Lead"
        assert freeze(article, "en").description == "Description"


class TestAudience:
    @pytest.mark.parametrize("audience", ["public", "professional"])
    def test_is_frozen_in_every_language(self, audience):
        article = make_article(audience=audience)

        assert freeze(article, "it").audience == freeze(article, "en").audience == audience


class TestBylines:
    def test_are_frozen_in_order_with_role_and_qualification(self):
        article = make_article(author=False)
        for ordering, (role, name) in enumerate([("reviewer", "Prima"), ("author", "Seconda")]):
            Byline.objects.create(
                article=article,
                role=role,
                ordering=ordering,
                contributor=make_contributor(name_it=name, qualification_it="oncologa"),
            )

        lines = freeze(article, "it").content["bylines"]

        assert [line.pop("key") for line in lines] == [
            str(line.contributor.key) for line in article.bylines.all()
        ]
        assert lines == [
            {"role": "reviewer", "name": "Prima", "qualification": "oncologa"},
            {"role": "author", "name": "Seconda", "qualification": "oncologa"},
        ]

    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            ({"name_it": "Anna", "name_en": ""}, {"it": "Anna", "en": "Anna"}),
            ({"name_it": "", "name_en": "Ann"}, {"it": "Ann", "en": "Ann"}),
            ({"name_it": "Redazione", "name_en": "Board"}, {"it": "Redazione", "en": "Board"}),
        ],
    )
    def test_a_name_may_come_from_the_other_language_and_a_qualification_may_not(
        self, names, expected
    ):
        article = make_article(author=False)
        contributor = make_contributor(**names, qualification_it="oncologa")
        Byline.objects.create(article=article, contributor=contributor)

        for language, name in expected.items():
            line = freeze(article, language).content["bylines"][0]
            assert line["name"] == name
            assert line["qualification"] == ("oncologa" if language == "it" else "")


class TestSources:
    def test_are_frozen_with_their_links(self):
        article = make_article()
        first = cite(article, "Hodi 2010", doi="10.1056/NEJMoa1003466", pmid="20525992")
        second = cite(article, "Sito", url="https://example.org/")

        assert freeze(article, "it").content["sources"] == [
            {
                "key": str(first.key),
                "citation": "Hodi 2010",
                "links": [
                    {
                        "label": "doi:10.1056/nejmoa1003466",
                        "url": "https://doi.org/10.1056/nejmoa1003466",
                    },
                    {
                        "label": "PubMed 20525992",
                        "url": "https://pubmed.ncbi.nlm.nih.gov/20525992/",
                    },
                ],
            },
            {
                "key": str(second.key),
                "citation": "Sito",
                "links": [{"label": "https://example.org/", "url": "https://example.org/"}],
            },
        ]


class TestImages:
    def test_the_first_figure_gives_the_picture_of_lists(self):
        article = make_article()
        second, first = add_figure(article, ordering=30), add_figure(article, ordering=20)

        copy = read_working_copy(article)

        assert freezing.freeze(copy, "it").image == first.image
        assert files_of(copy, "it") == [first.image, second.image]

    def test_without_figures_there_is_none(self):
        assert freeze(make_article(), "it").image is None


def change(model, **fields):
    """A step of a test that changes rows of the working copy."""

    def step(article):
        rows = model.objects.filter(pk=article.pk) if model is Article else model.objects.all()
        assert rows.update(**fields)

    return step


def turned_round(data):
    """The same data, with the keys of every object in the opposite order."""
    match data:
        case dict():
            return {key: turned_round(data[key]) for key in reversed(data)}
        case list():
            return [turned_round(each) for each in data]
    return data


class TestDigest:
    def prepared(self) -> Article:
        article = make_article(topic=make_topic())
        add_figure(article, ordering=20, caption_it="Didascalia")
        add_block(article, Quote, ordering=30, text_it="Parole", source_it="Qualcuno")
        add_block(article, Callout, ordering=40, title_it="Nota", text_it="<p>Nota</p>")
        cite(article, "Hodi 2010")
        return article

    def test_is_the_same_as_long_as_nothing_changes(self):
        article = self.prepared()

        assert freeze(article, "it").page_digest == freeze(article, "it").page_digest

    @pytest.mark.parametrize(
        "step",
        [
            change(Article, title_it="Altro"),
            change(Article, slug_it="altro"),
            change(Article, hero_line_it="Altro"),
            change(Article, lead_it="Altro"),
            change(Article, description_it="Altro"),
            change(Article, topic=None),
            lambda _article: Article.objects.update(topic=make_topic()),
            change(Article, audience="professional"),
            change(RichText, text_it="<p>Altro.</p>"),
            change(RichText, ordering=35),
            change(Figure, alternative_text_it="Altro"),
            change(Figure, decorative=True),
            change(Figure, caption_it="Altro"),
            change(Quote, text_it="Altro"),
            change(Quote, source_it="Altro"),
            change(Callout, kind="urgent"),
            change(Callout, title_it="Altro"),
            change(Callout, text_it="<p>Altro</p>"),
            change(Byline, role="reviewer"),
            change(Source, citation="Altro"),
            change(Source, doi="10.1056/altro"),
            lambda _article: Figure.objects.update(image=make_image()),
            change(Image, credit_it="Altro"),
            change(Contributor, name_it="Altra"),
            change(Contributor, qualification_it="Altro"),
            lambda _article: Quote.objects.all().delete(),
            lambda article: add_block(article, Quote, ordering=99, text_it="Altro"),
        ],
    )
    def test_changes_with_whatever_a_reader_sees(self, step):
        article = self.prepared()
        before = freeze(article, "it").page_digest

        step(article)

        assert freeze(Article.objects.get(pk=article.pk), "it").page_digest != before

    @pytest.mark.parametrize(
        "step",
        [
            change(Article, title_en="Other", slug_en="other", lead_en="Other"),
            change(Article, version=7),
            change(RichText, text_en="<p>Other.</p>"),
            change(Figure, alternative_text_en="Other", caption_en="Other"),
            change(RichText, ordering=15),
            lambda article: add_block(article, Quote, ordering=99, text_en="Other"),
            lambda article: add_block(article, RichText, ordering=99, text_it="<p> </p>"),
            lambda _article: RichText.objects.get().save(),
        ],
    )
    def test_does_not_change_with_anything_else(self, step):
        article = self.prepared()
        before = freeze(article, "it").page_digest

        step(article)

        assert freeze(Article.objects.get(pk=article.pk), "it").page_digest == before

    def test_tells_languages_apart_that_say_the_same(self):
        article = make_article(title_it="Melanoma", title_en="Melanoma", slug_it="m", slug_en="m")
        Article.objects.update(lead_it="x", lead_en="x")
        RichText.objects.update(text_it="<p>x</p>", text_en="<p>x</p>")
        article.refresh_from_db()

        assert freeze(article, "it").page_digest != freeze(article, "en").page_digest

    @pytest.mark.parametrize("audience", ["public", "professional"])
    def test_is_the_same_when_computed_from_the_stored_edition(self, audience):
        article = self.prepared()
        article.audience = audience
        article.save()
        publish(article, "it")

        edition = Edition.objects.get()

        assert page_digest(edition) == edition.page_digest
        assert text_digest(edition) == edition.text_digest

    @pytest.mark.parametrize(
        "step",
        [
            change(Article, hero_line_it="Altro"),
            change(Article, slug_it="altro"),
            change(Article, description_it="Altro"),
            change(Article, topic=None),
            change(Article, audience="professional"),
            change(Contributor, name_it="Altra"),
            change(Contributor, qualification_it="Altro"),
            change(Byline, role="reviewer"),
            change(Image, credit_it="Altro"),
            change(Source, doi="10.1056/altro"),
        ],
    )
    def test_of_the_text_is_about_what_a_medical_reviewer_reads(self, step):
        article = self.prepared()
        before = freeze(article, "it").text_digest

        step(article)

        assert freeze(Article.objects.get(pk=article.pk), "it").text_digest == before

    @pytest.mark.parametrize(
        "step",
        [
            change(Article, title_it="Altro"),
            change(Article, lead_it="Altro"),
            change(RichText, text_it="<p>Altro.</p>"),
            change(Figure, alternative_text_it="Altro"),
            change(Figure, caption_it="Altro"),
            lambda _article: Figure.objects.update(image=make_image()),
            change(Callout, kind="urgent"),
            change(Source, citation="Altro"),
        ],
    )
    def test_of_the_text_changes_with_it(self, step):
        article = self.prepared()
        before = freeze(article, "it").text_digest

        step(article)

        assert freeze(Article.objects.get(pk=article.pk), "it").text_digest != before

    def test_is_the_same_in_whichever_order_the_database_gives_back_the_keys(self):
        article = self.prepared()
        edition = freeze(article, "it")
        before = text_digest(edition), page_digest(edition)

        # PostgreSQL sorts them by length.
        edition.content = turned_round(edition.content)

        assert (text_digest(edition), page_digest(edition)) == before

    def test_is_the_same_for_a_contributor_who_was_entered_again(self):
        article = self.prepared()
        before = freeze(article, "it").page_digest

        Byline.objects.update(contributor=make_contributor())

        assert freeze(article, "it").page_digest == before

    def test_is_the_same_for_a_block_that_was_typed_again(self):
        article = self.prepared()
        before = freeze(article, "it").page_digest
        again = Quote.objects.get()

        again.delete()
        again.pk, again.key = None, uuid.uuid4()
        again.save()

        assert freeze(article, "it").page_digest == before

    def test_is_the_same_for_a_source_that_was_entered_again(self):
        article = self.prepared()
        for number in range(2):
            source = cite(article, f"Fonte {number}")
            text = f"<p>Così.{marker(source)}</p>"
            add_block(article, RichText, ordering=50 + number, text_it=text)
        before = freeze(article, "it")

        again = Source.objects.get(pk=source.pk)
        again.key = uuid.uuid4()
        again.save()
        RichText.objects.filter(ordering=51).update(text_it=f"<p>Così.{marker(again)}</p>")

        after = freeze(article, "it")
        assert after.content != before.content
        assert after.text_digest == before.text_digest
        assert after.page_digest == before.page_digest

    def test_of_the_text_binds_which_source_stands_where(self):
        article = self.prepared()
        one, other = cite(article, "Una fonte"), cite(article, "Un’altra")
        add_block(article, RichText, ordering=50, text_it=f"<p>Così.{marker(one)}</p>")
        before = freeze(article, "it").text_digest

        RichText.objects.filter(ordering=50).update(text_it=f"<p>Così.{marker(other)}</p>")

        assert freeze(article, "it").text_digest != before

    def test_of_the_page_alone_binds_which_other_article_it_leads_to(self):
        article, one, other = self.prepared(), make_article(), make_article()
        add_block(article, OwnArticle, ordering=50, article=one)
        before = freeze(article, "it")

        OwnArticle.objects.update(article=other)

        after = freeze(article, "it")
        assert after.text_digest == before.text_digest
        assert after.page_digest != before.page_digest

    def test_of_the_page_alone_binds_what_an_own_link_leads_to(self):
        edition = freeze(self.prepared(), "it")

        def digests(html: str) -> tuple[str, str]:
            edition.content["blocks"][0]["html"] = html
            return text_digest(edition), page_digest(edition)

        link = '<p>Si <a data-article="{}">legga</a> data-article="x".</p>'
        one, other, none = (
            digests(html) for html in (link.format("a"), link.format("b"), "<p>Si legga.</p>")
        )

        assert one[0] == other[0] != none[0]
        assert one[1] != other[1]
        file = '<p>Si <a data-file="{}">legga</a>.</p>'
        assert digests(file.format("a" * 64))[0] != digests(file.format("b" * 64))[0]


class TestPlainText:
    def test_holds_all_that_is_read_in_order(self):
        article = make_article(text=False, title_it="Titolo", lead_it="Lead.")
        add_block(article, RichText, ordering=1, text_it="<h2>Sezione</h2><p>H<sub>2</sub>O</p>")
        add_figure(article, ordering=2, caption_it="Didascalia")
        add_block(article, Quote, ordering=3, text_it="Parole", source_it="Qualcuno")
        add_block(article, Callout, ordering=4, title_it="Nota", text_it="<p>Avviso</p>")

        edition = freeze(article, "it")

        assert edition.plain_text.split("\n") == [
            "Titolo", "Lead.", "Sezione", "H₂O", "Didascalia", "Parole", "Qualcuno", "Nota",
            "Avviso",
        ]  # fmt: skip
        assert edition.words == 9


class TestQueries:
    def test_do_not_grow_with_the_number_of_blocks(self, django_assert_num_queries):
        article = make_article()
        for ordering in range(20, 25):
            add_figure(article, ordering=ordering)
            add_block(article, Quote, ordering=ordering, text_it="x")
            cite(article, "Hodi 2010")

        with django_assert_num_queries(4):  # blocks, their pictures, bylines, citations
            copy = read_working_copy(article)
        with django_assert_num_queries(0):
            freezing.freeze(copy, "it")
