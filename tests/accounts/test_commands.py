"""``manage.py create_first_administrator``."""

import io

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from tests.accounts.steps import found, log_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db

User = get_user_model()


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch):
    for name in ("DJANGO_SUPERUSER_EMAIL", "DJANGO_SUPERUSER_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def run() -> str:
    """The command's output."""
    out = io.StringIO()
    call_command("create_first_administrator", stdout=out)
    return out.getvalue()


class TestCreateFirstAdministrator:
    def test_prints_a_password_for_one_time(self):
        output = run()

        email = found(r"email +(\S+)", output)
        password = found(r"password +(\S+)", output)
        user = User.objects.get()
        assert authenticate(username=email, password=password) == user
        assert (user.is_staff, user.is_superuser, user.is_active) == (True, True, True)
        assert user.password_is_temporary
        assert len(password) >= 20

    def test_prints_another_one_each_time(self):
        passwords = set()
        for _ in range(2):
            passwords.add(found(r"password +(\S+)", run()))
            User.objects.all().delete()

        assert len(passwords) == 2

    def test_takes_the_email_from_the_environment(self, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "anna@example.org")

        output = run()

        assert "anna@example.org" in output
        assert User.objects.get().email == "anna@example.org"
        assert User.objects.get().password_is_temporary

    def test_does_not_print_a_password_that_the_operator_has_set(self, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "anna@example.org")
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "una frase segreta")

        output = run()

        assert "una frase segreta" not in output
        user = User.objects.get()
        assert authenticate(username="anna@example.org", password="una frase segreta") == user
        assert user.is_superuser
        assert not user.password_is_temporary

    def test_the_one_it_makes_can_log_in_and_has_to_choose_a_password(self, client):
        password = found(r"password +(\S+)", run())

        response = log_in(client, "admin@example.org", password)

        assert response["Location"] == "/en/account/password/"
        assert client.get("/admin/")["Location"] == "/it/account/password/"

    @pytest.mark.parametrize("email", ["anna", "anna@example", "\u212anna@example.org"])
    def test_refuses_what_is_no_email(self, monkeypatch, email):
        monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", email)

        with pytest.raises(CommandError, match="DJANGO_SUPERUSER_EMAIL"):
            run()

        assert not User.objects.exists()

    def test_leaves_a_database_with_users_alone(self):
        user = make_user()

        assert run() == ""
        assert list(User.objects.all()) == [user]
