"""What each kind of block gives to an edition, and what it can lack."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from articles.files import withdrawal
from articles.models import (
    Attachment,
    Callout,
    CareCard,
    KeyPoints,
    LanguageVersion,
    OwnArticle,
    Question,
    RichText,
    Table,
    TimelineEntry,
)
from articles.publishing.content import read
from articles.reading.pages import article_page
from tests.articles.text.test_tables import table
from tests.factories import (
    add_block,
    add_figure,
    fields_of,
    freeze,
    make_article,
    make_document,
    make_editor,
    missing,
    obstacles,
    publish,
)

pytestmark = pytest.mark.django_db

ROWS = table("<tr><td><p>Giorno</p></td></tr>", "<tr><td><p>1</p></td></tr>")


def frozen_of(article, language="it") -> list[dict]:
    """What an edition would hold of an article's blocks, but for its text and their keys."""
    blocks = freeze(article, language).content["blocks"]
    return [
        {name: value for name, value in block.items() if name != "key"}
        for block in blocks
        if block["type"] != "richtext"
    ]


class TestFreezing:
    def test_of_the_newer_kinds(self):
        article, other = make_article(), make_article()
        add_block(article, Question, ordering=20, question_it="Fa male?", answer_it="<p>No.</p>")
        add_block(article, TimelineEntry, ordering=30, when_it="Oggi", title_it="Esami")
        add_block(article, CareCard, ordering=40, urgency="emergency", title_it="Chiami il 112:")
        add_block(article, Table, ordering=50, caption_it="Quando", text_it=ROWS)
        add_block(article, OwnArticle, ordering=60, article=other)
        add_block(article, KeyPoints, ordering=70, points_it="- Uno.\n- Due.\n- Tre.")

        edition = freeze(article, "it")

        assert frozen_of(article) == [
            {"type": "keypoints", "points": ["Uno.", "Due.", "Tre."]},
            {"type": "question", "title": "Fa male?", "html": "<p>No.</p>"},
            {"type": "timelineentry", "when": "Oggi", "title": "Esami", "html": ""},
            {"type": "carecard", "urgency": "emergency", "title": "Chiami il 112:", "html": ""},
            {
                "type": "table",
                "caption": "Quando",
                "html": '<thead><tr><th scope="col">Giorno</th></tr></thead>'
                '<tbody><tr><th scope="row">1</th></tr></tbody>',
            },
            {"type": "ownarticle", "article": str(other.key)},
        ]
        assert edition.plain_text.split("\n", 2)[2].split("\n") == [
            "Uno.", "Due.", "Tre.", "Un testo.", "Fa male?", "No.", "Oggi", "Esami",
            "Chiami il 112:", "Quando", "Giorno", "1",
        ]  # fmt: skip
        assert frozen_of(article, "en") == [{"type": "ownarticle", "article": str(other.key)}]

    def test_of_a_file_is_what_the_page_tells_of_it(self):
        article = make_article()
        document = make_document(title="Opuscolo", pages=4)
        add_block(article, Attachment, document_it=document)

        assert frozen_of(article) == [
            {
                "type": "attachment",
                "document": document.digest,
                "title": "Opuscolo",
                "language": "it",
                "bytes": document.bytes,
                "pages": 4,
            }
        ]
        assert frozen_of(article, "en") == []
        assert "Opuscolo" in freeze(article, "it").plain_text

    def test_leaves_out_an_article_that_nobody_has_chosen(self):
        article = make_article()
        add_block(article, OwnArticle)

        assert frozen_of(article) == []

    def test_another_place_of_the_key_points_is_no_change(self):
        article = make_article()
        block = add_block(article, KeyPoints, points_it="Uno\nDue\nTre")
        before = freeze(article, "it").page_digest

        type(block).objects.update(ordering=5)

        assert freeze(article, "it").page_digest == before


