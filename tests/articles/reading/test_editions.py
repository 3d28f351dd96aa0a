"""The pages that earlier editions keep: who may read them, and what they say of themselves."""

import pytest

from articles.images.renditions import make_next
from articles.models import Article, Attachment, Figure, Hold, OwnArticle, RichText, Severity
from articles.models.editions import Withdrawal
from articles.publishing import holds, verbs
from tests.factories import (
    add_block,
    add_figure,
    logged_in,
    make_article,
    make_document,
    make_editor,
    make_image,
    publish,
    staff_with,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

OLD = "/it/articoli/dosi/edizioni/1/"
NOTES = {"it": "La dose era sbagliata.", "en": "The dose was wrong."}


@pytest.fixture
def article():
    article = make_article(slug_it="dosi", slug_en="doses", title_it="Dosi")
    RichText.objects.update(text_it="<p>Dose 2,5 mg al giorno.</p>")
    publish(article)
    return article


def correct(article, text="<p>Dose 3 mg al giorno.</p>", severity=Severity.SUBSTANTIVE, **more):
    """Publish another text of the Italian page."""
    RichText.objects.update(text_it=text)
    return publish(article, "it", severity=severity, notes=NOTES, **more)[0]


class TestEdition:
    def test_stays_as_it_was_and_says_what_became_of_it(self, client, article):
        correct(article)
        correct(article, "<p>Dose 4 mg al giorno.</p>")

        response = client.get(OLD)
        page = page_of(response)

        assert response.status_code == 200
        assert "Dose 2,5 mg al giorno." in page.text
        assert page.one("meta", name="robots")["content"] == "noindex"
        assert not list(page.all("link", rel="canonical"))
        told = page.one("aside", class_="past-edition")
        assert told.words.startswith("Questa è l’edizione 1 del ")
        assert links_of(told) == {
            "dall’edizione 2": "/it/articoli/dosi/edizioni/2/",
            "La pagina attuale": "/it/articoli/dosi/",
            "Che cosa è cambiato da allora": f"{OLD}modifiche/",
            "Tutte le edizioni": "/it/articoli/dosi/edizioni/",
        }
        assert "Avviso di sicurezza" not in page.text
        assert "public" in response["Cache-Control"]
        assert client.get("/en/articles/doses/editions/1/").status_code == 302

    def test_that_is_live_is_the_page_of_the_article(self, client, article):
        assert client.get(OLD)["Location"] == "/it/articoli/dosi/"
        correct(article)
        assert client.get("/it/articoli/dosi/edizioni/2/")["Location"] == "/it/articoli/dosi/"
        assert client.get("/it/articoli/dosi/edizioni/2/modifiche/").status_code == 302

    def test_that_was_held_carries_the_notice_for_which_it_was_replaced(self, client, article):
        (hold,) = holds.hold(article, {"it": "Non prendetelo."}, by=make_editor())
        correct(article, severity=Severity.MINOR)
        holds.end(hold, by=make_editor(), reason="Corretto.")
        (mistaken,) = holds.hold(article, {"it": "Forse."}, by=make_editor())
        holds.end(mistaken, by=make_editor(), reason="Era giusto.")
        correct(article, "<p>Dose 3 mg.</p>", severity=Severity.MINOR)

        for number, is_told in ((1, True), (2, False)):
            page = client.get(f"/it/articoli/dosi/edizioni/{number}/").text
            assert ("Non prendetelo." in page) is is_told
            assert "Forse." not in page

    @pytest.mark.parametrize("later", [0, 1])
    def test_that_a_safety_edition_has_replaced_carries_its_notice(self, client, article, later):
        correct(article, severity=Severity.SAFETY)
        if later:
            correct(article, "<p>Dose 3 mg ogni giorno.</p>", Severity.MINOR)
        page = page_of(client.get(OLD))
        notice = page.one("section", class_="held")
        assert NOTES["it"] in notice.words
        assert page.text.index(NOTES["it"]) < page.text.index("Dose 2,5 mg al giorno.")

    def test_of_a_withheld_page_does_not_show_its_text(self, client, article):
        correct(article)
        holds.hold(article, {"it": "Attenzione."}, by=make_editor(), kind=Hold.Kind.WITHHELD)
        for path in (OLD, f"{OLD}modifiche/", "/it/articoli/dosi/edizioni/"):
            page = page_of(client.get(path))
            assert "Attenzione." in page.text
            assert "mg al giorno" not in page.text
            assert NOTES["it"] not in page.text

    @pytest.mark.parametrize("path", ["9/", "9/modifiche/", f"{'9' * 40}/", "0/", "2/x/"])
    def test_that_never_was_is_none(self, client, article, path):
        correct(article)
        assert client.get(f"/it/articoli/dosi/edizioni/{path}").status_code == 404
        assert client.get(f"/it/articoli/manca/edizioni/{path}").status_code == 404

    @pytest.mark.parametrize(
        ("withdrawn_as", "status", "later"), [(None, 404, 200), (Withdrawal.WRONG, 410, 410)]
    )
    def test_that_was_withdrawn_is_gone(self, client, article, withdrawn_as, status, later):
        editor = make_editor()
        correct(article)
        sentence = "Era sbagliata." if withdrawn_as else ""
        verbs.withdraw(article, "it", by=editor, withdrawn_as=withdrawn_as, sentence=sentence)

        for path in (OLD, f"{OLD}modifiche/", "/it/articoli/dosi/edizioni/"):
            assert client.get(path).status_code == status

        correct(article, "<p>Dose 4 mg.</p>")
        assert client.get(OLD).status_code == 200
        assert client.get("/it/articoli/dosi/edizioni/2/").status_code == later
        listed = client.get("/it/articoli/dosi/edizioni/").text
        assert ("edizioni/2/" in listed) == (later == 200)

    def test_is_found_under_a_former_slug(self, client, article):
        Article.objects.update(slug_it="dosaggi")
        correct(article)

        for path in ("", "1/", "1/modifiche/"):
            response = client.get(f"/it/articoli/dosi/edizioni/{path}")
            assert response.status_code == 301
            assert response["Location"] == f"/it/articoli/dosaggi/edizioni/{path}"
        assert client.get("/it/articoli/dosaggi/edizioni/1/").status_code == 200


class TestChanges:
    def test_are_those_between_an_edition_and_the_live_one(self, client, article):
        add_figure(article, image=make_image(title="For editors"))
        correct(article)

        page = page_of(client.get(f"{OLD}modifiche/"))

        marks = [(mark.words, kind) for kind in ("del", "ins") for mark in page.all(kind)]
        assert ("[tolto: 2,5]", "del") in marks
        assert ("[nuovo: 3]", "ins") in marks
        assert "Un microscopio" in page.text
        assert "For editors" not in page.text

    @pytest.mark.django_db(transaction=True)
    def test_cost_four_queries_at_most(self, client, article, django_assert_max_num_queries):
        add_block(article, OwnArticle, article=make_article())
        publish(article, severity=Severity.MINOR)
        correct(article)
        for path in ("2/", "2/modifiche/", ""):
            client.get(f"/it/articoli/dosi/edizioni/{path}")
            with django_assert_max_num_queries(4):
                client.get(f"/it/articoli/dosi/edizioni/{path}?asked=again", follow=True)


class TestList:
    def test_tells_of_each_edition(self, client, article):
        about = page_of(client.get("/it/articoli/dosi/"))
        assert "/it/articoli/dosi/edizioni/" not in links_of(about).values()
        correct(article)
        assert (
            "/it/articoli/dosi/edizioni/"
            in links_of(page_of(client.get("/it/articoli/dosi/"))).values()
        )

        page = page_of(client.get("/it/articoli/dosi/edizioni/"))

        items = [item.words for item in page.one("ol", class_="edition-list").all("li")]
        assert len(items) == 2
        assert items[0].endswith(NOTES["it"])
        links = list(links_of(page.one("ol", class_="edition-list")).values())
        assert links == ["/it/articoli/dosi/", OLD]


class TestWhoMayRead:
    @pytest.mark.parametrize(
        ("before", "after"), [("professional", "public"), ("public", "professional")]
    )
    def test_is_the_stricter_of_the_edition_and_the_page(self, client, article, before, after):
        Article.objects.update(audience=before, slug_it="casi")
        RichText.objects.update(text_it="<p>Riservato?</p>")
        publish(article, severity=Severity.MINOR)
        Article.objects.update(audience=after)
        publish(article, severity=Severity.MINOR)
        path = "/it/articoli/casi/edizioni/2/"

        for address in (path, f"{path}modifiche/"):
            response = client.get(address)
            assert response.status_code == 302
            assert "Riservato" not in response.text
        listed = client.get("/it/articoli/casi/edizioni/")
        assert path not in listed.text

        logged_in(client, staff_with("read_reserved"))
        response = client.get(path)
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert client.get("/it/articoli/dosi/edizioni/2/").status_code == 301
        assert client.get(f"{path}modifiche/").status_code == 200

    def test_what_professionals_were_told_is_not_told_to_others(self, client, article):
        Article.objects.update(audience="professional")
        RichText.objects.update(text_it="<p>Dose 3 mg al giorno.</p>", text_en="<p>3 mg.</p>")
        publish(article, severity=Severity.SAFETY, notes=NOTES)
        logged_in(client, staff_with("read_reserved"))
        assert client.get("/it/articoli/dosi/").text.count(NOTES["it"]) > 1
        assert client.get(OLD).text.count(NOTES["it"]) > 1
        client.logout()
        Article.objects.update(audience="public")
        publish(article)
        assert client.get("/it/articoli/dosi/edizioni/2/").status_code == 302

        told = {
            path: page_of(client.get(path)).one("section", class_="held").words
            for path in ("/it/articoli/dosi/", OLD, f"{OLD}modifiche/")
        }
        assert all(NOTES["it"] not in words for words in told.values())
        assert all("lo stiamo verificando" in words for words in told.values())
        assert "per la sicurezza di chi legge" in told[OLD]

    def test_pictures_and_files_follow_their_pages(self, client, article):
        image, document = make_image(), make_document()
        figure = add_figure(article, image=image)
        block = add_block(article, Attachment, document_it=document, document_en=document)
        publish(article)
        figure.delete()
        block.delete()
        publish(article)
        while make_next():
            pass
        addresses = [
            image.renditions.ready()[0].get_absolute_url(),
            document.get_absolute_url(),
        ]
        assert not Figure.objects.exists()

        def statuses():
            return {client.get(address).status_code for address in addresses}

        assert client.get("/it/articoli/dosi/edizioni/2/").status_code == 200
        assert statuses() == {200}

        Article.objects.update(audience="professional")
        publish(article)
        assert statuses() == {404}
        logged_in(client, staff_with("read_reserved"))
        assert statuses() == {200}
        client.logout()

        Article.objects.update(audience="public")
        publish(article)
        assert statuses() == {200}

        english = {"en": "Do not use it."}
        [held] = holds.hold(article, english, by=make_editor(), kind=Hold.Kind.WITHHELD)
        assert statuses() == {200}
        holds.hold(article, {"it": "Non usatela."}, by=make_editor(), kind=Hold.Kind.WITHHELD)
        assert statuses() == {404}
        logged_in(client, staff_with("read_reserved"))
        assert statuses() == {404}
        logged_in(client, make_editor())
        assert statuses() == {200}
        client.logout()

        holds.end(held, by=make_editor(), reason="Era giusta.")
        assert statuses() == {200}
        for language in ("it", "en"):
            verbs.withdraw(article, language, by=make_editor())
        assert statuses() == {404}
