"""What addresses answer whose page was wrong, has become part of another, or is outdated."""

import threading

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Correction, Event, Hold, OldAddress, Severity
from articles.models.editions import EditionIsFrozen, Withdrawal
from articles.publishing import holds, verbs
from articles.reading import uses
from immunoportal.audit import Act, AuditEntry
from immunoportal.publication import clock
from tests.factories import make_article, make_editor, make_user, publish
from tests.pages import alternates_of, page_of

pytestmark = pytest.mark.django_db

PATH = "/it/articoli/melanoma/"


@pytest.fixture(scope="class")
def shared_articles(shared_rows) -> list[Article]:
    article = make_article(title_it="Il melanoma", slug_it="melanoma", slug_en="melanoma-en")
    target = make_article(title_it="La pelle", slug_it="pelle", slug_en="skin")
    for each in (article, target):
        publish(each)
    return [article, target]


@pytest.fixture
def article(shared_articles) -> Article:
    return Article.objects.get(pk=shared_articles[0].pk)


@pytest.fixture
def target(shared_articles) -> Article:
    return Article.objects.get(pk=shared_articles[1].pk)


def withdraw(article, withdrawn_as=None, language="it", **more):
    return verbs.withdraw(article, language, by=make_editor(), withdrawn_as=withdrawn_as, **more)


def wrong(article, sentence="La dose era errata."):
    return withdraw(article, Withdrawal.WRONG, sentence=sentence)


def merge(article, into):
    return withdraw(article, Withdrawal.MERGED, into=into)


def offers_on(page) -> list[str]:
    return [link["href"] for offer in page.all("p", class_="offer") for link in offer.all("a")]


class TestWrong:
    def test_answers_410_with_the_sentence_and_the_other_language(self, client, article):
        wrong(article)

        response = client.get(PATH)

        assert response.status_code == 410
        assert response["Content-Language"] == "it"
        assert response["Cache-Control"] == "no-store"
        page = page_of(response)
        assert "La dose era errata." in page.one("main").words
        assert offers_on(page) == ["/en/articles/melanoma-en/"]
        assert "/it/contatti/" in [link["href"] for link in page.one("main").all("a")]

    def test_answers_so_at_its_former_addresses_and_those_of_the_old_site(
        self, client, article, monkeypatch
    ):
        monkeypatch.setattr(uses, "note", lambda _row: None)
        Article.objects.filter(pk=article.pk).update(slug_it="nuovo")
        publish(article, "it")
        OldAddress.objects.create(address="/a.php", article=article, language="it")

        wrong(article)

        for path in (PATH, "/it/articoli/nuovo/", f"{PATH}edizioni/1/", "/a.php"):
            assert client.get(path).status_code == 410
            assert "La dose era errata." in client.get(path).content.decode()

    def test_is_told_among_the_corrections(self, client, article):
        wrong(article)

        [told] = page_of(client.get("/it/correzioni/")).one("ul", class_="corrections").all("li")
        assert "errata La dose era errata." in told.words
        assert Correction.objects.get().kind == Correction.Kind.WITHDRAWN

    def test_is_live_again_once_it_is_published(self, client, article):
        wrong(article)
        publish(article, "it")
        assert client.get(PATH).status_code == 200

        withdraw(article)

        response = client.get(PATH)
        assert response.status_code == 404
        assert "diventata parte" not in response.content.decode()

    def test_of_a_reserved_page_tells_nobody_else(self, client):
        article = make_article(slug_it="segreto", audience="professional")
        publish(article)
        wrong(article, "Il segreto.")

        assert client.get("/it/articoli/segreto/").status_code == 404
        client.force_login(make_editor())
        response = client.get("/it/articoli/segreto/")
        assert (response.status_code, "Il segreto." in response.content.decode()) == (410, True)
        client.force_login(make_user())
        assert client.get("/it/articoli/segreto/").status_code == 404

    def test_is_refused_without_a_sentence_or_with_a_long_one(self, article):
        for sentence in ("", "x" * 501):
            with pytest.raises(verbs.Incomplete):
                wrong(article, sentence)

        assert article.editions.live().count() == 2

    def test_is_written_down_and_stays(self, article):
        edition = wrong(article)

        event = Event.objects.filter(verb=Event.Verb.WITHDRAWN).get()
        assert event.detail == {"withdrawn_as": Withdrawal.WRONG}
        assert AuditEntry.objects.filter(act=Act.WITHDRAWN).get().detail["withdrawn_as"] == 1
        edition.withdrawal_sentence = "Altro."
        with pytest.raises(EditionIsFrozen):
            edition.save()
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute("UPDATE articles_edition SET withdrawal_sentence = 'Altro.'")