class TestOnlyInOneLanguage:
    def test_the_other_page_does_without_it(self):
        article = make_article()
        add_block(article, RichText, text_it="<h2>Solo</h2><p>qui</p>", only_in="it")
        add_figure(article, ordering=30, only_in="it", alternative_text_en="")
        link = '<p><a href="#solo">x</a> <a href="#niente">y</a></p>'
        add_block(article, Callout, ordering=40, only_in="it", text_it="<p>x</p>", text_en=link)

        assert missing(article, "en") == []
        assert len(frozen_of(article, "it")) == 2
        assert frozen_of(article, "en") == []
        assert freeze(article, "en").image is None
        assert publish(article, "it", "en")
        images = {row.language: row.images.count() for row in article.editions.all()}
        assert images == {"it": 1, "en": 0}

    def test_the_other_page_still_needs_a_text(self):
        article = make_article()
        RichText.objects.update(only_in="it")

        assert fields_of(missing(article, "en")) == ["text_en"]

    def test_a_heading_of_the_other_page_is_no_target(self):
        article = make_article()
        add_block(article, RichText, only_in="en", text_it="<h2>Solo</h2>")
        add_block(article, RichText, text_it='<p><a href="#solo">x</a></p>', text_en="<p>x</p>")

        assert fields_of(missing(article, "it")) == ["text_it"]

    def test_a_care_card_needs_a_reason_whoever_saves_it(self):
        article = make_article()

        with pytest.raises(IntegrityError), transaction.atomic():
            add_block(article, CareCard, title_it="Chiami", only_in="it")
        assert add_block(article, CareCard, title_it="Chiami", only_in="it", only_in_reason="118")


class TestLacks:
    @pytest.mark.parametrize(
        ("model", "fields", "lacking"),
        [
            (KeyPoints, {"points_it": "Uno\nDue"}, "points_it"),
            (KeyPoints, {"points_it": "1\n2\n3\n4\n5\n6"}, "points_it"),
            (KeyPoints, {"points_en": "One\nTwo\nThree"}, "points_it"),
            (KeyPoints, {"points_it": "Uno\nDue\nTre"}, None),
            (Question, {"question_it": "Fa male?"}, "answer_it"),
            (Question, {"answer_it": "<p>No.</p>"}, "question_it"),
            (Question, {"question_en": "x", "answer_it": "<p>No.</p>"}, "question_it"),
            (Question, {}, None),
            (TimelineEntry, {"title_it": "Esami"}, "when_it"),
            (TimelineEntry, {"when_it": "Oggi", "title_en": "Tests"}, "title_it"),
            (TimelineEntry, {"when_it": "Oggi", "text_en": "<p>x</p>"}, "text_it"),
            (TimelineEntry, {"when_it": "Oggi"}, None),
            (CareCard, {"text_it": "<p>x</p>"}, "title_it"),
            (CareCard, {"title_it": "Chiami", "text_en": "<p>x</p>"}, "text_it"),
            (CareCard, {"title_it": "Chiami"}, None),
            (Table, {"text_it": ROWS}, "caption_it"),
            (Table, {"caption_it": "x", "text_en": ROWS}, "text_it"),
            (Table, {"caption_it": "x", "text_it": ROWS + ROWS}, "text_it"),
            (Table, {"caption_it": "x", "text_it": f"<p>x</p>{ROWS}"}, "text_it"),
            (Table, {"caption_it": "x", "text_it": "<p>x</p>"}, "text_it"),
            (Table, {"caption_it": "x", "text_it": ROWS}, None),
            (OwnArticle, {}, "article"),
        ],
    )
    def test_of_the_newer_kinds(self, model, fields, lacking):
        article = make_article()
        block = add_block(article, model, **fields)

        found = missing(article, "it")

        assert fields_of(found) == ([lacking] if lacking else [])
        assert all(item.block == block for item in found)

    def test_of_a_file_is_the_one_for_the_page_unless_it_is_in_one_language_only(self):
        article = make_article()
        block = add_block(article, Attachment)
        assert obstacles(article, ["it", "en"]) == []

        Attachment.objects.update(document_it=make_document())
        assert [(item.field, item.block) for item in obstacles(article, ["it", "en"])] == [
            ("document_en", block)
        ]
        Attachment.objects.update(only_in="it")
        assert obstacles(article, ["it", "en"]) == []

    def test_a_file_that_was_withdrawn_must_be_replaced(self):
        article, document = make_article(), make_document()
        block = add_block(article, Attachment, document_it=make_document(), document_en=document)
        withdrawal.withdraw(document, by=make_editor(), reason="x")

        assert missing(article, "it") == []
        assert [(item.field, item.block) for item in missing(article, "en")] == [
            ("document_en", block)
        ]
        assert "questo file è stato ritirato" in missing(article, "en")[0].message

    def test_another_article_must_be_one_that_readers_may_see(self):
        reserved = make_article(audience="professional")
        article = make_article()
        add_block(article, OwnArticle, article=reserved)
        block = add_block(reserved, OwnArticle, article=reserved, ordering=30)

        assert [item.field for item in obstacles(article, ["it", "en"])] == ["article"]
        assert [item.block for item in obstacles(reserved, ["it"])] == [block]
        block.delete()
        add_block(reserved, OwnArticle, article=article)
        assert obstacles(reserved, ["it"]) == []

    def test_dead_links_are_found_in_every_text_of_a_kind(self):
        article = make_article()
        dead = '<p><a href="#x">y</a></p>'
        add_block(article, Question, question_it="a", answer_it=dead)
        add_block(article, TimelineEntry, ordering=30, when_it="a", text_it=dead)
        cells = table(f"<tr><td>{dead}</td></tr>")
        add_block(article, Table, ordering=40, caption_it="a", text_it=cells)

        assert fields_of(missing(article, "it")) == ["answer_it", "text_it", "text_it"]


