"""The contact page. What it shares with all public pages is in tests/articles/test_views.py."""

import pytest

from contact.models import Publisher
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

PAGES = [("/it/contatti/", "Italia"), ("/en/contact/", "Italy")]


class TestContact:
    @pytest.mark.parametrize(("path", "country"), PAGES)
    def test_shows_how_to_reach_the_publisher(self, client, path, country):
        main = page_of(client.get(path)).one("main")

        for text in (
            "Effetti srl", "Via G.B. Giorgini 16", "20151 Milano", country, "02.3343281",
            "02.33496370", "effetti@effetti.it", "www.effetti.it", "www.makevent.it", "10756900154",
        ):  # fmt: skip
            assert text in main.words

    @pytest.mark.parametrize(("path", "country"), PAGES)
    def test_lets_the_reader_call_write_and_visit(self, client, path, country):
        links = links_of(page_of(client.get(path)).one("main"))

        assert links["02.3343281"] == "tel:+39023343281"
        assert links["effetti@effetti.it"] == "mailto:effetti@effetti.it"
        assert links["www.effetti.it"] == "http://www.effetti.it/"
        assert links["www.makevent.it"] == "http://www.makevent.it/"

    def test_shows_what_an_editor_has_changed_at_once(self, client):
        first = client.get("/it/contatti/")
        publisher = Publisher.get()
        publisher.telephone, publisher.fax = "+39 02 123456", ""
        publisher.save()

        second = client.get("/it/contatti/", headers={"if-none-match": first["ETag"]})

        main = page_of(second).one("main")
        assert links_of(main)["+39 02 123456"] == "tel:+3902123456"
        assert "02.33496370" not in main.words

    @pytest.mark.parametrize(("path", "country"), PAGES)
    def test_leaves_out_what_is_empty(self, client, path, country):
        Publisher.objects.all().delete()
        Publisher(name="Solo un nome").save()

        response = client.get(path)

        main = page_of(response).one("main")
        assert response.status_code == 200
        assert "Solo un nome" in main.words
        assert "P. IVA" not in page_of(response).words
        addresses = [link["href"] for link in main.all("a")]
        assert not {"", "tel:", "tel:+39", "mailto:", "http:"} & set(addresses)

    @pytest.mark.parametrize(("path", "country"), PAGES)
    def test_stands_without_a_publisher(self, client, path, country):
        Publisher.objects.all().delete()

        assert client.get(path).status_code == 200

    def test_a_text_of_the_editor_is_no_markup(self, client):
        Publisher.objects.update(name="<script>alert(1)</script>")

        page = page_of(client.get("/it/contatti/"))

        assert all(script["src"].startswith("/static/") for script in page.all("script"))
        assert "<script>alert(1)</script>" in page.one("main").words
