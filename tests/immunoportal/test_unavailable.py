"""A full disk, and a database that is locked or away."""

import errno
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from articles.models import Edition, Image, RichText
from contact.forms import new_stamp
from contact.models import Message
from immunoportal.languages import StrPromise, text_in
from immunoportal.unavailable import AWAY, BUSY, FULL, reason_for
from tests.accounts.steps import (
    LOGIN,
    PASSWORD,
    ask_for_reset,
    is_logged_in,
    log_in,
    values_of,
)
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    logged_in,
    make_article,
    make_editor,
    make_subject,
    make_user,
    picture_file,
    publish,
)
from tests.immunoportal.faults import away, execute, full, locked, unwritable
from tests.pages import page_of

UPLOAD = "/admin/articles/image/add/"
CONTACT = "/en/contact/"
LONG = "<p>" + "Una lunga storia. " * 3_000 + "</p>"


@pytest.fixture
def editor(client) -> Client:
    client.raise_request_exception = False
    return logged_in(client, make_editor())


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def form_in(response):
    return page_of(response).one("main").one("form")


def given_back(response) -> dict[str, str]:
    """What a browser sends when the button of the page is pressed."""
    return {
        field["name"]: field.attributes.get("value", "") for field in form_in(response).all("input")
    }


def assert_unavailable(response, reason: StrPromise | str):
    assert response.status_code == 503
    assert response["Retry-After"] == "300"
    assert response["Cache-Control"] == "no-store"
    assert str(reason) in page_of(response).one("main").words
    assert "hunter2" not in response.text


def posted(data: dict) -> dict[str, str]:
    return {name: str(value) for name, value in data.items()}


class TestReasonFor:
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize(
        ("fault", "reason"), [(locked, BUSY), (full, FULL), (unwritable, AWAY)]
    )
    def test_is_told_from_the_error_of_the_database(self, fault, reason):
        make_article()

        with fault(), pytest.raises(DatabaseError) as caught:
            RichText.objects.update(text_it="x" * 100_000)

        assert reason_for(caught.value) == reason

    def test_is_a_full_disk_for_files_too(self):
        with pytest.raises(OSError, match="No space left") as caught:
            Path("/dev/full").write_text("x")

        assert reason_for(caught.value) == FULL

    def test_is_found_behind_what_it_has_led_to(self):
        error = RuntimeError()
        error.__context__ = OSError(errno.EDQUOT, "Quota exceeded")

        assert reason_for(error) == FULL

    @pytest.mark.parametrize(
        ("cause", "reason"),
        [
            (psycopg.OperationalError, AWAY),  # no connection
            (psycopg.errors.AdminShutdown, AWAY),
            (psycopg.errors.DiskFull, FULL),
            (psycopg.errors.ProgramLimitExceeded, None),
            (psycopg.errors.ObjectNotInPrerequisiteState, None),
        ],
    )
    def test_is_told_from_the_state_of_postgresql(self, cause, reason):
        error = OperationalError()
        error.__cause__ = cause()

        assert reason_for(error) == reason

    @pytest.mark.django_db
    def test_is_none_for_a_mistake(self):
        with pytest.raises(DatabaseError) as caught:
            execute("SELECT * FROM no_such_table")

        assert reason_for(caught.value) is None
        assert reason_for(FileNotFoundError(2, "x")) is None
        assert reason_for(None) is None