class TestUrgentCallouts:
    """The care card has taken their place."""

    def test_become_care_cards_with_their_keys_and_places(self):
        migration = import_module("articles.migrations.0006_more_kinds_of_blocks")
        article = make_article()
        urgent = add_block(
            article, Callout, ordering=7, kind="urgent", title_it="Chiami", text_en="<p>x</p>"
        )
        other = add_block(article, Callout, kind="warning", title_it="Attenzione")
        untouched = make_article()
        editor = SimpleNamespace(connection=connection)
        migration.carry_over(apps, editor)

        card = CareCard.objects.get()
        assert (card.key, card.ordering, card.parent, card.region, card.urgency) == (
            urgent.key, 7, article, "main", "urgent",
        )  # fmt: skip
        assert (card.title_it, card.title_en, card.text_en) == ("Chiami", None, "<p>x</p>")
        assert list(Callout.objects.all()) == [other]
        unknown = LanguageVersion.objects.filter(page_digest="", text_digest="")
        assert {version.article for version in unknown} == {article}
        assert untouched not in {version.article for version in unknown}

        migration.carry_back(apps, editor)

        back = Callout.objects.get(kind="urgent")
        assert (back.key, back.title_it, back.ordering) == (urgent.key, "Chiami", 7)
        assert not CareCard.objects.exists()

    def test_of_the_past_are_shown_as_they_were(self, client):
        article = make_article(slug_it="passato")
        add_block(article, Callout, kind="urgent", title_it="Chiami subito", text_it="<p>Ora</p>",
                  title_en="x", text_en="<p>x</p>")  # fmt: skip
        edition = publish(article, "it")[0]
        edition.content["schema"] = 1

        page = client.get("/it/articoli/passato/").text

        assert read(edition).blocks[-1]["kind"] == "urgent"
        assert article_page(edition, {})["content"].blocks[-1]["title"] == "Chiami subito"
        assert '<div class="callout callout-urgent">' in page
        assert "<h2>Chiami subito</h2>" in page
