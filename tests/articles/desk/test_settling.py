"""What has changed in another language, on the desk: the form's boxes, its panel, holds, lists."""

import pytest
from django.urls import reverse

from articles.desk.concerns import concerns
from articles.models import Callout, CareCard, RichText, Settlement, Severity
from articles.publishing import holds
from articles.publishing.freezing import read_working_copy
from articles.publishing.verbs import withdraw
from immunoportal.mail.ledger import Mail
from tests.articles.desk.steps import change_url, form_of
from tests.factories import add_block, make_article, make_editor, publish, staff_with
from tests.pages import page_of

pytestmark = pytest.mark.django_db

TEXT_IT, TEXT_EN = "articles_richtext_set-0-text_it", "articles_richtext_set-0-text_en"
LIST = "/admin/articles/article/"


@pytest.fixture
def article(editor_client):
    article = make_article()
    publish(article)
    return article


def post(client, article, **changes):
    article.refresh_from_db()
    return client.post(change_url(article), form_of(article, **changes), follow=True)


def asked_in(response):
    """The addresses of what is asked before a publication."""
    asked = page_of(response).all("input", name="_shown_concern")
    return [concern["value"] for concern in asked]


def publish_after_all(client, article, **changes):
    """Publish, once more where something is asked; the page that comes then."""
    asked = asked_in(post(client, article, **changes))
    changes["_shown_concern"] = asked
    return post(client, article, **changes) if asked else client.get(change_url(article))


def correct(article, severity=Severity.SAFETY):
    """Publish an Italian change."""
    RichText.objects.filter(parent=article).update(text_it="<p>Dose: 3 mg.</p>")
    notes = {"it": "La dose era sbagliata.", "en": "The dose was wrong."}
    publish(article, "it", severity=severity, notes=notes)


def corrected(client, article, severity=Severity.SAFETY):
    """The form after an Italian change."""
    correct(article, severity)
    return client.get(change_url(article))


def all_changes_in(page):
    boxes = page.all("div")
    return [box for box in boxes if "stale-change" in box.attributes.get("class", "").split()]


def change_in(page):
    return all_changes_in(page)[0]


def answers_in(box):
    return [radio["value"] for radio in box.all("input", type="radio")]


