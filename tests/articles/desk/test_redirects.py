"""Slugs that belong to others, in the forms; and the list, the form and the import of old
addresses."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.models import Article, FormerSlug, OldAddress
from articles.publishing import verbs
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    logged_in,
    make_article,
    make_editor,
    make_topic,
    member_of,
    publish,
    staff_with,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:articles_oldaddress_changelist")
ADD = reverse("admin:articles_oldaddress_add")
IMPORT = reverse("admin:articles_oldaddress_import")


@pytest.fixture
def editor_client(client):
    return logged_in(client, member_of("Editors"))


class TestSlugs:
    def test_of_another_article_are_refused_at_the_field(self, editor_client):
        owner = make_article(slug_it="melanoma", title_it="Il melanoma")
        publish(owner, "it")
        Article.objects.filter(pk=owner.pk).update(slug_it="pelle")
        other: Any = make_article(slug_it="altro")

        response = editor_client.post(
            change_url(other), form_of(other, slug_it="melanoma", _save="1")
        )

        (message,) = response.context["adminform"].form.errors["slug_it"]
        assert "“Il melanoma”" in message
        other.refresh_from_db()
        assert other.slug_it == "altro"

    def test_of_the_article_itself_may_come_back(self, editor_client):
        owner: Any = make_article(slug_it="melanoma")
        publish(owner, "it")
        Article.objects.update(slug_it="pelle")
        owner.refresh_from_db()

        editor_client.post(change_url(owner), form_of(owner, slug_it="melanoma", _save="1"))

        owner.refresh_from_db()
        assert owner.slug_it == "melanoma"

    def test_of_another_topic_are_refused_at_the_field(self, editor_client):
        topic: Any = make_topic(name_it="Cure", slug_it="cure")
        publish(make_article(topic=topic), "it")
        topic.slug_it = "terapie"
        topic.save()
        form = {"name_it": "Altro", "slug_it": "cure", "ordering": "1"}

        response = editor_client.post(reverse("admin:articles_topic_add"), form)
        own = editor_client.post(
            reverse("admin:articles_topic_change", args=[topic.pk]), form | {"name_it": "Cure"}
        )

        (message,) = response.context["adminform"].form.errors["slug_it"]
        assert "“Cure”" in message
        assert own.status_code == 302
        assert set(FormerSlug.objects.values_list("slug", flat=True)) == {"cure", "terapie"}


class TestForm:
    def test_takes_one_place_to_lead_to(self, editor_client):
        article = make_article(slug_it="x")
        publish(article, "it")
        rows = [
            {"address": "https://old.example/a.php?ID=1", "article": article.pk, "language": "it"},
            {"address": "/b.php", "path": "/it/contatti"},
            {"address": "/c.php", "path": "/it/articoli/x/"},
        ]

        for row in rows:
            assert editor_client.post(ADD, row).status_code == 302

        stored = OldAddress.objects.order_by("key")
        assert list(stored.values_list("address", "key", "article", "language", "path")) == [
            ("/a.php?ID=1", "/a.php?id=1", article.pk, "it", ""),
            ("/b.php", "/b.php", None, "", "/it/contatti/"),
            ("/c.php", "/c.php", article.pk, "it", ""),
        ]

    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({"address": "/taken.php/", "path": "/it/"}, "address"),
            ({"address": "/it/articoli/x/", "path": "/it/"}, "address"),
            ({"address": "mailto:x@y.it", "path": "/it/"}, "address"),
            ({"address": "", "path": "/it/"}, "address"),
            ({"address": "/a.php"}, "article"),
            ({"address": "/a.php", "article": "ARTICLE"}, "language"),
            ({"address": "/a.php", "article": "999"}, "article"),
            ({"address": "/a.php", "article": "ARTICLE", "path": "/it/"}, "path"),
            ({"address": "/a.php", "path": "https://evil.example/"}, "path"),
            ({"address": "/a.php", "path": "/admin/"}, "path"),
            ({"address": "/a.php", "path": "/it/\0"}, "path"),
            ({"address": "/a.php", "path": "/it/", "language": "xx"}, "language"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(self, editor_client, form, field):
        OldAddress.objects.create(address="/taken.php", path="/it/")
        article = make_article(slug_it="x")
        form = {name: value.replace("ARTICLE", str(article.pk)) for name, value in form.items()}

        response = editor_client.post(ADD, form)

        assert set(response.context["adminform"].form.errors) == {field}
        assert OldAddress.objects.count() == 1

    def test_warns_of_a_page_that_is_not_there(self, editor_client):
        article = make_article(title_it="Il melanoma")

        response = editor_client.post(
            ADD, {"address": "/a.php", "article": article.pk, "language": "it"}, follow=True
        )

        assert "“Il melanoma” is not published in Italian" in response.text

    def test_keeps_what_an_old_address_leads_to(self, editor_client):
        article = make_article(title_it="Il melanoma")
        OldAddress.objects.create(address="/a.php", article=article, language="it")

        url = reverse("admin:articles_article_delete", args=[article.pk])
        response = editor_client.post(url, {"post": "yes"})

        assert "/a.php" in response.text
        assert Article.objects.exists()


class TestList:
    def test_says_calmly_that_nothing_is_there(self, editor_client):
        page = page_of(editor_client.get(LIST))

        assert "No old address is known yet." in page.words
        assert IMPORT in links_of(page).values()

    def test_shows_where_each_leads_and_how_often_it_is_used(
        self, editor_client, django_assert_max_num_queries
    ):
        article = make_article(title_it="Il melanoma", slug_it="x")
        publish(article, "it")
        OldAddress.objects.create(address="/a.php", article=article, language="it", uses=41)
        OldAddress.objects.create(address="/b.php", article=article, language="en")
        OldAddress.objects.create(address="/c.php", path="/it/contatti/")
        OldAddress.objects.create(address="/d.php", topic=make_topic(), language="it")

        with django_assert_max_num_queries(15):
            response = editor_client.get(LIST)

        rows = [row.words for row in page_of(response).one("table", id="result_list").all("tr")]
        assert "/a.phpIl melanoma in Italian41" in rows[1]
        assert "in English: not published there" in rows[2]
        assert "/it/contatti/" in rows[3]
        assert "in Italian: not published there" in rows[4]
        found = page_of(editor_client.get(f"{LIST}?q=melanoma"))
        assert len(list(found.one("table", id="result_list").all("tr"))) == 3
        verbs.withdraw(article, "it", by=make_editor())
        assert "in Italian: not published there" in editor_client.get(LIST).text

    def test_is_for_editors(self, client):
        logged_in(client, member_of("Authors"))

        assert [client.get(url).status_code for url in (LIST, ADD, IMPORT)] == [403] * 3

    def test_offers_the_import_to_those_only_who_may_add(self, client):
        logged_in(client, staff_with("view_oldaddress"))

        assert IMPORT not in links_of(page_of(client.get(LIST))).values()
        assert client.post(IMPORT, {"text": "/a.php;/it/"}).status_code == 403
        assert not OldAddress.objects.exists()


class TestImport:
    def preview(self, client, data: bytes, name="table.csv"):
        return client.post(IMPORT, {"file": SimpleUploadedFile(name, data)})

    @pytest.mark.parametrize(
        "data",
        [
            "/perché.php;/it/contatti/\n/x.php;/manca/\n".encode(),
            "/perché.php,/it/contatti/\r\n/x.php,/manca/\r\n".encode("utf-8-sig"),
            'sep=;\r\nOld;New\r\n"/perché.php";"/it/contatti/"\r\n"/x.php";"/manca/"'.encode(
                "cp1252"
            ),
            "Old\tNew\r\n/perché.php\t/it/contatti/\r\n/x.php\t/manca/".encode("utf-16"),
        ],
        ids=["UTF-8", "with a mark", "Windows", "UTF-16"],
    )
    def test_is_previewed_and_then_done(self, editor_client, data):
        preview = self.preview(editor_client, data)

        page = page_of(preview)
        assert "1 address is added." in page.words
        assert "1 line cannot be read and is left out." in page.words
        assert "“/manca/” is no page of this site." in page.words
        assert not OldAddress.objects.exists()

        text = page.one("input", name="text")["value"]
        done = editor_client.post(IMPORT, {"text": text}, follow=True)

        row = OldAddress.objects.get()
        assert (row.address, row.path) == ("/perché.php", "/it/contatti/")
        assert "1 old address now leads where the table says." in done.text
        assert "1 line was left out." in done.text
        again = page_of(self.preview(editor_client, data))
        assert "1 line changes nothing: it is so already." in again.words
        assert not list(again.all("input", name="text"))

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"", "The submitted file is empty."),
            (b"PK\x03\x04\x00\x00", "no table that can be read"),
            (b"\n;\n", "No line of this file holds an address."),
            (b"Titolo;Autore;Anno\nIl melanoma;Rossi;2010\n", "No line of this file holds"),
            (b"/a.php;/it/\n" * 10_001, "more than 10000 lines"),
            (b"/a.php;" + b"x" * 200_000, "no table that can be read"),
            (b"/a.php;/it/\n" * 90_000, "at most 1.0\xa0MB"),
            (b"/a.php;/it/\n<script>;/it/", "“&lt;script&gt;” is no address of a page."),
        ],
    )
    def test_of_what_is_no_table_says_so(self, editor_client, data, said):
        response = self.preview(editor_client, data)

        assert response.status_code == 200
        assert said in response.text
        assert not OldAddress.objects.exists()

    def test_marks_what_leads_to_a_page_that_is_not_there(self, editor_client):
        article = make_article(slug_it="x", slug_en="x-en")
        publish(article, "it")
        make_topic(slug_it="vuoto")
        lines = "/a;/it/articoli/x/\n/b;/en/articles/x-en/\n/c;/it/argomenti/vuoto/\n/d;/it/"

        page = page_of(self.preview(editor_client, lines.encode()))

        rows = list(page.one("tbody").all("tr"))
        assert ["Not published there yet" in row.words for row in rows] == [
            False,
            True,
            True,
            False,
        ]

    @pytest.mark.parametrize("text", ["", "x;" + "y" * 200_000, "/a.php;/it/\n" * 10_001])
    def test_of_a_text_that_was_tampered_with_asks_for_the_file(self, editor_client, text):
        response = editor_client.post(IMPORT, {"text": text})

        assert response.status_code == 200
        assert page_of(response).one("input", type="file")
        assert not OldAddress.objects.exists()


class TestWithdrawing:
    def test_says_which_old_addresses_go_with_the_page(self, editor_client):
        article = make_article()
        publish(article, "it")
        OldAddress.objects.create(address="/a.php", article=article, language="it")
        OldAddress.objects.create(address="/b.php", article=article, language="en")

        url = reverse("admin:articles_article_withdraw", args=[article.pk, "it"])

        assert "1 address of the old site leads to it" in editor_client.get(url).text
