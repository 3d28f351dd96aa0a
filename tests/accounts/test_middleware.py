"""Whoever logs in with a password that somebody else has seen changes it first."""

import pytest
from django.contrib.messages import get_messages

from tests.accounts.steps import NEW_PASSWORD, PASSWORD, is_logged_in
from tests.factories import make_editor

pytestmark = pytest.mark.django_db

CHANGE = "/it/account/password/"


@pytest.fixture
def newcomer(client):
    user = make_editor()
    user.password_is_temporary = True
    user.save()
    client.force_login(user)
    return user


@pytest.mark.usefixtures("newcomer")
class TestTemporaryPassword:
    @pytest.mark.parametrize(
        "path", ["/admin/", "/admin/accounts/user/", "/admin/nowhere/", "/admin/password_change/"]
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_leads_every_page_of_the_admin_to_its_change(self, client, path, method):
        response = getattr(client, method)(path)

        assert (response.status_code, response["Location"]) == (302, CHANGE)
        assert len(list(get_messages(response.wsgi_request))) == 1

    def test_leads_there_in_the_language_of_the_user(self, client, newcomer):
        newcomer.preferred_language = "en"
        newcomer.save()

        response = client.get("/admin/", headers={"Accept-Language": "it"})

        assert response["Location"] == "/en/account/password/"
        assert "Choose your own to go on." in client.get(response["Location"]).text

    @pytest.mark.parametrize(
        "path", [CHANGE, "/it/account/", "/admin/jsi18n/", "/it/", "/", "/healthz"]
    )
    def test_lets_pass_what_is_needed_and_what_is_public(self, client, path):
        assert client.get(path).get("Location", "") != CHANGE

    def test_lets_go(self, client):
        client.post("/admin/logout/")

        assert not is_logged_in(client)
        assert "/login/" in client.get("/admin/")["Location"]

    def test_once_it_is_changed_the_admin_is_open(self, client, newcomer):
        response = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW_PASSWORD})

        assert response.status_code == 302
        assert client.get("/admin/").status_code == 200
        newcomer.refresh_from_db()
        assert newcomer.password_is_temporary is False

    def test_remains_when_the_change_is_refused(self, client):
        response = client.post(CHANGE, {"oldpassword": "wrong", "password1": "x"})

        assert response.status_code == 422
        assert client.get("/admin/")["Location"] == CHANGE


class TestOthers:
    def test_an_own_password_opens_the_admin(self, client):
        client.force_login(make_editor())

        assert client.get("/admin/").status_code == 200

    def test_the_admin_changes_a_password_on_the_page_of_everybody(self, client):
        client.force_login(make_editor())

        assert client.get("/admin/password_change/")["Location"] == CHANGE

    def test_who_is_not_logged_in_is_asked_to(self, client):
        response = client.get("/admin/")

        assert response["Location"] == "/admin/login/?next=/admin/"

    def test_a_public_page_does_not_look_who_it_is(self, client, django_assert_num_queries):
        client.force_login(make_editor())

        with django_assert_num_queries(0):
            client.get("/healthz")
