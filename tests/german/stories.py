"""What people do with a portal that has just learnt German. Run by ``test_german`` in a copy.

The stories share the database, and come one after the other.
"""

import json
import os
import re

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from accounts import resets  # noqa: E402
from articles import launch_content  # noqa: E402
from articles.models import Article, Edition, Topic  # noqa: E402
from contact.forms import new_stamp  # noqa: E402
from contact.models import Message, Subject  # noqa: E402
from immunoportal.languages import text_in  # noqa: E402
from tests.accounts.steps import language_of, last_mail_to, submit_in_admin, values_of  # noqa: E402
from tests.german.filled import EDITOR, READER, SLUGS, all_editions, written_down  # noqa: E402
from tests.pages import Element, alternates_of, page_of  # noqa: E402

LABELS = {"it": "versione italiana", "en": "English version", "de": "deutsche Fassung"}
HOMES = {
    "it": "pagina iniziale in italiano",
    "en": "home page in English",
    "de": "Startseite auf Deutsch",
}
LIVE = "live, no. 1"
LAUNCH = launch_content.SLUGS | {"de": "de-immunotherapy-how-it-works"}


def browser(email: str = "") -> Client:
    """A browser, in which a user has logged in if one is named."""
    client = Client(SERVER_NAME="localhost")
    if email:
        client.force_login(get_user_model().objects.get(email=email))
    return client


def look_at(path: str, client: Client | None = None, status: int = 200) -> Element:
    response = (client or browser()).get(path)
    assert response.status_code == status, path
    return page_of(response)


def switch_of(page: Element) -> dict[str, tuple[str, str]]:
    """The words and the address of each link of the language switch, by language."""
    links = page.all("a", class_="language")
    return {link["hreflang"]: (link.words, link["href"]) for link in links}


def path_in(language: str, name: str, *args) -> str:
    with translation.override(language):
        return reverse(name, args=args)


def launch_article() -> Article:
    return Article.objects.get(slug_en=LAUNCH["en"])


def form_of(client: Client, article: Article) -> dict:
    """What a browser would send for the article's page."""
    path = reverse("admin:articles_article_change", args=[article.pk])
    return values_of(look_at(path, client).one("form", id="article_form"))


def send(client: Client, article: Article, values: dict, **button: str):
    """Press a button of the form, and again if something is asked before a publication."""
    path = reverse("admin:articles_article_change", args=[article.pk])
    values |= {"_severity": "2"} | button
    response = client.post(path, values, follow=True)
    asked = [each["value"] for each in page_of(response).all("input", name="_shown_concern")]
    if not asked:
        return response
    values["version"] = page_of(response).one("input", name="version")["value"]
    return client.post(path, values | {"_shown_concern": asked}, follow=True)


def in_german(values: dict) -> dict:
    """A form with a German text wherever there is an English one."""
    german = {}
    for name, value in values.items():
        if name.endswith("_en") and value:
            field = name.rpartition("-")[2].removesuffix("_en")
            said = {"slug": f"de-{value}", "text": f"<p>Auf Deutsch.</p>{value}"}
            german[f"{name.removesuffix('_en')}_de"] = said.get(field, f"Deutsch: {value}")
    return values | german


def states_of(article: Article, client: Client) -> list[str]:
    """What the admin's list shows of an article in Italian, English and German."""
    page = look_at(reverse("admin:articles_article_changelist"), client)
    (row,) = [row for row in page.all("tr") if str(article) in row.words]
    return [
        next(cell for cell in row.all("td") if f"field-state_{language}" in cell["class"]).words
        for language in LABELS
    ]