@pytest.mark.django_db(transaction=True)
class TestAdmin:
    @pytest.mark.parametrize("button", ["_save", "_publish"])
    def test_gives_back_what_was_typed_and_takes_it_again(self, editor, button):
        article = make_article()
        data = form_of(article, title_it='Nuovo <b>"titolo"</b>', **{button: "it"})
        data["articles_richtext_set-0-text_it"] = "<p>Una lunga storia.</p>"

        with locked():
            response = editor.post(change_url(article), data)

        assert_unavailable(response, BUSY)
        assert form_in(response)["action"] == change_url(article)
        again = given_back(response)
        assert again.pop("csrfmiddlewaretoken")
        assert again == posted(data)
        assert "Una lunga" in page_of(response).one("textarea").text
        assert editor.post(change_url(article), again).status_code == 302
        article.refresh_from_db()
        assert text_in(article, "title", "it") == data["title_it"]
        assert Edition.objects.exists() == (button == "_publish")

    def test_says_that_the_disk_is_full_in_the_language_of_the_user(self, editor):
        article = make_article()
        data = form_of(article, _save="1") | {"articles_richtext_set-0-text_it": LONG}

        with full():
            response = editor.post(change_url(article), data, headers={"accept-language": "it"})

        assert_unavailable(response, FULL)
        assert page_of(response).one("html")["lang"] == "en"
        assert given_back(response)["articles_richtext_set-0-text_it"] == LONG

    def test_asks_for_files_anew(self, editor):
        with locked():
            response = editor.post(UPLOAD, {"upload": picture_file("umbrella.png"), "title": "Uno"})

        assert_unavailable(response, BUSY)
        assert "choose them once more: umbrella.png" in page_of(response).one("main").words
        again = editor.post(UPLOAD, given_back(response))
        assert 'value="Uno"' in again.text
        assert not Image.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAccounts:
    @pytest.mark.parametrize(("fault", "reason"), [(locked, BUSY), (unwritable, AWAY)])
    def test_the_log_in_is_not_called_one_attempt_too_many(self, visitor, fault, reason):
        user = make_user()

        with fault():
            response = visitor.post(LOGIN, {"login": user.email, "password": PASSWORD})

        assert_unavailable(response, reason)
        assert PASSWORD not in response.text
        assert not list(page_of(response).all("form"))
        assert page_of(response).one("main").one("a")["href"] == LOGIN

    def test_the_log_out_has_nothing_but_a_button(self, client):
        client.raise_request_exception = False
        log_in(client, make_user())

        with locked():
            response = client.post("/en/account/logout/")

        assert_unavailable(response, BUSY)
        assert client.post("/en/account/logout/", given_back(response)).status_code == 302
        assert not is_logged_in(client)

    def test_a_session_that_is_not_stored_is_no_bad_request(self, client):
        """Django calls it one, though the view had done its work."""
        client.raise_request_exception = False
        log_in(client, make_user())

        def refuse(execute, sql, *arguments):
            if sql.startswith('UPDATE "django_session"'):
                raise OperationalError("database is locked")
            return execute(sql, *arguments)

        with connection.execute_wrapper(refuse):
            response = client.post("/en/account/reauthenticate/", {"password": PASSWORD})

        assert_unavailable(response, AWAY)
        words = page_of(response).one("main").words
        assert "has probably been stored" in words
        assert "not been stored" not in words
        assert not list(page_of(response).all("form"))

    def test_neither_is_a_forgotten_password(self, visitor):
        with locked():
            response = ask_for_reset(visitor, "anna@example.org")

        assert_unavailable(response, BUSY)
        assert given_back(response)["email"] == "anna@example.org"


@pytest.mark.django_db(transaction=True)
class TestReaders:
    def test_read_on_while_nothing_can_be_written(self, visitor):
        publish(make_article(slug_it="melanoma"))

        with locked():
            assert visitor.get("/it/articoli/melanoma/").status_code == 200

    def test_send_a_message_again(self, visitor):
        data = {
            "name": "Anna", "email": "anna@example.org", "subject": make_subject().pk,
            "text": "Una lunga\r\nstoria.", "website": "", "stamp": new_stamp(renewed=True),
        }  # fmt: skip

        with locked():
            response = visitor.post(CONTACT, data)

        assert_unavailable(response, BUSY)
        assert given_back(response) == posted(data)
        assert page_of(response).one("textarea").text.split() == [
            "Anna", "anna@example.org", "Una", "lunga", "storia.",
        ]  # fmt: skip
        assert not response.cookies
        assert visitor.post(CONTACT, given_back(response)).status_code == 302
        assert Message.objects.get().text == "Una lunga\nstoria."


@pytest.mark.django_db
class TestDatabaseAway:
    def test_is_told_to_readers_with_a_way_to_try_again(self, visitor):
        with away():
            response = visitor.get("/en/articles/?page=2")

        assert_unavailable(response, AWAY)
        assert page_of(response).one("main").one("a")["href"] == "/en/articles/?page=2"
        assert not response.cookies

    def test_is_told_to_editors_in_the_language_of_their_browser(self, editor):
        with away():
            response = editor.get(UPLOAD, headers={"accept-language": "it"})

        assert page_of(response).one("html")["lang"] == "it"
        assert_unavailable(response, "Al momento non possiamo usare il nostro database.")


@pytest.mark.django_db
class TestAnotherSite:
    """A page of ours with a button must not be made of what another site has sent."""

    def test_gets_nothing_given_back(self):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        logged_in(client, make_editor())

        with away():
            response = client.post(UPLOAD, {"title": "Forged title"})

        assert_unavailable(response, AWAY)
        assert "Forged" not in response.text
        assert not list(page_of(response).all("form"))

    def test_is_told_from_ours_even_before_anything_else_is(self):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        logged_in(client, make_editor())
        form = page_of(client.get(UPLOAD)).one("form", id="image_form")
        token = values_of(form)["csrfmiddlewaretoken"]

        with away():
            response = client.post(UPLOAD, {"title": "Un titolo", "csrfmiddlewaretoken": token})

        assert_unavailable(response, AWAY)
        again = given_back(response)
        assert again["title"] == "Un titolo"
        assert again["csrfmiddlewaretoken"] != token
        assert client.post(UPLOAD, again).status_code == 200
