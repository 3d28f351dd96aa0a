"""Bringing an edition back into the working copy."""

import pytest
from django.core.exceptions import PermissionDenied

from articles.models import (
    Attachment,
    Byline,
    Callout,
    CareCard,
    Edition,
    Event,
    Figure,
    KeyPoints,
    OwnArticle,
    Player,
    Question,
    Quote,
    RichText,
    Snapshot,
    Source,
    Table,
    TimelineEntry,
)
from articles.publishing.content import read
from articles.publishing.freezing import read_working_copy
from articles.publishing.parts import said_by
from articles.publishing.restore import rehearse, restore
from tests.factories import (
    add_block,
    add_figure,
    add_player,
    add_source,
    freeze,
    make_article,
    make_contributor,
    make_document,
    make_editor,
    make_image,
    marker,
    publish,
    staff_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_editor()


def fresh(article):
    return article.__class__.objects.get(pk=article.pk)


def texts_of(article, language="it"):
    """All that the working copy says in a language, in its order."""
    edition = freeze(fresh(article), language)
    head = (edition.title, edition.hero_line, edition.lead, edition.description)
    return head, [(block["key"], said_by(block)) for block in read(edition).blocks]


def of_every_kind():
    """An article with a block of every kind, in both languages."""
    article = make_article(hero_line_it="Novità", description_it="Che cosa è", text=False)
    texts = {"title_it": "Uno", "title_en": "One", "text_it": "<p>Sì.</p>", "text_en": "<p>Y.</p>"}
    table = (
        "<table><tbody><tr><td>a</td><td>2,5</td></tr><tr><td>b</td><td>3</td></tr></tbody></table>"
    )
    add_block(article, KeyPoints, ordering=1, points_it="Uno\nDue\nTre", points_en="A\nB\nC")
    add_block(
        article, RichText, ordering=2, text_it="<h2>Capo</h2><p>Testo</p>", text_en="<p>T</p>"
    )
    add_figure(article, ordering=3, caption_it="Cellule")
    add_block(article, Quote, ordering=4, text_it="Detto", text_en="Said", source_it="Lei")
    add_block(article, Callout, ordering=5, kind="warning", **texts)
    add_block(article, CareCard, ordering=6, urgency="urgent", **texts)
    add_block(article, Table, ordering=7, caption_it="Dosi", caption_en="Doses",
              text_it=table, text_en=table, header_column=False)  # fmt: skip
    add_block(article, Question, ordering=8, question_it="E?", question_en="A?",
              answer_it="<p>Sì</p>", answer_en="<p>Y</p>")  # fmt: skip
    add_block(article, TimelineEntry, ordering=9, when_it="Prima", when_en="Before", **texts)
    add_block(article, OwnArticle, ordering=10, article=make_article())
    add_block(article, Attachment, ordering=11, document_it=make_document(),
              document_en=make_document())  # fmt: skip
    add_player(article, ordering=12, title_it="Film", title_en="Film", poster=make_image())
    return article


class TestRestore:
    def test_brings_back_every_kind_of_block_in_its_language_alone(self, editor):
        article = of_every_kind()
        edition = publish(article, "it", by=editor)[0]
        said, english = texts_of(article), texts_of(article, "en")
        for block in read_working_copy(article).blocks:
            for name in block.texts:
                value = None if name == "document" else "altro" if name == "points" else "<p>x</p>"
                setattr(block, f"{name}_it", value)
            block.ordering = 99 - block.ordering
            block.save()
        Figure.objects.update(image=make_image())
        CareCard.objects.update(urgency="emergency")
        Table.objects.update(header_row=False, header_column=True)
        article = fresh(article)
        article.title_it = article.hero_line_it = article.description_it = "Altro"
        article.save()
        assert texts_of(article) != said

        restored = restore(edition, by=editor)

        assert texts_of(article) == said
        assert texts_of(article, "en") == english
        assert restored.notes == []
        assert fresh(article).version == article.version + 1
        assert freeze(fresh(article), "it").page_digest == edition.page_digest

    def test_twice_changes_nothing_the_second_time(self, editor):
        article = of_every_kind()
        edition = publish(article, "it", by=editor)[0]
        RichText.objects.update(text_it="<p>Altro</p>")
        assert restore(edition, by=editor).event
        version = fresh(article).version

        assert restore(edition, by=editor).event is None

        assert fresh(article).version == version
        assert Event.objects.filter(verb="restored").count() == Snapshot.objects.count() == 1

    def test_makes_blocks_again_that_are_gone_for_its_language(self, editor):
        article = of_every_kind()
        edition = publish(article, "it", by=editor)[0]
        said = texts_of(article)
        for block in read_working_copy(article).blocks:
            block.delete()

        restored = restore(edition, by=editor)

        assert texts_of(article) == said
        assert restored.notes == []
        blocks = read_working_copy(article).blocks
        assert {block.only_in for block in blocks} == {"it"}
        assert texts_of(article, "en")[1] == []

    def test_takes_off_the_page_what_the_edition_lacks(self, editor):
        article = make_article()
        edition = publish(article, "it", by=editor)[0]
        both = add_block(article, Quote, text_it="Detto", text_en="Said")
        card = add_block(
            article, CareCard, title_it="Chiamare", title_en="Call", text_en="<p>a</p>"
        )
        add_block(article, Quote, text_it="Solo qui")
        there = add_block(article, Quote, text_en="Only there", only_in="en")
        unwritten = add_block(article, Quote)

        restore(edition, by=editor)

        blocks = {block.key: block for block in read_working_copy(article).blocks}
        assert both.key in blocks
        assert len(texts_of(article)[1]) == 1
        assert blocks[both.key].only_in == blocks[card.key].only_in == "en"
        assert blocks[card.key].only_in_reason
        # What somebody has begun to write is nobody's page yet.
        assert {there.key, unwritten.key} <= blocks.keys()
        assert Quote.objects.count() == 3
        assert len(texts_of(article, "en")[1]) == 4

    def test_keeps_what_was_there_before_for_it_to_be_put_back(self, editor):
        article = of_every_kind()
        edition = publish(article, "it", by=editor)[0]
        RichText.objects.update(text_it="<p>Nuovo</p>")
        Figure.objects.all().delete()
        added = add_block(article, Quote, ordering=0, text_it="Aggiunto", only_in="it")
        said = texts_of(article)

        restore(edition, by=editor)
        snapshot = Snapshot.objects.get()
        assert texts_of(article) != said
        assert not Quote.objects.filter(pk=added.pk).exists()
        restore(snapshot.as_edition(), by=editor)

        assert texts_of(article) == said
        latest = Event.objects.filter(verb="restored").latest("pk")
        assert latest.edition is None
        assert restore(latest.snapshot.as_edition(), by=editor).event

    def test_tells_what_has_not_come_back(self, editor):
        article = of_every_kind()
        source = add_source(article, "Hodi 2010")
        RichText.objects.update(text_it=f"<p>Testo{marker(source)}</p>")
        edition = publish(article, "it", by=editor)[0]
        line = article.bylines.get()
        line.delete()
        line.contributor.delete()
        Byline.objects.create(article=article, contributor=make_contributor(name_it="Ugo Neri"))
        article.citations.all().delete()
        Source.objects.all().delete()
        shown = OwnArticle.objects.get()
        other = shown.article
        assert other
        shown.delete()
        other.bylines.all().delete()
        other.delete()
        Player.objects.get().delete()
        for file in (*edition.images.all(), *edition.documents.all(), *edition.recordings.all()):
            file.__class__.objects.filter(pk=file.pk).update(
                withdrawn_at=edition.valid_from, withdrawal_reason="Consenso revocato"
            )
        RichText.objects.update(text_it="<p>Altro</p>")
        Attachment.objects.update(document_it=None)
        Figure.objects.update(image=make_image())
        content = edition.content
        content["blocks"] += [
            {"key": "6d6f3c0e-8a39-4a1c-9c7b-2f1d6f0f3a55", "type": "callout", "kind": "urgent",
             "title": "Febbre", "html": "<p>Subito</p>"},
            {"key": "7d6f3c0e-8a39-4a1c-9c7b-2f1d6f0f3a55", "type": "poll"},
        ]  # fmt: skip

        would_be, rehearsed = rehearse(edition, by=editor)
        assert not Snapshot.objects.exists()
        assert RichText.objects.get().text_it == "<p>Altro</p>"
        restored = restore(edition, by=editor)

        assert freeze(fresh(article), "it").content == would_be.content
        assert rehearsed.notes == restored.notes
        assert len(restored.notes) == 9
        for words in (
            "immagine", "«Leaflet", "«Film»", "articolo", "«Febbre»", "tipo", "Anna Bianchi",
            "Ugo Neri", "«Hodi 2010»",
        ):  # fmt: skip
            assert any(words in note for note in restored.notes), words
        assert Callout.objects.get(title_it="Febbre").kind == "warning"
        assert "cite" in RichText.objects.get().text_it

    def test_of_a_schema_it_does_not_know_restores_nothing(self, editor):
        article = make_article()
        edition = publish(article, "it", by=editor)[0]
        edition.content = {"schema": 99}

        restored = restore(edition, by=editor)

        assert len(restored.notes) == 1
        assert restored.event is None

    def test_is_for_those_who_may_change_articles(self):
        article = make_article()
        edition = publish(article, "it")[0]
        with pytest.raises(PermissionDenied):
            restore(edition, by=staff_with("view_article", "publish_article"))
        assert restore(edition, by=staff_with("change_article")).event is None
        assert Edition.objects.count() == 1
