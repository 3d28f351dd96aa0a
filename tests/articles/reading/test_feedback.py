"""“Was this page helpful?” as readers meet it, with a browser, a robot, or bad intentions."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from articles.models import Article, FeedbackCount, FeedbackSentence, Hold
from articles.models.editions import Withdrawal
from articles.publishing import feedback as verbs
from articles.publishing import holds
from articles.publishing.verbs import withdraw
from articles.reading import feedback
from immunoportal.limits import Limit
from tests.factories import logged_in, make_article, make_editor, publish
from tests.immunoportal.faults import away
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

PAGE, ENGLISH = "/it/articoli/melanoma/", "/en/articles/melanoma-en/"
ADDRESS, IN_ENGLISH = f"{PAGE}parere/", f"{ENGLISH}feedback/"


@pytest.fixture(scope="class")
def shared_article(shared_rows) -> Article:
    article = make_article(title_it="Il melanoma", slug_it="melanoma", slug_en="melanoma-en")
    publish(article)
    return article


@pytest.fixture
def article(shared_article) -> Article:
    return Article.objects.get(pk=shared_article.pk)


@pytest.fixture
def visitor() -> Client:
    """A browser without cookies, which nothing excuses from a token."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def publish_anew(article: Article, *languages: str, **fields: str) -> None:
    """Publish a change of an article."""
    Article.objects.filter(pk=article.pk).update(lead_it="Altro.", lead_en="Other.", **fields)
    publish(article, *languages)


def form_on(response) -> dict[str, str]:
    """What the form of a page sends, before its button is pressed."""
    form = page_of(response).one("form", method="post")
    return {field["name"]: field.attributes.get("value", "") for field in form.all("input")}


def said_on(response) -> str:
    return page_of(response).one("p", role="status").words


def counted() -> dict[str, int]:
    return FeedbackCount.objects.totals()


def send(visitor: Client, answer="no", path=ADDRESS, **changes):
    """Press a button, from a network of one's own each time unless told otherwise."""
    headers = changes.pop("headers", {})
    number = changes.pop("network", None) or next(_networks)
    return visitor.post(
        path,
        {"edition": "1", "answer": answer, "website": ""} | changes,
        headers=headers,
        REMOTE_ADDR=f"192.0.{number // 250}.{number % 250 + 1}",
    )


_networks = iter(range(1, 60_000))


@pytest.mark.usefixtures("article")
class TestQuestion:
    @pytest.mark.parametrize(("path", "address"), [(PAGE, ADDRESS), (ENGLISH, IN_ENGLISH)])
    def test_stands_at_the_end_of_a_page_without_token_and_cookie(self, visitor, path, address):
        response = visitor.get(path)

        form = page_of(response).one("form", method="post")
        assert form["action"] == address
        assert form_on(response) == {"edition": "1", "website": ""}
        assert [button["value"] for button in form.all("button")] == ["yes", "no"]
        assert not response.cookies

    def test_stands_on_no_page_that_keeps_an_earlier_edition(self, visitor, article):
        publish_anew(article, "it")

        assert form_on(visitor.get(PAGE))["edition"] == "2"
        assert "parere" not in visitor.get(f"{PAGE}edizioni/1/").text

    def test_stands_on_no_reserved_page(self, client, article):
        publish_anew(article, audience="professional")

        assert "parere" not in logged_in(client, make_editor()).get(PAGE).text


