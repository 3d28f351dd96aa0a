"""The page that withdraws what is live in a language, and asks why."""

import pytest
from django.urls import reverse

from articles.models import Edition, Hold
from articles.models.editions import Withdrawal
from tests.factories import make_article, publish
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    article = make_article(title_it="Il melanoma", slug_it="melanoma")
    publish(article)
    return article


def url_of(article) -> str:
    return reverse("admin:articles_article_withdraw", args=[article.pk, "it"])


class TestWithdrawing:
    def test_as_wrong_asks_for_a_sentence_and_points_to_the_other_language(
        self, editor_client, article
    ):
        url = url_of(article)
        hold = reverse("admin:articles_article_hold", args=[article.pk])
        assert hold in editor_client.get(url).text

        refused = editor_client.post(url, {"reason": "wrong", "note": "Una nota"})
        page = page_of(refused)
        assert "in a sentence" in page.one("main").words
        assert page.one("input", name="note")["value"] == "Una nota"
        assert Edition.objects.live().count() == 2

        told = editor_client.post(
            url, {"reason": "wrong", "sentence": "La dose\x0b era errata."}, follow=True
        )
        assert hold in told.text
        edition = Edition.objects.get(language="it")
        assert edition.withdrawn_as == Withdrawal.WRONG
        assert edition.withdrawal_sentence == "La dose era errata."

    def test_as_merged_takes_another_article(self, editor_client, article):
        target = make_article()
        url = url_of(article)
        widget = page_of(editor_client.get(url)).one("select", name="into")
        assert "admin-autocomplete" in widget["class"]
        for into in ("", "x", "9" * 30, str(article.pk), str(target.pk)):
            response = editor_client.post(url, {"reason": "merged", "into": into})
            assert response.status_code == 200
            assert list(page_of(response).all("ul", class_="errorlist"))
        publish(target)

        assert editor_client.post(url, {"reason": "merged", "into": target.pk}).status_code == 302

        assert Edition.objects.get(language="it", article=article).merged_into == target

    def test_as_outdated_marks_the_page_until_it_is_up_to_date(self, editor_client, article):
        url = url_of(article)
        refused = editor_client.post(url, {"reason": "outdated"})
        assert "what is outdated" in refused.text

        sentence = "C’è un farmaco nuovo."
        editor_client.post(
            url, {"reason": "outdated", "sentence": sentence, "note": "Dopo il congresso."}
        )

        hold = Hold.objects.standing().get()
        assert (hold.kind, hold.sentence) == (Hold.Kind.OUTDATED, sentence)
        form = editor_client.get(reverse("admin:articles_article_change", args=[article.pk]))
        assert "Outdated in Italian" in form.text
        assert "held for safety" not in editor_client.get(reverse("admin:index")).text
        again = editor_client.post(url, {"reason": "outdated", "sentence": "x"}, follow=True)
        assert "outdated already" in again.text
        end = reverse("admin:articles_article_end_hold", args=[article.pk, hold.pk])
        assert "up to date again" in editor_client.get(end).text
        history = editor_client.get(reverse("admin:articles_article_history", args=[article.pk]))
        assert "Marked the page in Italian as outdated." in history.text
        assert "Dopo il congresso." in history.text

    def test_for_now_asks_for_nothing(self, editor_client, article):
        assert editor_client.post(url_of(article)).status_code == 302

        assert Edition.objects.get(language="it").withdrawn_as is None

    def test_for_no_known_reason_is_refused(self, editor_client, article):
        assert editor_client.post(url_of(article), {"reason": "x"}).status_code == 200

        assert Edition.objects.live().count() == 2