class TestTheForm:
    def test_shows_each_change_with_its_words_and_what_readers_were_told(
        self, editor_client, article
    ):
        page = page_of(corrected(editor_client, article))
        change = change_in(page)
        assert "Text, block 1: changed in Italian on" in change.words
        assert "La dose era sbagliata." in change.words
        assert "Dose: 3 mg." in change.words
        assert change["data-part"] == str(read_working_copy(article).blocks[0].key)

    def test_says_nothing_of_what_is_no_graver_than_minor(self, editor_client, article):
        response = corrected(editor_client, article, Severity.MINOR)
        assert "stale-change" not in response.text

    def test_settles_what_is_still_right(self, editor_client, article):
        page = page_of(corrected(editor_client, article))
        name, shown = self.answer_in(page)
        response = post(editor_client, article, _save="1", **{name: "still right", **shown})
        assert "It counts from now on." in response.text
        assert "stale-change" not in response.text
        assert Settlement.objects.latest("pk").how == Settlement.How.STILL_RIGHT
        assert not article.holds.standing().exists()

    def test_keeps_what_was_mended_until_it_is_published(self, editor_client, article):
        page = page_of(corrected(editor_client, article))
        name, shown = self.answer_in(page)
        mended = {TEXT_EN: "<p>The dose: 3 mg.</p>", name: "mended", **shown}
        page = page_of(post(editor_client, article, _save="1", **mended))
        assert "counts once it is published" in page.one("ul", class_="messagelist").words
        (chosen,) = (
            radio["value"] for radio in change_in(page).all("input", name=name, checked=None)
        )
        assert chosen == "mended"
        form = {**mended, "_severity": "4", "_note_en": "x", "_note_it": "y"}
        response = publish_after_all(editor_client, article, _publish="en", **form)
        assert "stale-change" not in response.text

    def test_keeps_why_a_change_does_not_apply_here(self, editor_client, article):
        add_block(article, RichText, text_it="<p>Solo qui.</p>", text_en="", only_in="it")
        page = page_of(corrected(editor_client, article))
        box = next(box for box in all_changes_in(page) if "does not apply" in answers_in(box))
        name, hidden = box.one("input", value="mended")["name"], box.one("input", type="hidden")
        reason = box.one("input", type="text")["name"]
        answer = {
            name: "does not apply", hidden["name"]: hidden["value"], reason: "Non c’è in inglese.",
        }  # fmt: skip

        # What is refused loses nothing of it.
        refused = page_of(post(editor_client, article, _save="1", title_it="x" * 200, **answer))
        assert refused.one("input", name=name, checked=None)["value"] == "does not apply"
        assert refused.one("input", name=reason)["value"] == "Non c’è in inglese."
        post(editor_client, article, _save="1", **answer)

        assert article.settlements.latest("pk").reason == "Non c’è in inglese."
        history = reverse("admin:articles_article_history", args=[article.pk])
        assert "Non c’è in inglese." in editor_client.get(history).text

    def test_says_why_an_answer_is_not_taken(self, editor_client, article):
        page = page_of(corrected(editor_client, article))
        name, shown = self.answer_in(page)
        said = {name: "mended", **shown}
        response = post(editor_client, article, _save="1", **said)
        assert "it is as readers see it already" in response.text
        RichText.objects.update(text_en="<p>Another text.</p>")
        publish(article, "en")
        response = post(editor_client, article, _save="1", **said)
        assert "your answer about it was not noted" in response.text

    def test_shows_what_stands_in_one_language_alone_until_it_is_right(
        self, editor_client, article
    ):
        page = page_of(corrected(editor_client, article))
        assert "“3 mg” stands in Italian and not in English." in change_in(page).words
        right = change_in(page).one("input", type="checkbox")

        # What is refused loses nothing of it.
        answer = {right["name"]: [right["value"], "garbage"]}
        refused = page_of(post(editor_client, article, _save="1", title_it="x" * 200, **answer))
        assert change_in(refused).one("input", checked=None, value=right["value"])
        saved = post(editor_client, article, _save="1", **answer)

        assert "it is not asked again" in saved.text
        change = change_in(page_of(saved))
        assert "stands in Italian" not in change.words
        assert "Dose: 3 mg." in change.words

    def test_takes_nothing_from_garbage(self, editor_client, article):
        page = page_of(corrected(editor_client, article))
        name, known = self.answer_in(page)
        for shown in ("", "x", "2", "99999999999999999999:x:x", "1:x:x", "2:x"):
            changes = {name: "still right", **dict.fromkeys(known, shown)}
            changes["_settle-it-it-title"] = changes["_settle-x-y-z"] = "mended"
            assert "stale-change" in post(editor_client, article, _save="1", **changes).text

    def test_asks_only_who_may_publish(self, client, editor_client, article):
        correct(article)
        writer = staff_with("view_article", "change_article")
        client.force_login(writer)
        page = page_of(client.get(change_url(article)))
        assert change_in(page).one("p", class_="help").words
        assert not list(change_in(page).all("input"))

    def answer_in(self, page):
        box = change_in(page)
        name = next(radio["name"] for radio in box.all("input", type="radio"))
        hidden = box.one("input", type="hidden")
        return name, {hidden["name"]: hidden["value"]}


