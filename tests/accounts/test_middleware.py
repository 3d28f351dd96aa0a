"""Whoever logs in with the password that was printed at set-up changes it first."""

import pytest
from django.contrib.messages import get_messages

from tests.factories import make_editor

pytestmark = pytest.mark.django_db

CHANGE = "/admin/password_change/"


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
        "path", ["/admin/", "/admin/accounts/user/", "/admin/nowhere/", "/admin/password_change/x/"]
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_leads_every_page_of_the_admin_to_its_change(self, client, path, method):
        response = getattr(client, method)(path)

        assert (response.status_code, response["Location"]) == (302, CHANGE)
        assert len(list(get_messages(response.wsgi_request))) == 1

    @pytest.mark.parametrize("path", [CHANGE, "/admin/jsi18n/", "/it/", "/", "/healthz"])
    def test_lets_pass_what_is_needed_and_what_is_public(self, client, path):
        assert client.get(path).get("Location", "") != CHANGE

    def test_lets_go(self, client):
        response = client.post("/admin/logout/")

        assert response.status_code == 200
        assert client.get("/admin/")["Location"].startswith("/admin/login/")

    def test_once_it_is_changed_the_admin_is_open(self, client, newcomer):
        new = "una frase che nessuno conosce"
        response = client.post(
            CHANGE,
            {
                "old_password": "correct horse battery",
                "new_password1": new,
                "new_password2": new,
            },
        )

        assert response.status_code == 302
        assert client.get("/admin/").status_code == 200
        newcomer.refresh_from_db()
        assert newcomer.password_is_temporary is False

    def test_remains_when_the_change_is_refused(self, client):
        client.post(
            CHANGE,
            {"old_password": "wrong", "new_password1": "x", "new_password2": "x"},
        )

        assert client.get("/admin/")["Location"] == CHANGE


class TestOthers:
    def test_an_own_password_opens_the_admin(self, client):
        client.force_login(make_editor())

        assert client.get("/admin/").status_code == 200

    def test_who_is_not_logged_in_is_asked_to(self, client):
        response = client.get("/admin/")

        assert response["Location"] == "/admin/login/?next=/admin/"