@pytest.mark.usefixtures("article")
class TestAnswer:
    def test_is_counted_and_asks_for_a_sentence(self, visitor):
        response = send(visitor, "no")

        assert (response.status_code, said_on(response)) == (200, "Grazie della sua risposta.")
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        page = page_of(response)
        assert "Che cosa mancava?" in page.one("label", for_="feedback-sentence").words
        assert "nulla di sé" in page.one("p", id="feedback-hint").words
        assert links_of(page)["Torna a «Il melanoma»"] == PAGE
        assert "noindex" in page.one("meta", name="robots")["content"]
        assert counted() == {"helpful": 0, "unhelpful": 1}

    def test_and_then_a_sentence_count_once(self, visitor):
        first = send(visitor, "yes", IN_ENGLISH)
        fields = form_on(first)

        second = send(
            visitor, path=IN_ENGLISH, **fields, sentence=" How long\x00 does 🦠 it last? "
        )

        assert said_on(second).startswith("Thank you for your sentence.")
        assert "<textarea" not in second.text
        sentence = FeedbackSentence.objects.get()
        assert (sentence.text, sentence.is_helpful) == ("How long does 🦠 it last?", True)
        assert (sentence.edition.language, sentence.is_done) == ("en", False)
        assert sentence.day == timezone.localdate()
        assert counted() == {"helpful": 1, "unhelpful": 0}

    def test_sent_twice_within_minutes_counts_once(self, visitor):
        with time_machine.travel(timezone.now(), tick=False) as moment:
            for _click in range(2):
                response = send(visitor, "yes", network=9)
                send(visitor, sentence="Una frase.", network=9)
            assert said_on(response) == "Grazie della sua risposta."
            assert counted() == {"helpful": 1, "unhelpful": 0}
            assert FeedbackSentence.objects.count() == 1

            send(visitor, "no", network=9)
            assert counted() == {"helpful": 1, "unhelpful": 1}

            moment.shift(timedelta(minutes=11))
            send(visitor, "yes", network=9)
            assert counted() == {"helpful": 2, "unhelpful": 1}

    def test_is_for_the_edition_that_was_read(self, visitor, article):
        publish_anew(article, "it")

        send(visitor, "yes", edition="1")
        send(visitor, "no", edition="2")

        numbers = FeedbackCount.objects.values_list("edition__number", "helpful", "unhelpful")
        assert sorted(numbers) == [(1, 1, 0), (2, 0, 1)]

    def test_follows_a_slug_that_has_changed(self, visitor, article):
        publish_anew(article, "it", slug_it="pelle")

        assert send(visitor, "yes").status_code == 200
        assert counted()["helpful"] == 1


@pytest.mark.usefixtures("article")
class TestRefused:
    @pytest.mark.parametrize(
        ("sentence", "told"),
        [
            ("x" * 10_000, "10000 caratteri"),
            ("Comprate su www.example.org", "indirizzi web"),
            ("Sono anna@example.org", "posta elettronica"),
            ("\x00 \u200f", "Scriva una frase"),
        ],
    )
    def test_sentence_comes_back(self, visitor, sentence, told):
        response = send(visitor, sentence=sentence)

        page = page_of(response)
        assert response.status_code == 422
        assert told in page.one("p", id="feedback-error").words
        field = page.one("textarea")
        assert field["aria-describedby"].split() == ["feedback-hint", "feedback-error"]
        assert len(field.text.strip()) == len(sentence.strip())
        assert page.one("title").words.startswith("Errore:")
        assert not FeedbackSentence.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [{"edition": "7"}, {"edition": ""}, {"edition": "x\x00"}, {"edition": "9" * 30}],
    )
    def test_other_edition_is_told(self, visitor, changes):
        response = send(visitor, **changes)

        assert response.status_code == 404
        assert "Non abbiamo conservato la sua risposta" in said_on(response)
        assert page_of(response).one("a", href=PAGE)
        assert not FeedbackCount.objects.exists()

    def test_without_an_answer_is_asked_again(self, visitor):
        for changes in ({"answer": ""}, {"answer": "maybe", "sentence": "Una frase."}):
            response = send(visitor, **changes)

            assert response.status_code == 422
            assert said_on(response) == "Scelga «Sì» o «No», per favore."
            assert form_on(response)["edition"] == "1"
        assert counted() == {"helpful": 0, "unhelpful": 0}

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null"},
            {"Referer": "https://elsewhere.example/page"},
            {"Referer": "http://[half"},
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        ],
    )
    def test_from_another_site_can_be_sent_from_here(self, visitor, headers):
        response = send(visitor, headers=headers)

        assert response.status_code == 403
        assert "non è partito dal nostro sito" in said_on(response)
        assert form_on(response)["edition"] == "1"
        assert not FeedbackCount.objects.exists()
        own = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
        assert send(visitor, headers=own).status_code == 200

    def test_is_told_where_the_page_is_gone_or_withheld(self, visitor, article):
        assert send(visitor, path="/it/articoli/mai-esistito/parere/").status_code == 404
        holds.hold(article, {"it": "In verifica."}, by=make_editor(), kind=Hold.Kind.WITHHELD)
        assert send(visitor).status_code == 404
        withdraw(
            article, "en", by=make_editor(), withdrawn_as=Withdrawal.WRONG, sentence="It was wrong."
        )

        response = send(visitor, path=IN_ENGLISH)

        assert response.status_code == 404
        assert "withdrawn" in said_on(response)
        assert links_of(page_of(response))["See what has become of this page"] == ENGLISH
        assert not FeedbackCount.objects.exists()

    def test_tells_nothing_of_what_is_reserved(self, visitor, article):
        publish_anew(article, audience="professional", title_it="Segreto")

        response = send(visitor)

        assert response.status_code == 404
        assert "Segreto" not in response.text

    def test_method_leads_to_the_page(self, visitor):
        assert visitor.get(ADDRESS)["Location"] == PAGE
        assert visitor.put(ADDRESS).status_code == 405

    def test_strange_characters(self, visitor):
        strange = "multipart/form-data; boundary=x; charset=utf-7"

        assert visitor.post(ADDRESS, b"--x--", content_type=strange).status_code == 400

    def test_database_is_away(self, visitor):
        with away():
            response = send(visitor, sentence="Una frase lunga.")

        assert response.status_code == 503
        assert "non è stata conservata" in page_of(response).one("h1").words
        assert "Una frase lunga." in response.text
        assert not FeedbackSentence.objects.exists()