class TestTheConcerns:
    def test_ask_back_a_changed_number_that_is_said_to_be_small(self, editor_client, article):
        small = {TEXT_IT: "<p>Dose: 3 mg.</p>", "_severity": "1", "_publish": "it"}
        response = post(editor_client, article, **small)
        assert article.editions.count() == 2
        asked = page_of(response).one("section", class_="concerns").words
        assert "a number or a unit has changed" in asked
        # The other language lacks it, which is asked too.
        assert "“3 mg” stands in Italian and not in English" in asked
        shown = asked_in(response)
        post(editor_client, article, **small, _shown_concern=shown)
        assert article.editions.count() == 3
        # Another text is asked back once more.
        small[TEXT_IT] = "<p>Dose: 4 mg.</p>"
        post(editor_client, article, **small, _shown_concern=shown)
        assert article.editions.count() == 3

    def test_ask_back_a_care_card_that_is_said_to_have_changed_little(self, article):
        card = add_block(article, CareCard, title_it="Se", title_en="If", urgency="urgent")
        publish(article)
        for change in ({"title_it": "Se hai"}, {"urgency": "emergency"}):
            for name, value in change.items():
                setattr(card, name, value)
            card.save()
            copy = read_working_copy(article)
            (asked, *_) = concerns(article, copy, ["it"], Severity.TYPO)
            assert asked.address.startswith(f"grave:{card.key}:it:")

    def test_ask_back_what_warns_or_says_a_dose_and_is_new_or_gone(self, article):
        kept = add_block(article, RichText, text_it="<p>Ciao.</p>", text_en="<p>Hello.</p>")
        dose = add_block(article, RichText, text_it="<p>Dose: 4 mg.</p>", text_en="<p>4 mg</p>")
        card = add_block(article, CareCard, title_it="Se", title_en="If", urgency="urgent")
        callout = add_block(
            article, Callout, title_it="Attento", title_en="Mind", kind=Callout.Kind.WARNING
        )
        graves = {str(block.key) for block in (dose, card, callout)}
        assert set(self.grave(article)) == graves
        publish(article)
        for block in (kept, dose, card, callout):
            block.delete()
        assert set(self.grave(article)) == graves

    def test_ask_back_a_callout_that_warns_no_more(self, article):
        callout = add_block(article, Callout, title_it="Sì", kind=Callout.Kind.WARNING)
        publish(article, "it")
        callout.kind = Callout.Kind.INFORMATION
        callout.save()
        assert self.grave(article) == [str(callout.key)]

    def test_compare_with_what_readers_saw_last(self, article):
        text = RichText.objects.get(parent=article)
        addresses = []
        for old in ("2", "30"):
            text.text_it = f"<p>Dose: {old} mg.</p>"
            text.save()
            publish(article, "it", severity=Severity.TYPO)
            withdraw(article, "it", by=make_editor())
            text.text_it = "<p>Dose: 3 mg.</p>"
            text.save()
            asked = concerns(article, read_working_copy(article), ["it"], Severity.TYPO)
            addresses += [each.address for each in asked if each.address.startswith("grave:")]
        # What was shown of one change is not what was shown of another.
        assert len(set(addresses)) == 2

    def grave(self, article):
        asked = concerns(article, read_working_copy(article), ["it"], Severity.TYPO)
        addresses = [each.address.split(":") for each in asked]
        return [key for name, key, *_rest in addresses if name == "grave"]

    @pytest.mark.parametrize("agreed", [True, False])
    def test_ask_whether_what_changed_in_both_languages_says_the_same(
        self, editor_client, article, agreed
    ):
        texts = {
            TEXT_IT: "<p>Dose: 3 mg.</p>",
            TEXT_EN: "<p>The dose: 3 mg.</p>",
            "_publish": "all",
            "_severity": "3",
            "_note_it": "x",
            "_note_en": "y",
        }
        shown = asked_in(post(editor_client, article, **texts))
        assert article.editions.count() == 2
        more = {"_agreed": shown} if agreed else {}
        post(editor_client, article, **texts, **more, _shown_concern=shown)
        assert article.editions.count() == 4
        behind = article.language_versions.filter(stale_since__isnull=False).count()
        assert behind == (0 if agreed else 2)

    def test_only_what_was_changed_together_can_be_said_to_agree(self, editor_client, article):
        change = {TEXT_IT: "<p>Dose: 3 mg.</p>", TEXT_EN: "<p>The dose: 4 mg.</p>"}
        change |= {"_note_it": "x", "_note_en": "y", "_severity": "3", "_publish": "all"}
        shown = asked_in(post(editor_client, article, **change))
        others = [address for address in shown if not address.startswith("together:")]
        post(editor_client, article, **change, _shown_concern=shown, _agreed=others)
        assert others
        assert article.editions.count() == 4
        assert not article.settlements.filter(how=Settlement.How.TOGETHER).exists()

    def test_what_is_right_as_it_is_is_not_asked_again(self, editor_client, article):
        change = {
            TEXT_IT: "<p>Dose: 3 mg.</p>",
            "_severity": "3",
            "_publish": "it",
            "_note_it": "x",
        }
        shown = asked_in(post(editor_client, article, **change))
        post(editor_client, article, **change, _shown_concern=shown, _right=shown)
        assert article.editions.count() == 3
        again = {**change, "lead_it": "Altro.", "_publish": "it"}
        assert asked_in(post(editor_client, article, **again)) == []
        assert article.editions.count() == 4


