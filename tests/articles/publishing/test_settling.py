"""From a correction in one language to the agreement of both: severity, settlements, holds."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from articles.models import Article, ArticleSettings, Event, Hold, RichText, Settlement, Severity
from articles.publishing import holds, settling
from articles.publishing.freezing import freeze, read_working_copy
from articles.publishing.parts import known_digests
from articles.publishing.raising import NotGraver, raise_severity
from articles.publishing.settling import Decision
from articles.publishing.staleness import standing_of
from articles.publishing.states import versions_of
from articles.publishing.verbs import Incomplete, withdraw
from immunoportal.mail.ledger import Mail
from tests.factories import add_block, make_article, make_editor, make_user, publish

pytestmark = pytest.mark.django_db
How = Settlement.How
NOTES = {"it": "La dose era sbagliata.", "en": "The dose was wrong."}


@pytest.fixture
def editor():
    return make_editor()


@pytest.fixture
def article(editor):
    """Live in both languages, which agree."""
    article = make_article()
    publish(article, by=editor)
    return article


def write(article, **texts):
    """Change the texts of the first block."""
    block = read_working_copy(article).blocks[0]
    for name, text in texts.items():
        setattr(block, name, text)
    block.save()
    return str(block.key)


def correct(article, editor, severity=Severity.SAFETY, text="<p>Dose 3 mg.</p>", **more):
    """Publish a change of the Italian page."""
    key = write(article, text_it=text)
    (edition,) = publish(article, "it", by=editor, severity=severity, notes=NOTES, **more)
    return key, edition


def stale(article, language="en"):
    version = versions_of(article.__class__.objects.get(pk=article.pk))[language]
    return version.stale_severity


def decide(article, editor, how, key, edition, language="en", **changes):
    """Say it of what readers get now; the new settlements."""
    own = article.editions.live().get(language=language).parts["digests"]
    decision = Decision(
        key, edition.number, edition.parts["digests"].get(key, ""), own.get(key, ""), how
    )
    copy = read_working_copy(article)
    decisions = [replace(decision, **changes)]
    return settling.settle(copy, language, edition.language, decisions, by=editor).rows


class TestPublishingAChange:
    @pytest.mark.parametrize("severity", [Severity.SUBSTANTIVE, Severity.SAFETY])
    def test_a_grave_one_makes_the_other_language_stale(self, article, editor, severity):
        _key, edition = correct(article, editor, severity)
        version = versions_of(article)["en"]
        assert (version.stale_severity, version.stale_since) == (severity, edition.valid_from)
        assert versions_of(article)["it"].stale_severity is None

    def test_a_minor_one_does_not(self, article, editor):
        correct(article, editor, Severity.MINOR)
        assert stale(article) is None

    def test_it_says_how_grave_it_is(self, article, editor):
        write(article, text_it="<p>Altro.</p>")
        with pytest.raises(Incomplete) as refusal:
            publish(article, by=editor, severity=None)
        assert [missing.field for missing in refusal.value.missing] == ["severity"]
        assert article.editions.count() == 2

    def test_a_substantive_one_tells_readers_of_its_own_page(self, article, editor):
        write(article, text_it="<p>Altro.</p>")
        with pytest.raises(Incomplete) as refusal:
            publish(article, "it", by=editor, severity=Severity.SUBSTANTIVE)
        assert [missing.field for missing in refusal.value.missing] == ["note_it"]

    def test_one_about_safety_tells_those_of_every_live_page(self, article, editor):
        write(article, text_it="<p>Altro.</p>")
        with pytest.raises(Incomplete) as refusal:
            publish(article, "it", by=editor, severity=Severity.SAFETY)
        assert [missing.field for missing in refusal.value.missing] == ["note_it", "note_en"]

    def test_a_note_that_is_too_long_is_refused_and_nothing_is_published(self, article, editor):
        write(article, text_it="<p>Altro.</p>")
        with pytest.raises(Incomplete) as refusal:
            publish(article, "it", by=editor, severity=Severity.TYPO, notes={"it": "x" * 501})
        assert [missing.field for missing in refusal.value.missing] == ["note_it"]
        assert article.editions.count() == 2

    def test_both_languages_in_one_act_agree_where_that_was_said(self, article, editor):
        for agreeing, expected in [(True, None), (False, Severity.SAFETY)]:
            key = write(article, text_it=f"<p>{agreeing}</p>", text_en=f"<p>{agreeing}!</p>")
            publish(
                article,
                by=editor,
                severity=Severity.SAFETY,
                notes=NOTES,
                agreeing=[key] if agreeing else [],
            )
            assert stale(article) == stale(article, "it") == expected

    def test_another_order_leaves_nothing_behind(self, article, editor):
        block = add_block(article, RichText, ordering=30, text_it="<p>B</p>", text_en="<p>B</p>")
        publish(article, by=editor)
        RichText.objects.filter(pk=block.pk).update(ordering=1)
        publish(article, "it", by=editor, severity=Severity.SAFETY, notes=NOTES)
        assert article.editions.filter(language="it").count() == 3
        assert stale(article) is None

    def test_a_page_that_is_withdrawn_is_not_stale(self, article, editor):
        correct(article, editor)
        withdraw(article, "en", by=editor)
        assert stale(article) is None


class TestSettling:
    def test_still_right_counts_at_once(self, article, editor):
        key, edition = correct(article, editor)
        (row,) = decide(article, editor, How.STILL_RIGHT, key, edition)
        assert (row.edition, row.by) == (edition, editor)
        assert stale(article) is None
        assert article.events.filter(verb=Event.Verb.SETTLED, language="en").exists()

    def test_what_was_mended_counts_once_it_is_live(self, article, editor):
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        assert decide(article, editor, How.MENDED, key, edition)
        assert stale(article) == Severity.SAFETY
        publish(article, "en", by=editor, severity=Severity.SAFETY, notes=NOTES)
        assert stale(article) is None
        # It has followed the other page, which is not behind it therefore.
        assert stale(article, "it") is None

    def test_each_direction_is_settled_by_itself(self, article, editor):
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        publish(article, "en", by=editor, severity=Severity.SAFETY, notes=NOTES)
        assert stale(article) == stale(article, "it") == Severity.SAFETY
        decide(article, editor, How.STILL_RIGHT, key, edition)
        assert (stale(article), stale(article, "it")) == (None, Severity.SAFETY)

    def test_what_was_said_of_another_text_does_not_count(self, article, editor):
        key, edition = correct(article, editor)
        assert decide(article, editor, How.STILL_RIGHT, key, edition, other_digest="x") == []
        assert decide(article, editor, How.STILL_RIGHT, key, edition, number=9) == []
        assert stale(article) == Severity.SAFETY

    def test_what_was_published_meanwhile_stays_to_be_settled(self, article, editor):
        key, edition = correct(article, editor)
        correct(article, editor, Severity.SUBSTANTIVE, "<p>Dose 4 mg.</p>")
        assert decide(article, editor, How.STILL_RIGHT, key, edition)
        assert stale(article) == Severity.SUBSTANTIVE

    def test_two_who_settle_the_same_settle_it_once(self, article, editor):
        key, edition = correct(article, editor)
        assert decide(article, editor, How.STILL_RIGHT, key, edition)
        assert decide(article, make_editor(), How.STILL_RIGHT, key, edition) == []

    def test_mended_twice_alike_is_stored_once(self, article, editor):
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        assert decide(article, editor, How.MENDED, key, edition)
        assert decide(article, editor, How.MENDED, key, edition) == []

    def test_nobody_settles_a_text_of_the_own_page_that_was_not_shown(self, article, editor):
        key, edition = correct(article, editor)
        shown = article.editions.get(language="en").parts["digests"][key]
        write(article, text_en="<p>Dose 9 mg.</p>")
        publish(article, "en", by=make_editor())
        assert decide(article, editor, How.STILL_RIGHT, key, edition, own_digest=shown) == []
        assert stale(article) == Severity.SAFETY

    def test_what_is_in_the_form_alone_is_right_once_it_is_live(self, article, editor):
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        (row,) = decide(article, editor, How.STILL_RIGHT, key, edition)
        assert row.how == How.MENDED
        assert article.holds.standing().exists()
        publish(article, "en", by=editor)
        assert not article.holds.standing().exists()

    def test_what_is_as_readers_see_it_was_not_mended(self, article, editor):
        key, edition = correct(article, editor)
        own = article.editions.get(language="en").parts["digests"][key]
        said = Decision(key, edition.number, edition.parts["digests"][key], own, How.MENDED)
        outcome = settling.settle(
            read_working_copy(article), "en", edition.language, [said], by=editor
        )
        assert (outcome.rows, outcome.unmended) == ([], [key])

    def test_the_page_that_was_followed_may_have_changed_elsewhere(self, article, editor):
        add_block(article, RichText, ordering=30, text_it="<p>Altro.</p>", text_en="<p>Else.</p>")
        publish(article, by=editor)
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        decide(article, editor, How.MENDED, key, edition)
        RichText.objects.exclude(key=key).update(text_it="<p>Altro!</p>")
        publish(article, by=editor, severity=Severity.SAFETY, notes=NOTES)
        assert (stale(article), stale(article, "it")) == (Severity.SAFETY, None)

    def test_the_page_that_was_followed_may_have_been_put_right_in_a_letter(self, article, editor):
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        decide(article, editor, How.MENDED, key, edition)
        correct(article, editor, Severity.TYPO, "<p>Dose: 3 mg.</p>")
        publish(article, "en", by=editor, severity=Severity.SAFETY, notes=NOTES)
        assert (stale(article), stale(article, "it")) == (None, None)

    def test_only_who_may_publish_settles(self, article, editor):
        key, edition = correct(article, editor)
        with pytest.raises(PermissionDenied):
            decide(article, make_user(), How.STILL_RIGHT, key, edition)

    def test_the_answer_is_read_in_few_queries(self, article, editor, django_assert_num_queries):
        for number in range(3):
            correct(article, editor, text=f"<p>Dose {number} mg.</p>")
        with django_assert_num_queries(2):
            standing_of(article)


class TestHolds:
    def test_a_safety_change_holds_the_other_page_until_it_is_settled_and_live(
        self, article, editor
    ):
        key, edition = correct(article, editor)
        hold = article.holds.get()
        assert (hold.language, hold.sentence, hold.cause) == ("en", NOTES["en"], edition)
        write(article, text_en="<p>Dose 3 mg.</p>")
        decide(article, editor, How.MENDED, key, edition)
        assert article.holds.standing().exists()
        publish(article, "en", by=editor, severity=Severity.MINOR)
        assert not article.holds.standing().exists()

    def test_still_right_ends_it(self, article, editor):
        key, edition = correct(article, editor, hold=Hold.Kind.WITHHELD)
        assert article.holds.get().kind == Hold.Kind.WITHHELD
        decide(article, editor, How.STILL_RIGHT, key, edition)
        assert not article.holds.standing().exists()

    def test_it_ends_in_no_other_way(self, article, editor):
        correct(article, editor)
        with pytest.raises(holds.NotSettled):
            holds.end(article.holds.get(), by=editor, reason="No.")

    def test_a_page_that_comes_back_after_the_change_is_held(self, article, editor):
        ArticleSettings.objects.update_or_create(pk=1, defaults={"on_safety": Hold.Kind.WITHHELD})
        withdraw(article, "en", by=editor)
        _key, edition = correct(article, editor)
        assert not article.holds.exists()
        publish(article, "en", by=editor)
        hold = article.holds.standing().get()
        assert (hold.language, hold.kind, hold.cause) == ("en", Hold.Kind.WITHHELD, edition)
        assert hold.sentence.startswith("Something that concerns your safety")

    def test_a_page_is_told_of_the_danger_that_it_has_not_followed(self, article, editor):
        key, edition = correct(article, editor)
        decide(article, editor, How.STILL_RIGHT, key, edition)
        withdraw(article, "en", by=editor)
        correct(article, editor, text="<p>Dose 4 mg.</p>")
        publish(article, "en", by=editor)
        assert article.holds.standing().get().sentence.startswith("Something that concerns your")

    def test_what_professionals_were_told_is_told_to_nobody_else(self, article, editor):
        old = read_working_copy(article).blocks[0].text_en
        Article.objects.update(audience="professional")
        publish(article, by=editor)
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        decide(article, editor, How.MENDED, key, edition)
        publish(article, "en", by=editor)
        Article.objects.update(audience="public")
        write(article, text_en=old)
        publish(article, by=editor)
        assert article.holds.standing().get().sentence.startswith("Something that concerns your")

    def test_a_page_is_held_once_for_what_it_has_not_followed(self, article, editor):
        correct(article, editor)
        add_block(article, RichText, ordering=1, text_it="<p>B</p>", text_en="<p>B</p>")
        publish(article, by=editor)
        RichText.objects.filter(ordering=1).update(ordering=90)
        publish(article, "it", by=editor, severity=Severity.SAFETY, notes=NOTES)
        assert article.holds.count() == 1

    def test_a_text_from_before_the_change_that_comes_back_is_held_again(self, article, editor):
        old = read_working_copy(article).blocks[0].text_en
        key, edition = correct(article, editor)
        write(article, text_en="<p>A dose of 3 mg.</p>")
        decide(article, editor, How.MENDED, key, edition)
        publish(article, "en", by=editor)
        write(article, text_en=old)
        publish(article, "en", by=editor)
        assert article.holds.standing().get().sentence == NOTES["en"]

    def test_one_click_holds_and_mails_whoever_may_publish(self, article, editor):
        colleague = make_editor()
        make_user()
        (hold,) = holds.hold(article, {"it": "Non prendetelo."}, by=editor)
        assert (hold.language, hold.cause) == ("it", None)
        mails = Mail.objects.filter(kind="held")
        assert {mail.recipient for mail in mails} == {editor.email, colleague.email}
        assert "Non prendetelo." in bytes(mails[0].content).decode()
        # Publishing does not end it.
        correct(article, editor)
        assert hold in article.holds.standing()
        holds.end(hold, by=colleague, reason="Corrected.")
        with pytest.raises(holds.AlreadyEnded):
            holds.end(hold, by=editor, reason="Again.")

    def test_nothing_is_held_that_is_not_live(self, article, editor):
        withdraw(article, "en", by=editor)
        with pytest.raises(holds.NothingToHold):
            holds.hold(article, {"it": "Una.", "en": "One."}, by=editor)
        assert not article.holds.exists()
        assert not Mail.objects.filter(kind="held").exists()

    def test_only_who_may_publish_holds_and_ends(self, article, editor):
        with pytest.raises(PermissionDenied):
            holds.hold(article, {"it": "Una."}, by=make_user())
        (hold,) = holds.hold(article, {"it": "Una."}, by=editor)
        with pytest.raises(PermissionDenied):
            holds.end(hold, by=make_user(), reason="No.")


class TestRaising:
    def test_a_change_that_was_graver_makes_stale_and_holds(self, article, editor):
        _key, edition = correct(article, editor, Severity.TYPO)
        raised = raise_severity(edition, Severity.SAFETY, by=editor, notes=NOTES)
        assert raised.note == NOTES["it"]
        assert stale(article) == Severity.SAFETY
        assert article.holds.standing().get().sentence == NOTES["en"]

    def test_it_is_never_lowered(self, article, editor):
        _key, edition = correct(article, editor, Severity.SUBSTANTIVE)
        for severity in (Severity.MINOR, Severity.SUBSTANTIVE):
            with pytest.raises(NotGraver):
                raise_severity(edition, severity, by=editor, notes=NOTES)

    def test_readers_are_told(self, article, editor):
        _key, edition = correct(article, editor, Severity.SUBSTANTIVE)
        with pytest.raises(Incomplete) as refusal:
            raise_severity(edition, Severity.SAFETY, by=editor, notes={})
        assert [missing.field for missing in refusal.value.missing] == ["note_en"]

    def test_a_first_edition_changed_nothing(self, article, editor):
        edition = article.editions.filter(language="it").get()
        with pytest.raises(NotGraver):
            raise_severity(edition, Severity.SAFETY, by=editor, notes=NOTES)

    def test_only_who_may_publish_raises(self, article, editor):
        _key, edition = correct(article, editor, Severity.TYPO)
        with pytest.raises(PermissionDenied):
            raise_severity(edition, Severity.SAFETY, by=make_user(), notes=NOTES)


def test_a_block_for_one_language_alone_says_so_and_is_the_same_text(article):
    copy = read_working_copy(article)
    before = freeze(copy, "it")
    copy.blocks[0].only_in = "it"
    after = freeze(copy, "it")
    assert (before.text_digest, before.page_digest) == (after.text_digest, after.page_digest)
    assert known_digests(after)["only_here"] == [str(copy.blocks[0].key)]
