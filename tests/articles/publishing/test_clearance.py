"""Watched words on pages for everyone: who may publish them, and for which reason."""

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from articles.files import recordings
from articles.models import (
    Article,
    Attachment,
    Callout,
    Clearance,
    Contributor,
    Event,
    WatchedWord,
)
from articles.publishing.completeness import Missing
from articles.publishing.verbs import Incomplete
from immunoportal.audit import Act, AuditEntry
from tests.factories import (
    add_block,
    add_player,
    add_source,
    fields_of,
    make_article,
    make_document,
    make_recording,
    member_of,
    publish,
)

pytestmark = pytest.mark.django_db

REASON = {"it": "È una pagina sull’ipilimumab, richiesta dall’ordine dei medici."}


@pytest.fixture
def article() -> Article:
    """An article whose Italian page names a medicine in its first block."""
    return with_text("<p>Si usa l’<strong>Ipilimumab</strong>.</p>")


def with_text(html: str, **fields) -> Article:
    article = make_article(**fields)
    article.articles_richtext_set.update(text_it=html)
    return article


def refused(article: Article, *languages: str, **how) -> Sequence[Missing]:
    with pytest.raises(Incomplete) as refusal, transaction.atomic():
        publish(article, *languages, **how)
    assert not article.editions.exists()
    return refusal.value.missing


class TestPublishing:
    def test_without_a_reason_is_refused(self, article):
        missing = refused(article, "it")

        assert fields_of(missing) == ["clearance_it"]
        assert "Ipilimumab" in missing[0].message

    @pytest.mark.parametrize(("reason", "named"), [("  ", "Ipilimumab"), ("x" * 301, "301")])
    def test_for_no_reason_that_can_be_kept_is_refused(self, article, reason, named):
        (missing,) = refused(article, "it", clearance={"it": reason, "en": "Why not"})

        assert missing.field == "clearance_it"
        assert named in missing.message

    def test_by_somebody_who_may_not_is_refused_whatever_the_reason(self, article):
        (missing,) = refused(article, by=member_of("Editors"), clearance=REASON)

        assert missing.field == "text_it"
        assert missing.block == article.articles_richtext_set.get()
        assert "Testo, blocco 1 in italiano: «Ipilimumab»" in missing.message

    def test_for_a_reason_is_recorded(self, article):
        by = member_of("Administrators")

        publish(article, by=by, clearance=REASON)

        row = Clearance.objects.get()
        assert (row.article, row.language, row.words) == (article, "it", ["ipilimumab"])
        assert (row.reason, row.by_id) == (REASON["it"], by.pk)
        event = Event.objects.get(verb=Event.Verb.CLEARED)
        assert (event.reason, event.language, event.by_id) == (REASON["it"], "it", by.pk)
        assert AuditEntry.objects.filter(act=Act.CLEARED, by=by).exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            Clearance.objects.filter(pk=row.pk)._raw_delete("default")

    def test_goes_on_for_the_same_reason_until_there_is_another_word(self, article):
        publish(article, "it", clearance=REASON)
        by = member_of("Editors")
        texts = article.articles_richtext_set

        texts.update(text_it="<p>L’IPILIMUMAB, ancora.</p>")
        (edition,) = publish(article, "it", by=by)
        texts.update(text_it="<p>L’ipilimumab e il nivolumab.</p>")
        with pytest.raises(Incomplete) as refusal:
            publish(article, "it", by=by)

        assert edition.number == 2
        (missing,) = refusal.value.missing
        assert "nivolumab" in missing.message

    def test_what_is_live_asks_for_no_reason(self, article):
        WatchedWord.objects.all().delete()
        publish(article)
        WatchedWord.objects.create(word="…mab")

        assert publish(article) == []


class TestWatched:
    def test_are_the_words_of_a_language_wherever_readers_see_them(self):
        article = with_text("<p>no side effects</p>", lead_it="Un farmaco miracoloso.")
        add_block(
            article,
            Callout,
            title_it="Nota",
            text_it="<p>Miracoloso</p>",
            text_en="<p>A miracle</p>",
            title_en="A",
        )

        missing = refused(article, by=member_of("Editors"))

        assert fields_of(missing) == ["lead_it", "text_en"]
        assert "art. 117" in missing[0].message
        with translation.override("en"):
            english = refused(article, by=member_of("Editors"))
        assert english[1].message.startswith("Call-out, block 2 in English: “miracle”")

    def test_are_among_the_titles_of_files(self):
        document = make_document(title="Il foglio dell’ipilimumab")
        article = make_article()
        block = add_block(article, Attachment, document_it=document, document_en=make_document())

        (missing,) = refused(article, by=member_of("Editors"))

        assert (missing.field, missing.block) == ("document_it", block)

    def test_are_found_before_the_mark_of_a_footnote(self):
        article = with_text("<p>nivolumab<sup>1,2</sup>, ipilimumab<sup>a</sup> CO<sup>2</sup></p>")

        missing = refused(article, by=member_of("Editors"))

        assert ["«nivolumab»" in missing[0].message, "«ipilimumab»" in missing[1].message] == (
            [True, True]
        )

    def test_are_among_what_stands_beside_the_text(self):
        article = make_article(
            slug_it="senza-effetti-collaterali", funding_en="Paid for by the makers of nivolumab."
        )
        Contributor.objects.update(
            qualification_it="Oncologa, miracolosa", interests_en="Fees for ipilimumab."
        )

        missing = refused(article, by=member_of("Editors"))

        assert fields_of(missing) == ["slug_it", "bylines", "bylines", "funding_en"]
        assert "in italiano: «miracolosa»" in missing[1].message

    def test_are_among_what_is_said_in_a_recording(self):
        recording = make_recording(kind="audio", said=["en"])
        recordings.write_down(
            recording, "it", text="<p>Il <em>nivolumab</em></p>", captions="", by=None
        )
        recording.refresh_from_db()
        article = make_article()
        player = add_player(article, recording=recording)

        (missing,) = refused(article, by=member_of("Editors"))

        assert (missing.field, missing.block) == ("recording", player)

    def test_are_none_for_professionals_nor_in_sources_and_blocks_of_another_language(self):
        reserved = with_text("<p>Nivolumab</p>", audience="professional")
        article = make_article()
        add_source(article, "Hodi FS. Ipilimumab. 2010.")
        add_block(article, Callout, text_it="<p>nivolumab</p>", text_en="<p>a</p>", only_in="en")

        assert len(publish(reserved, by=member_of("Editors"))) == 2
        assert len(publish(article, by=member_of("Editors"))) == 2
        assert not Clearance.objects.exists()


def test_the_reason_is_asked_for_in_the_language_of_whoever_publishes(article):
    def messages() -> list[str]:
        return [
            *(refused(article, clearance={"it": reason})[0].message for reason in ("", "x" * 301)),
            refused(article, by=member_of("Editors"))[0].message,
        ]

    here = messages()
    with translation.override("en"):
        there = messages()

    assert all(
        one.replace("in italiano", "in Italian") != other
        for one, other in zip(here, there, strict=True)
    )