class TestHolding:
    def test_by_one_click_and_a_sentence(self, editor_client, article):
        url = reverse("admin:articles_article_hold", args=[article.pk])
        page = page_of(editor_client.get(url))
        assert "Before anything is corrected" in page.words
        refused = editor_client.post(url, {"kind": "notice", "it": "", "en": ""})
        assert "at least one page" in refused.text
        unseen = editor_client.post(url, {"kind": "notice", "it": "\u200b", "en": "\xad"})
        assert "at least one page" in unseen.text
        editor_client.post(url, {"kind": "withheld", "it": "Non prendetelo.", "en": ""})
        hold = article.holds.get()
        assert (hold.language, hold.kind) == ("it", "withheld")
        assert "Non prendetelo." in editor_client.get(change_url(article)).text

    def test_twice_with_the_same_sentence_is_once(self, editor_client, article):
        url = reverse("admin:articles_article_hold", args=[article.pk])
        answer = {"kind": "notice", "it": "Non prendetelo."}
        editor_client.post(url, answer)
        mails = Mail.objects.count()
        assert mails
        again = editor_client.post(url, answer, follow=True)
        assert "It is held already" in again.text
        assert (article.holds.count(), Mail.objects.count()) == (1, mails)
        for graver in ({**answer, "kind": "withheld"}, {**answer, "en": "Do not take it."}):
            editor_client.post(url, graver)
        assert [hold.language for hold in article.holds.order_by("pk")] == ["it", "it", "en"]

    def test_ends_with_a_reason(self, editor_client, article):
        (hold,) = holds.hold(article, {"it": "Una."}, by=make_editor())
        url = reverse("admin:articles_article_end_hold", args=[article.pk, hold.pk])
        assert "Una." in editor_client.get(url).text
        for nothing in ("", "\u200b"):
            editor_client.post(url, {"reason": nothing})
        assert article.holds.standing().exists()
        editor_client.post(url, {"reason": "Corretto."})
        assert not article.holds.standing().exists()
        response = editor_client.post(url, {"reason": "Di nuovo."}, follow=True)
        assert "It has ended already." in response.text

    def test_of_what_is_not_live_or_not_there(self, editor_client):
        article = make_article()
        url = reverse("admin:articles_article_hold", args=[article.pk])
        assert "none to hold" in editor_client.get(url, follow=True).text
        for path in ("999/hold/", f"{article.pk}/holds/999/end/"):
            assert editor_client.get(f"{LIST}{path}").status_code == 404

    def test_is_for_who_may_publish(self, client, article):
        client.force_login(staff_with("view_article", "change_article"))
        url = reverse("admin:articles_article_hold", args=[article.pk])
        assert client.get(url).status_code == 403


class TestRaising:
    def test_from_the_history(self, editor_client, article):
        correct(article, Severity.SUBSTANTIVE)
        edition = article.editions.latest("pk")
        url = reverse("admin:articles_article_raise", args=[edition.pk])
        history = reverse("admin:articles_article_history", args=[article.pk])
        assert url in editor_client.get(history).text
        for nothing in ({}, {"note_en": "\u200b", "note_it": "\u200b"}):
            refused = editor_client.post(url, {"severity": "4", "hold": "notice", **nothing})
            assert "what the danger is" in refused.text
        answer = {"severity": "4", "hold": "notice", "note_en": "The dose was wrong."}
        editor_client.post(url, answer)
        assert article.holds.standing().get().sentence == "The dose was wrong."
        told = editor_client.get(history).text
        assert "Raised the severity of edition no. 2 in Italian: safety." in told
        assert "Held the page in English." in told
        assert url not in told
        assert editor_client.get(url).status_code == 404


class TestTheLists:
    def test_show_what_is_behind_and_held_and_find_it(self, editor_client, article):
        other = make_article(title_it="Un altro")
        publish(other)
        correct(article)
        page = page_of(editor_client.get(f"{LIST}?behind=en"))
        table = page.one("table", id="result_list").words
        assert "behind since" in table
        assert "held" in table
        assert "Un altro" not in table
        assert "Un altro" not in editor_client.get(f"{LIST}?held=yes").text
        assert "Un altro" in editor_client.get(f"{LIST}?behind=x&held=x").text

    def test_what_is_behind_longest_comes_first(self, editor_client, article):
        later = make_article(title_it="Dopo")
        publish(later)
        correct(article)
        correct(later)
        rows = page_of(editor_client.get(f"{LIST}?behind=en")).one("table", id="result_list").words
        assert rows.index(str(article)) < rows.index("Dopo")

    def test_the_first_page_counts_them(self, editor_client, article):
        correct(article)
        page = editor_client.get("/admin/").text
        assert "pages behind the other language, in English" in page
        assert "1 page is held for safety" in page