class TestAfterTheMigration:
    def test_nothing_is_amiss(self):
        call_command("check", databases=["default"], fail_level="WARNING")
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)

    def test_editions_are_what_they_were(self):
        before = json.loads(written_down().read_text("utf-8"))

        assert len(before) == 8
        assert all_editions() == before

    def test_editions_are_still_guarded(self):
        with (
            pytest.raises(DatabaseError, match="is guarded against this UPDATE"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE articles_edition SET title = 'x'")

    def test_every_language_has_its_own_unique_slugs(self):
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, "articles_article")

        assert {f"article_slug_{language}_unique" for language in LABELS} <= constraints.keys()


class TestBeforeAnythingIsGerman:
    @pytest.mark.parametrize(
        "name",
        [
            "articles:home",
            "articles:list",
            "articles:topics",
            "contact:contact",
            "contact:privacy",
            "account_login",
            "account_signup",
            "account_reset_password",
        ],
    )
    def test_each_page_leads_to_itself_in_the_other_languages(self, name):
        for language in LABELS:
            page = look_at(path_in(language, name))

            assert page.one("html")["lang"] == language
            assert switch_of(page) == {
                other: (LABELS[other], path_in(other, name))
                for other in LABELS
                if other != language
            }

    def test_the_words_of_addresses_are_german(self):
        assert path_in("de", "articles:list") == "/de/artikel/"
        assert path_in("de", "contact:privacy") == "/de/datenschutz/"

    def test_an_empty_list_offers_the_others(self):
        panel = look_at("/de/artikel/").one("div", class_="panel")

        assert "Noch ist kein Artikel auf Deutsch erschienen." in panel.words
        assert [link["hreflang"] for link in panel.all("a")] == ["it", "en"]

    def test_a_missing_page_offers_all_that_there_are(self):
        page = look_at(f"/de/artikel/{LAUNCH['en']}/", status=404).one("main")

        assert page.one("h1").words == "Diesen Artikel gibt es nicht auf Deutsch"
        offers = page.all("p", class_="offer")
        assert [offer.one("a")["href"] for offer in offers] == [
            f"/it/articoli/{LAUNCH['it']}/",
            f"/en/articles/{LAUNCH['en']}/",
        ]

    def test_a_missing_page_that_exists_in_one_language_says_so(self):
        page = look_at(f"/de/artikel/{SLUGS['it']}/", status=404).one("main")

        assert page.one("h1").words == "Diesen Artikel gibt es nur auf Italienisch"
        assert page.one("p", class_="offer").one("a")["lang"] == "it"

    def test_an_article_leads_to_the_german_home_page(self):
        page = look_at(f"/it/articoli/{LAUNCH['it']}/")

        assert switch_of(page) == {
            "en": (LABELS["en"], f"/en/articles/{LAUNCH['en']}/"),
            "de": (HOMES["de"], "/de/"),
        }
        assert alternates_of(page).keys() == {"it", "en", "x-default"}

    def test_a_german_browser_is_sent_to_the_german_pages(self):
        assert (
            browser().get("/", headers={"accept-language": "de-AT, en;q=0.8"})["Location"] == "/de/"
        )


class TestWriting:
    def test_the_lists_show_three_states(self):
        client = browser(EDITOR)

        assert states_of(launch_article(), client) == [LIVE, LIVE, "never published"]
        filtered = reverse("admin:articles_article_changelist") + "?state_de=never"
        assert str(launch_article()) in look_at(filtered, client).words

    def test_the_switch_of_the_form_has_three_languages(self):
        path = reverse("admin:articles_article_change", args=[launch_article().pk])
        page = look_at(path, browser(EDITOR))

        (names,) = [script["data-languages"] for script in page.all("script", data_languages=None)]
        own_names = {code: language["name"] for code, language in json.loads(names).items()}
        assert own_names == {"it": "Italiano", "en": "English", "de": "Deutsch"}
        assert page.one("button", name_="_publish", value="all").words == "Publish all"

    def test_what_is_missing_is_said_and_nothing_published(self):
        client, article = browser(EDITOR), launch_article()

        response = send(client, article, form_of(client, article), _publish="de")

        assert response.status_code == 200
        assert page_of(response).one("ul", class_="messagelist").one("a", href="#id_title_de")
        assert not Edition.objects.in_language("de").exists()

    def test_a_preview_is_the_german_page(self):
        client, article = browser(EDITOR), launch_article()

        response = send(client, article, in_german(form_of(client, article)), _preview="de")

        page = page_of(response)
        assert page.one("html")["lang"] == "de"
        assert page.one("h1").words.startswith("Deutsch: ")
        assert not Edition.objects.in_language("de").exists()

    def test_german_is_published_alone(self):
        client, article = browser(EDITOR), launch_article()

        send(client, article, in_german(form_of(client, article)), _publish="de")

        (edition,) = article.editions.in_language("de")
        assert (edition.number, edition.slug) == (1, LAUNCH["de"])
        assert article.editions.exclude(language="de").count() == 2
        assert states_of(launch_article(), client) == [LIVE, LIVE, LIVE]

    def test_all_are_published_together(self):
        client, article = browser(EDITOR), launch_article()
        values = form_of(client, article)
        changed = {f"lead_{language}": f"Neu ({language})." for language in LABELS}

        send(client, article, values | changed, _publish="all")

        live = article.editions.live().order_by("pk")
        assert [(edition.language, edition.number) for edition in live] == [
            ("it", 2),
            ("en", 2),
            ("de", 2),
        ]

    def test_the_history_tells_of_german(self):
        path = reverse("admin:articles_article_history", args=[launch_article().pk])

        assert "in German" in look_at(path, browser(EDITOR)).one("div", id="events").words

    def test_german_is_withdrawn_and_published_again(self):
        client, article = browser(EDITOR), launch_article()
        path = reverse("admin:articles_article_withdraw", args=[article.pk, "de"])

        assert client.post(path, {"note": "Versuch"}).status_code == 302
        look_at(f"/de/artikel/{LAUNCH['de']}/", status=404)
        send(client, article, form_of(client, article), _publish="de")

        assert article.editions.live().in_language("de").get().number == 3

    def test_a_topic_and_a_subject_get_their_german_names(self):
        client = browser(EDITOR)
        topic, subject = Topic.objects.get(), Subject.objects.earliest("pk")

        for model, number in (("articles_topic", topic.pk), ("contact_subject", subject.pk)):
            path = reverse(f"admin:{model}_change", args=[number])
            response = submit_in_admin(client, path, name_de="Wie es wirkt")
            assert response.status_code == 302

        topic.refresh_from_db()
        assert text_in(topic, "name", "de") == "Wie es wirkt"
        assert text_in(topic, "slug", "de") == "wie-es-wirkt"

    def test_every_form_and_list_of_the_admin_opens(self):
        client = browser(EDITOR)
        index = look_at(reverse("admin:index"), client)
        paths = {link["href"] for link in index.one("div", id="content").all("a")}
        lists = {path for path in paths if re.fullmatch(r"/admin/\w+/\w+/", path)}

        assert len(lists) > 10
        for path in lists | {path for path in paths if path.endswith("/add/")}:
            assert client.get(path, follow=True).status_code == 200, path


class TestReading:
    @pytest.mark.parametrize("language", LABELS)
    def test_an_article_leads_to_the_two_others(self, language):
        paths = {other: path_in(other, "articles:detail", slug) for other, slug in LAUNCH.items()}
        page = look_at(paths[language])

        assert page.one("html")["lang"] == language
        assert switch_of(page) == {
            other: (LABELS[other], path) for other, path in paths.items() if other != language
        }
        alternates = alternates_of(page)
        assert alternates.keys() == {*LABELS, "x-default"}
        assert all(alternates[other].endswith(path) for other, path in paths.items())

    @pytest.mark.parametrize("path", ["/de/", "/de/artikel/", "/de/themen/wie-es-wirkt/"])
    def test_home_list_and_topic_show_it(self, path):
        assert f"/de/artikel/{LAUNCH['de']}/" in [
            link["href"] for link in look_at(path).one("main").all("a")
        ]

    def test_the_topics_are_listed_under_their_german_name(self):
        assert "Wie es wirkt" in look_at("/de/themen/").one("main").words

    def test_what_is_reserved_asks_for_the_log_in(self):
        response = browser().get("/de/fachkreise/")

        assert response["Location"] == "/de/account/login/?next=/de/fachkreise/"
        assert browser(EDITOR).get("/de/fachkreise/").status_code == 200


class TestLoggingIn:
    def test_happens_in_german(self):
        client = browser()
        page = look_at("/de/account/login/", client)
        assert page.one("main").one("h1").words == "Anmelden"

        typed = {"login": READER, "password": "correct horse battery"}
        response = client.post("/de/account/login/", typed)

        assert response["Location"] == "/de/account/"
        page = look_at("/de/account/", client)
        assert switch_of(page) == {
            "it": (LABELS["it"], "/it/account/"),
            "en": (LABELS["en"], "/en/account/"),
        }

    def test_german_mails_go_to_who_chose_german(self):
        client = browser(READER)
        values = {"first_name": "Erika", "last_name": "Muster", "preferred_language": "de"}
        assert client.post("/de/account/", values).status_code == 302

        browser().post("/de/account/password-reset/", {"email": READER})
        while resets.send_next():
            pass

        assert language_of(last_mail_to(READER)) == "de"

    def test_the_administration_speaks_german_to_who_chose_it(self):
        get_user_model().objects.filter(email=EDITOR).update(preferred_language="de")

        page = look_at(reverse("admin:articles_article_changelist"), browser(EDITOR))

        assert page.one("html")["lang"] == "de"


class TestWritingToThePublisher:
    def test_a_german_message_arrives(self):
        page = look_at("/de/kontakt/")
        (subject,) = [
            option["value"] for option in page.all("option") if option.words == "Wie es wirkt"
        ]
        typed = {
            "name": "Erika Muster",
            "email": "erika@example.org",
            "subject": subject,
            "text": "Guten Tag.",
            "website": "",
            "stamp": new_stamp(renewed=True),
        }

        response = browser().post("/de/kontakt/", typed)

        assert response["Location"].startswith("/de/kontakt/erhalten/")
        message = Message.objects.get()
        assert (message.language, message.subject_name) == ("de", "Wie es wirkt")
        assert message.number in look_at(response["Location"]).one("main").words
        inbox = reverse("admin:contact_message_changelist") + "?language__exact=de"
        assert message.number in look_at(inbox, browser(EDITOR)).words