class TestMerged:
    def test_leads_to_the_page_of_that_language(self, client, article, target):
        merge(article, target)

        response = client.get(PATH)

        assert (response.status_code, response["Location"]) == (301, "/it/articoli/pelle/")
        assert response["Cache-Control"] == "public, no-cache"
        assert client.get("/en/articles/melanoma-en/").status_code == 200
        assert client.get(f"{PATH}edizioni/1/")["Location"] == "/it/articoli/pelle/"
        assert client.get("/it/articoli/manca/edizioni/1/").status_code == 404

    def test_is_followed_to_the_end(self, client, article, target):
        last = make_article(slug_it="ultimo")
        publish(last)
        merge(article, target)

        merge(target, last)

        assert client.get(PATH)["Location"] == "/it/articoli/ultimo/"

    def test_never_leads_to_nothing(self, client, article, target):
        merge(article, target)
        withdraw(target)

        response = client.get(PATH)

        assert response.status_code == 404
        page = page_of(response)
        assert page.one("h1").words == "Questa pagina è diventata parte di un altro articolo"
        assert offers_on(page) == ["/en/articles/melanoma-en/"]

    def test_leads_from_an_address_of_the_old_site(self, client, article, target, monkeypatch):
        monkeypatch.setattr(uses, "note", lambda _row: None)
        OldAddress.objects.create(address="/a.php", article=article, language="it")

        merge(article, target)

        assert client.get("/a.php")["Location"] == "/it/articoli/pelle/"

    def test_into_a_page_that_is_reserved_later_names_it_to_nobody_else(
        self, client, article, target
    ):
        merge(article, target)
        Article.objects.filter(pk=target.pk).update(audience="professional", slug_it="segreto")
        publish(target)

        response = client.get(PATH)

        assert response.status_code == 404
        assert "segreto" not in response.content.decode()
        client.force_login(make_editor())
        response = client.get(PATH)
        assert response["Location"] == "/it/articoli/segreto/"
        assert response["Cache-Control"] == "private, no-store"

    def test_is_refused_where_readers_would_be_led_to_nothing(self, article, target):
        withdraw(target)
        reserved = make_article(audience="professional")
        publish(reserved)

        for into in (None, article, target, reserved):
            with pytest.raises(verbs.Incomplete) as refusal:
                merge(article, into)
            assert [missing.field for missing in refusal.value.missing] == ["into"]

        assert article.editions.live().count() == 2

    def test_of_each_into_the_other_is_refused(self, article, target):
        merge(article, target)

        with pytest.raises(verbs.Incomplete):
            merge(target, article)


