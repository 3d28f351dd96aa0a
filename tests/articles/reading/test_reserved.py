"""Articles for health professionals: who reads them, and where nobody else meets them."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Permission
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from articles.models import Article, Edition, Home
from articles.publishing import verbs
from articles.reading.pages import PER_PAGE
from tests.factories import (
    add_figure,
    make_article,
    make_edition,
    make_editor,
    make_image,
    make_topic,
    make_user,
    publish,
    staff_with,
)
from tests.pages import alternates_of, links_of, page_of

pytestmark = pytest.mark.django_db

SECRET = "Segretissimo"
PAGES = {"it": "/it/articoli/segretissimo/", "en": "/en/articles/top-secret/"}
PUBLIC = [
    "/it/", "/en/", "/it/articoli/", "/en/articles/", "/it/argomenti/", "/en/topics/",
    "/it/argomenti/cure/", "/en/topics/care/", "/it/articoli/melanoma/",
    "/en/articles/melanoma-en/",
]  # fmt: skip


def professionals(language="it") -> str:
    """The address of the list for professionals."""
    with translation.override(language):
        return reverse("articles:professionals")


def make_professional(**fields):
    """Somebody who may read what is reserved, and may do nothing else."""
    user = make_user(**fields)
    user.user_permissions.set(Permission.objects.filter(codename="read_reserved"))
    return user


# Each kind of reader, as the user who logs in.
READERS = {
    "anonymous": lambda: None,
    "logged in": make_user,
    "staff without the permission": lambda: staff_with("change_article"),
    "idle member of the staff": lambda: make_user(is_staff=True),
    "professional": make_professional,
    "superuser": make_editor,
    "professional who was shut out": lambda: make_professional(is_active=False),
}
MAY_READ = {"professional", "superuser"}
NOT_KNOWN = {"anonymous", "professional who was shut out"}
# One of those who may read, of those who are known and may not, and of those who are not known.
ONE_OF_EACH = ["professional", "logged in", "anonymous"]


def client_of(reader: str) -> Client:
    client = Client()
    user = READERS[reader]()
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def professional() -> Client:
    return client_of("professional")


def make_reserved(**fields) -> Article:
    """A live article for professionals, with a picture, in both languages."""
    defaults = {
        "audience": "professional",
        "title_it": SECRET, "slug_it": "segretissimo", "lead_it": f"{SECRET} in breve.",
        "title_en": f"{SECRET} (en)", "slug_en": "top-secret", "lead_en": f"{SECRET} in short.",
    }  # fmt: skip
    article = make_article(**defaults | fields)
    add_figure(article)
    publish(article)
    return article


@pytest.fixture
def reserved() -> Article:
    """A reserved article among public ones, featured and under a topic that both share."""
    topic = make_topic(name_it="Cure", slug_it="cure", name_en="Care", slug_en="care")
    publish(make_article(slug_it="melanoma", slug_en="melanoma-en", topic=topic))
    article = make_reserved(topic=topic)
    Home.objects.create(featured=article)
    return article


def picture_of(article: Article) -> str:
    """The address of the picture that an article shows."""
    return article.articles_figure_set.get().image.renditions.ready().get().get_absolute_url()


def list_of(page) -> list:
    """The links of the list on the page for professionals."""
    return list(page.one("ul", class_="cards rows").all("a"))


def assert_log_in(response, path: str):
    """Assert that the answer leads to the log-in, and from there to where it was asked for."""
    with translation.override(path[1:3]):
        wanted = f"{resolve_url(settings.LOGIN_URL)}?next={quote(path)}"
    assert (response.status_code, response["Location"]) == (302, wanted)
    assert_kept_by_nobody(response)


def assert_explained(response):
    """Assert that the answer is the page that says why it stays closed."""
    page = page_of(response)
    assert response.status_code == 403
    assert SECRET not in response.content.decode()
    assert page.one("h1").words
    assert page.one("meta", name="robots")["content"] == "noindex"
    assert not list(page.all("link", rel="canonical"))
    assert alternates_of(page) == {}
    assert_kept_by_nobody(response)


def assert_kept_by_nobody(response):
    """Assert that no cache and no search engine may keep the answer, and none can ask for 304."""
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert response["X-Robots-Tag"] == "noindex"
    assert "ETag" not in response
    assert "Last-Modified" not in response


class TestWhoReadsWhat:
    @pytest.mark.parametrize("language", ["it", "en"])
    @pytest.mark.parametrize("reader", READERS)
    def test_an_article_and_the_list_for_professionals(self, reserved, reader, language):
        client = client_of(reader)

        response = client.get(PAGES[language])

        if reader in MAY_READ:
            assert response.status_code == 200
            assert page_of(response).one("h1").words.startswith(SECRET)
            assert_kept_by_nobody(response)
        elif reader in NOT_KNOWN:
            assert_log_in(response, PAGES[language])
        else:
            assert_explained(response)

        path = professionals(language)

        response = client.get(path)

        if reader in MAY_READ:
            links = list_of(page_of(response))
            assert response.status_code == 200
            assert [link["href"] for link in links] == [PAGES[language]]
            assert_kept_by_nobody(response)
        elif reader in NOT_KNOWN:
            assert_log_in(response, path)
        else:
            assert_explained(response)

    @pytest.mark.parametrize("reader", READERS)
    def test_its_picture(self, reserved, reader):
        response = client_of(reader).get(picture_of(reserved))

        if reader in MAY_READ or reader.startswith("staff"):
            assert response.status_code == 200
            assert response["Content-Type"] == "image/jpeg"
            assert_kept_by_nobody(response)
            response.close()
        else:
            assert response.status_code == 404

    @pytest.mark.parametrize("reader", ONE_OF_EACH)
    def test_public_pages_are_the_same_for_everyone_and_without_it(self, client, reserved, reader):
        somebody = client_of(reader)

        for path in PUBLIC:
            response = somebody.get(path)

            assert response.status_code == 200, path
            assert response.content == client.get(path).content
            assert SECRET not in response.content.decode()
            assert "/segretissimo/" not in response.content.decode()
            assert "public" in response["Cache-Control"]
            assert response["Vary"] == "Accept-Encoding"
            assert not response.cookies

    def test_nothing_that_links_lead_to_tells_of_it(self, client, reserved):
        waiting, seen = ["/it/", "/en/", "/sitemap.xml", "/robots.txt"], set()
        while waiting:
            path = waiting.pop()
            seen.add(path)
            response = client.get(path)
            content = b"".join(response) if response.streaming else response.content
            assert SECRET.encode() not in content, path
            assert b"segretissimo" not in content, path
            assert b"top-secret" not in content, path
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                links = {link.split("#")[0] for link in links_of(page_of(response)).values()}
                inside = {link for link in links if link.startswith("/")}
                waiting += inside - seen - set(waiting)

        assert {*PUBLIC, professionals("it"), professionals("en")} <= seen


class TestPublicPages:
    def test_ask_nothing_about_the_reader(self, professional, reserved):
        for path in PUBLIC:
            response = professional.get(path)

            assert response.status_code == 200, path
            assert not hasattr(response.wsgi_request, "session"), path

    def test_a_topic_of_reserved_articles_only_is_no_page(self, client, professional):
        make_reserved(topic=make_topic(name_it="Dosi", slug_it="dosi", slug_en="doses"))

        for reader in (client, professional):
            assert reader.get("/it/argomenti/dosi/").status_code == 404
            for path in ("/it/", "/it/argomenti/"):
                assert "Dosi" not in page_of(reader.get(path)).words

    def test_a_topic_leads_to_no_language_in_which_all_is_reserved(self, client):
        topic = make_topic(slug_it="cure", slug_en="care")
        publish(make_article(topic=topic), "it")
        make_reserved(topic=topic)

        page = page_of(client.get("/it/argomenti/cure/"))

        assert set(alternates_of(page)) == {"x-default"}
        assert page.one("a", hreflang="en")["href"] == "/en/"
        assert client.get("/en/topics/care/").status_code == 404

    def test_on_a_site_of_reserved_articles_only_are_empty(self, client):
        make_reserved()

        for path in ("/it/", "/it/articoli/", "/it/argomenti/"):
            response = client.get(path)
            assert response.status_code == 200
            assert SECRET not in response.content.decode()

    @pytest.mark.parametrize("audiences", [("public", "professional"), ("professional", "public")])
    def test_do_not_lead_to_a_reserved_version_nor_the_reverse(
        self, client, professional, audiences
    ):
        # The verb does not let it come to this; a table changed by hand does.
        article = make_article(slug_it="melanoma", slug_en="melanoma-en")
        for language, audience in zip(("it", "en"), audiences, strict=True):
            make_edition(article, language, audience=audience)
        paths = {"it": "/it/articoli/melanoma/", "en": "/en/articles/melanoma-en/"}
        open_language = "it" if audiences[0] == "public" else "en"
        other = "en" if open_language == "it" else "it"

        public = page_of(client.get(paths[open_language]))
        private = page_of(professional.get(paths[other]))

        assert alternates_of(public) == {"x-default": public.one("link", rel="canonical")["href"]}
        assert public.one("a", hreflang=other)["href"] == f"/{other}/"
        assert private.one("a", hreflang=open_language)["href"] == f"/{open_language}/"

    def test_lead_to_the_reserved_area_without_recommending_it(self, client):
        page = page_of(client.get("/en/"))

        for part in ("header", "footer"):
            link = page.one(part).one("a", href=professionals("en"))
            assert link.words == "Reserved area"
            assert (link["rel"], link["data-dialog"]) == ("nofollow", "")
            assert "aria-current" not in link.attributes


class TestReservedArticle:
    def test_says_for_whom_it_is(self, professional, reserved, client):
        page = page_of(professional.get(PAGES["en"]))

        public = page_of(client.get("/en/articles/melanoma-en/"))

        facts, public_facts = (
            {
                row.one("dt").words: row.one("dd").words
                for row in shown.one("dl", class_="trust").all("div")
            }
            for shown in (page, public)
        )
        assert facts["For"] == "health professionals only"
        assert public_facts["For"] == "patients and families"

    def test_is_kept_from_search_engines_and_names_no_address_for_them(
        self, professional, reserved
    ):
        page = page_of(professional.get(PAGES["it"]))

        assert page.one("meta", name="robots")["content"] == "noindex"
        assert not list(page.all("link", rel="canonical"))
        assert alternates_of(page) == {}

    def test_leads_to_its_version_and_to_the_list_of_its_kind(self, professional, reserved):
        page = page_of(professional.get(PAGES["it"]))

        assert page.one("a", hreflang="en")["href"] == PAGES["en"]
        assert professionals("it") in links_of(page.one("main")).values()
        for link in links_of(page).values():
            if link.startswith("/"):
                assert professional.get(link).status_code == 200, link

    def test_has_every_link_lead_somewhere_though_its_topic_has_no_page(self, professional):
        make_reserved(topic=make_topic(name_it="Dosi", slug_it="dosi"))

        links = links_of(page_of(professional.get(PAGES["it"])).one("main")).values()

        for link in links:
            assert link.startswith("#") or professional.get(link).status_code == 200, link

    def test_is_marked_in_the_preview_too(self, client, reserved):
        client.force_login(make_editor())
        edition = Edition.objects.live().get(article=reserved, language="en")

        page = page_of(client.get(reverse("admin:articles_article_edition", args=[edition.pk])))

        assert "health professionals only" in page.one("dl", class_="trust").words

    @pytest.mark.parametrize("reader", ONE_OF_EACH)
    def test_head_has_the_headers_of_get(self, reserved, reader):
        client = client_of(reader)

        for path in (PAGES["it"], professionals()):
            get, head = client.get(path), client.head(path)

            assert (head.status_code, head.content) == (get.status_code, b"")
            for name in ("Content-Type", "Cache-Control", "X-Robots-Tag", "Vary", "Location"):
                assert head.get(name) == get.get(name)

    @pytest.mark.parametrize("reader", ONE_OF_EACH)
    def test_takes_no_other_method(self, reserved, reader):
        client = client_of(reader)
        client.handler.enforce_csrf_checks = True

        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            for path in (PAGES["it"], professionals()):
                response = client.generic(method, path, b"x=1")

                assert response.status_code == 405
                assert response["Allow"] == "GET, HEAD"

    @pytest.mark.parametrize("reader", ONE_OF_EACH)
    def test_no_condition_makes_it_a_304(self, client, reserved, reader):
        article = Article.objects.get(slug_it="melanoma")
        known = client.get("/it/articoli/melanoma/")
        later = timezone.now() + timedelta(days=1)
        conditions = [
            {"if-none-match": known["ETag"]},
            {"if-none-match": "*"},
            {"if-modified-since": known["Last-Modified"]},
            {"if-modified-since": "Fri, 31 Dec 2100 23:59:59 GMT"},
        ]
        Article.objects.filter(pk=article.pk).update(audience="professional")
        with time_machine.travel(later, tick=False):
            publish(article)
            reading = client_of(reader)

            statuses = {
                reading.get(path, headers=condition).status_code
                for condition in conditions
                for path in ("/it/articoli/melanoma/", PAGES["it"], professionals())
            }

        expected = 200 if reader in MAY_READ else 302 if reader in NOT_KNOWN else 403
        assert statuses == {expected}

    def test_asks_for_log_in_with_its_address(self, client, reserved):
        query = "?utm=a&next=//evil.example"
        response = client.get(PAGES["it"] + query, follow=True)

        location, _status = response.redirect_chain[-1]
        assert location.endswith("?next=/it/articoli/segretissimo/")

    def test_the_page_that_explains_has_its_version(self, reserved):
        client = client_of("logged in")

        for path in (PAGES["it"], professionals("it")):
            page = page_of(client.get(path))

            assert page.one("html")["lang"] == "it"
            assert page.one("a", hreflang="en")["href"] == professionals("en")
            for link in links_of(page.one("main")).values():
                assert client.get(link).status_code == 200, link

    def test_becomes_public_and_reserved_again(self, client, reserved):
        path = PAGES["it"]
        statuses = []
        for audience in ("public", "professional"):
            Article.objects.filter(pk=reserved.pk).update(audience=audience)
            publish(reserved)
            statuses.append(client.get(path).status_code)

        assert statuses == [200, 302]
        assert SECRET not in client.get("/it/").content.decode()

    def test_reserving_the_working_copy_alone_changes_nothing(self, client):
        publish(make_article(slug_it="melanoma"))
        Article.objects.update(audience="professional")

        assert client.get("/it/articoli/melanoma/").status_code == 200


class TestElsewhere:
    def move(self, article: Article):
        """Give a live article another address; the old one is remembered."""
        Article.objects.filter(pk=article.pk).update(slug_it="nuovo", slug_en="new")
        publish(article)

    @pytest.mark.parametrize("reader", ONE_OF_EACH)
    def test_an_address_of_the_past_leads_only_readers_to_the_present_one(self, reserved, reader):
        self.move(reserved)
        client = client_of(reader)

        for path, target in {
            "/it/articoli/segretissimo/": "/it/articoli/nuovo/",
            "/en/articles/top-secret/": "/en/articles/new/",
            "/en/articles/segretissimo/": "/en/articles/new/",
        }.items():
            response = client.get(path)

            if reader in MAY_READ:
                assert (response.status_code, response["Location"]) == (301, target)
            else:
                assert response.status_code == 404
                words = page_of(response).words
                assert SECRET not in words
                assert "nuovo" not in response.content.decode()
            assert "public" not in response["Cache-Control"]

    @pytest.mark.parametrize("reader", ONE_OF_EACH)
    def test_a_404_offers_the_other_language_to_readers_only(self, reserved, reader):
        verbs.withdraw(reserved, "it", by=make_editor())

        response = client_of(reader).get(PAGES["it"])

        offers = list(page_of(response).one("main").all("a", hreflang="en"))
        assert response.status_code == 404
        assert [link["href"] for link in offers] == [PAGES["en"]] * (reader in MAY_READ)
        assert (SECRET in response.content.decode()) is (reader in MAY_READ)

    def test_an_address_that_was_public_tells_nothing_now(self, client):
        article = make_article(slug_it="vecchio", title_it="Titolo aperto")
        publish(article)
        Article.objects.update(
            audience="professional", slug_it="segretissimo", title_it=SECRET, lead_it=SECRET
        )
        publish(article)

        response = client.get("/it/articoli/vecchio/")

        assert response.status_code == 404
        assert "egretissimo" not in response.content.decode()
        assert "Titolo aperto" not in response.content.decode()


class TestHome:
    def test_takes_no_reserved_article_as_its_featured_one(self, admin_client, reserved):
        """In its form, nor in the list from which an editor chooses."""
        form = reverse("admin:articles_home_change", args=[Home.objects.get().pk])
        choices = reverse("admin:autocomplete")
        of_home = {"app_label": "articles", "model_name": "home", "field_name": "featured"}

        response = admin_client.post(form, {"featured": reserved.pk})
        offered = admin_client.get(choices, of_home).json()["results"]

        assert "featured" in response.context["adminform"].form.errors
        assert [choice["id"] for choice in offered] == [
            str(article.pk) for article in Article.objects.filter(audience="public")
        ]


class TestPictures:
    def test_in_a_public_article_too_is_public(self, client, professional):
        image = make_image()
        shown = make_article(slug_it="aperto")
        for article in (shown, make_article(audience="professional")):
            add_figure(article, image=image)
            publish(article)
        address = image.renditions.ready().get().get_absolute_url()

        together = client.get(address)
        for language in ("it", "en"):
            verbs.withdraw(shown, language, by=make_editor())
        alone, alone_for_readers = client.get(address), professional.get(address)

        assert together.status_code == 200
        assert "public" in together["Cache-Control"]
        assert "X-Robots-Tag" not in together
        assert "Cookie" not in together.get("Vary", "")
        assert alone.status_code == 404
        assert alone_for_readers.status_code == 200
        assert_kept_by_nobody(alone_for_readers)
        for answer in (together, alone_for_readers):
            answer.close()

    def test_of_a_public_article_asks_nothing_about_the_reader(
        self, professional, django_assert_num_queries
    ):
        article = make_article()
        add_figure(article)
        publish(article)
        address = picture_of(article)

        with django_assert_num_queries(2):  # the clock and the picture
            response = professional.get(address)

        assert not hasattr(response.wsgi_request, "session")
        response.close()

    @pytest.mark.parametrize("reader", READERS)
    def test_goes_with_the_withdrawn_article(self, reserved, reader):
        for language in ("it", "en"):
            verbs.withdraw(reserved, language, by=make_editor())

        response = client_of(reader).get(picture_of(reserved))

        may_edit = reader.startswith(("staff", "superuser"))
        assert response.status_code == (200 if may_edit else 404)
        response.close()

    def test_of_a_draft_is_not_for_readers(self, professional):
        article = make_article(audience="professional")
        add_figure(article)

        assert professional.get(picture_of(article)).status_code == 404

    def test_of_a_scheduled_article_is_not_for_readers_yet(self, professional):
        article = make_article(audience="professional")
        figure = add_figure(article)
        tomorrow = timezone.now() + timedelta(days=1)
        edition = make_edition(article, valid_from=tomorrow)
        edition.images.add(figure.image)

        early = professional.get(picture_of(article))
        with time_machine.travel(tomorrow):
            timely = professional.get(picture_of(article))

        assert (early.status_code, timely.status_code) == (404, 200)
        timely.close()

    def test_no_condition_makes_it_a_304(self, client, reserved):
        address = picture_of(reserved)

        response = client.get(
            address,
            headers={
                "if-none-match": "*",
                "if-modified-since": "Fri, 31 Dec 2100 23:59:59 GMT",
            },
        )

        assert response.status_code == 404


class TestProfessionals:
    def fill(self, count: int):
        start = timezone.now() - timedelta(days=30)
        for number in range(count):
            with time_machine.travel(start + timedelta(hours=number)):
                make_reserved(slug_it=f"n{number}", slug_en=f"e{number}")

    def test_shows_what_is_reserved_the_newest_first_over_its_pages(self, professional):
        self.fill(PER_PAGE + 2)
        publish(make_article(slug_it="aperto"))

        first, second = (
            page_of(professional.get(f"{professionals()}{query}")).one("main")
            for query in ("", "?page=2")
        )

        def slugs(page):
            return [link["href"].split("/")[3] for link in list_of(page)]

        assert slugs(first) == [f"n{number}" for number in range(PER_PAGE + 1, 1, -1)]
        assert slugs(second) == ["n1", "n0"]
        assert first.one("a", rel="next")["href"] == "?page=2"
        assert second.one("a", rel="prev")["href"] == professionals()

    def test_keeps_the_page_over_the_log_in(self, client):
        assert_log_in(client.get(f"{professionals()}?page=2"), f"{professionals()}?page=2")

    @pytest.mark.parametrize("number", ["0", "2", "x", ""])
    def test_an_odd_page_number_is_no_page(self, professional, reserved, number):
        assert professional.get(f"{professionals()}?page={number}").status_code == 404

    def test_shows_neither_drafts_nor_what_is_withdrawn_or_scheduled(self, professional):
        make_article(audience="professional", title_it="Bozza")
        withdrawn = make_article(audience="professional", title_it="Ritirato")
        publish(withdrawn)
        verbs.withdraw(withdrawn, "it", by=make_editor())
        scheduled = make_article(audience="professional", title_it="Domani")
        make_edition(scheduled, valid_from=timezone.now() + timedelta(days=1))

        page = page_of(professional.get(professionals()))

        for title in ("Bozza", "Ritirato", "Domani"):
            assert title not in page.words

    @pytest.mark.parametrize("language", ["it", "en"])
    def test_says_so_when_there_is_nothing(self, professional, language):
        other = "en" if language == "it" else "it"

        response = professional.get(professionals(language))

        main = page_of(response).one("main")
        assert response.status_code == 200
        assert main.one("a", hreflang=other)["href"] == professionals(other)
        assert main.one("div", class_="panel").words

    def test_shows_pictures_that_readers_get(self, professional, reserved):
        main = page_of(professional.get(professionals())).one("main")

        response = professional.get(main.one("img")["src"])

        assert response.status_code == 200
        response.close()

    def test_says_where_the_reader_is(self, professional, reserved):
        page = page_of(professional.get(professionals("en")))

        link = page.one("header").one("a", href=professionals("en"))
        assert link["aria-current"] == "page"
        assert page.one("h1").words == link.words
        assert page.one("meta", name="robots")["content"] == "noindex"
        assert alternates_of(page) == {}
        assert page.one("a", hreflang="it")["href"] == professionals("it")


class TestQueries:
    def test_whoever_is_not_known_costs_no_session(
        self, client, reserved, django_assert_num_queries
    ):
        with django_assert_num_queries(2):
            client.get(PAGES["it"])