@pytest.mark.usefixtures("article")
class TestRobot:
    def test_fills_in_the_hidden_field_and_is_not_told(self, visitor):
        response = send(visitor, website="https://example.org", sentence="Ottimo sito.")

        assert response.status_code == 200
        assert not FeedbackCount.objects.exists()
        assert not FeedbackSentence.objects.exists()

    def test_that_clicks_quickly_is_not_told_but_whoever_writes_is(self, visitor, monkeypatch):
        monkeypatch.setattr(feedback, "LIMITS", (Limit(2, 60), Limit(3, 86_400)))
        noon = timezone.localtime().replace(hour=12) + timedelta(days=1)
        with time_machine.travel(noon, tick=False) as moment:
            for path in (ADDRESS, IN_ENGLISH, ADDRESS, IN_ENGLISH):
                assert send(visitor, "yes", path, network=9).status_code == 200
            assert counted()["helpful"] == 2
            for answer in ("no", "no"):
                assert said_on(send(visitor, answer, network=9)) == "Grazie della sua risposta."
            assert counted()["unhelpful"] == 0

            refused = send(visitor, sentence="Una frase.", network=9)
            assert refused.status_code == 429
            assert page_of(refused).one("textarea").text.strip() == "Una frase."

            moment.shift(timedelta(minutes=2))
            send(visitor, sentence="Una frase.", network=9)
            send(visitor, "no", network=9)
            assert FeedbackSentence.objects.count() == 1
            assert counted()["unhelpful"] == 0

            moment.shift(timedelta(days=1))
            send(visitor, "no", network=9)
            assert counted()["unhelpful"] == 1

    def test_with_many_networks_fills_no_disk(self, visitor, monkeypatch):
        monkeypatch.setattr(verbs, "MOST_ANSWERS", 3)
        monkeypatch.setattr(verbs, "MOST_SENTENCES", 2)
        monkeypatch.setattr(verbs, "MOST_SENTENCES_IN_ALL", 3)
        for _network in range(4):
            send(visitor, "yes")
        sent = [send(visitor, sentence="Una frase.").status_code for _network in range(3)]
        sent += [
            send(visitor, path=IN_ENGLISH, sentence="A sentence.").status_code for _ in range(2)
        ]

        assert counted() == {"helpful": 3, "unhelpful": 0}
        assert sent == [200, 200, 429, 200, 429]
        send(visitor, "no", IN_ENGLISH)
        assert counted() == {"helpful": 3, "unhelpful": 1}

    def test_leaves_no_network_address_behind(self, visitor, monkeypatch):
        stored = {}
        keep = cache.set
        monkeypatch.setattr(
            cache,
            "set",
            lambda key, value, ends: stored.update({key: ends}) or keep(key, value, ends),
        )

        send(visitor, network=9)

        [(key, ends)] = stored.items()
        assert ends == 86_400
        assert "192.0" not in f"{key} {cache.get(key)}"
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            send(visitor, network=9)
        assert len(stored) == 2


class TestRetention:
    def test_deletes_sentences_after_a_year_and_keeps_the_counts(self, article):
        edition = article.editions.get(language="it")
        today = timezone.localdate()
        for days, text in ((366, "vecchia"), (365, "ancora")):
            FeedbackSentence.objects.create(
                edition=edition, day=today - timedelta(days=days), is_helpful=True, text=text
            )
        FeedbackCount.objects.create(edition=edition, day=today - timedelta(days=900), helpful=1)

        assert verbs.delete_old() is True
        assert verbs.delete_old() is False
        assert [sentence.text for sentence in FeedbackSentence.objects.all()] == ["ancora"]
        assert counted() == {"helpful": 1, "unhelpful": 0}