class TestOutdated:
    def test_stays_at_its_address_and_in_no_list(self, client, article):
        holds.mark_outdated(article, "it", "Esiste un farmaco nuovo.", by=make_editor())

        response = client.get(PATH)

        assert response.status_code == 200
        page = page_of(response)
        assert "Esiste un farmaco nuovo." in page.one("section", class_="outdated").words
        assert page.one("meta", name="robots")["content"] == "noindex"
        for path in ("/it/", "/it/articoli/"):
            assert PATH not in client.get(path).content.decode()
        assert "/en/articles/melanoma-en/" in client.get("/en/articles/").content.decode()
        assert not Correction.objects.exists()

    @pytest.mark.parametrize("is_withheld", [True, False])
    def test_like_a_withheld_one_is_nothing_that_search_engines_may_offer_instead(
        self, client, article, is_withheld
    ):
        Article.objects.update(lead_it="La dose giusta.")
        publish(article, "it", severity=Severity.SAFETY, notes={"it": "La dose.", "en": "Dose."})
        english = "/en/articles/melanoma-en/"
        before = page_of(client.get(english))
        assert set(alternates_of(before)) == {"it", "en", "x-default"}
        assert before.one("main").one("a", hreflang="it")["href"] == PATH

        if is_withheld:
            sentences = {"it": "Non usatela."}
            holds.hold(article, sentences, by=make_editor(), kind=Hold.Kind.WITHHELD)
        else:
            holds.mark_outdated(article, "it", "Vecchio.", by=make_editor())

        page = page_of(client.get(english))
        canonical = page.one("link", rel="canonical")["href"]
        assert alternates_of(page) == {"x-default": canonical}
        assert [link["href"] for link in page.all("a", hreflang="it")] == [PATH]
        assert list(page.one("main").all("a", hreflang="it")) == []

    def test_of_a_reserved_page_leaves_its_list(self, client):
        article = make_article(slug_it="segreto", audience="professional")
        publish(article)
        client.force_login(make_editor())

        holds.mark_outdated(article, "it", "Vecchio.", by=make_editor())

        assert "segreto" not in client.get("/it/professionisti/").content.decode()
        assert "Vecchio." in client.get("/it/articoli/segreto/").content.decode()

    def test_ends_with_the_next_edition_of_that_language_and_with_a_withdrawal(self, article):
        editor = make_editor()
        holds.mark_outdated(article, "it", "Vecchio.", by=editor)
        with pytest.raises(holds.AlreadyOutdated):
            holds.mark_outdated(article, "it", "Di nuovo.", by=editor)
        Article.objects.update(lead_it="Nuovo.", lead_en="New.")
        publish(article, "en")
        assert Hold.objects.standing().count() == 1

        publish(article, "it")
        assert not Hold.objects.standing().exists()

        holds.mark_outdated(article, "it", "Vecchio.", by=editor)
        withdraw(article)
        assert not Hold.objects.standing().exists()
        with pytest.raises(holds.NothingToHold):
            holds.mark_outdated(article, "it", "Vecchio.", by=editor)

    def test_ends_by_hand(self, client, article):
        hold = holds.mark_outdated(article, "it", "Vecchio.", by=make_editor())

        holds.end(hold, by=make_editor(), reason="Riletto.")

        assert PATH in client.get("/it/articoli/").content.decode()


@pytest.mark.django_db(transaction=True)
class TestTurns:
    def test_two_pages_that_are_merged_into_each_other_at_once_take_turns(self):
        first, second = make_article(), make_article()
        for article in (first, second):
            publish(article)
        editor = make_editor()
        refused = []

        def run(article, into):
            try:
                verbs.withdraw(article, "it", by=editor, withdrawn_as=Withdrawal.MERGED, into=into)
            except verbs.Incomplete:
                refused.append(article)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=run, args=pair) for pair in ((first, second), (second, first))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(refused) == 1

    def test_costs_one_query_and_none_where_that_is_remembered(self, client):
        article, target = make_article(slug_it="uno"), make_article(slug_it="due")
        for each in (article, target):
            publish(each)
        merge(article, target)
        clock.forget()

        def cost(path: str) -> tuple[int, int]:
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            own = [query for query in captured if '"withdrawn_as" IS NOT NULL' in query["sql"]]
            return len(own), len(captured)

        assert cost("/it/articoli/due/")[0] == 0
        assert cost("/it/articoli/uno/")[0] == 1
        assert cost("/it/articoli/uno/") == (0, 1)
