"""Whose files are taken in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import logged_in, make_user, staff_with

pytestmark = pytest.mark.django_db

FORMS = ["/en/contact/", "/en/account/login/", "/admin/articles/recording/upload/"]


def arrived(client: Client, path: str) -> tuple[list[str], str]:
    """The files and the text that a form has sent."""
    client.handler.enforce_csrf_checks = True
    form = {"text": "Cells", "upload": SimpleUploadedFile("a.mp4", b"x")}
    request = client.post(path, form).wsgi_request
    return list(request.FILES), request.POST["text"]


class TestFiles:
    @pytest.mark.parametrize("path", FORMS)
    def test_of_strangers_are_stored_nowhere(self, path):
        member = logged_in(Client(), make_user())

        assert [arrived(client, path) for client in (Client(), member)] == [([], "Cells")] * 2

    def test_of_the_desk_arrive(self):
        desk = logged_in(Client(), staff_with("add_recording"))

        assert arrived(desk, FORMS[-1]) == (["upload"], "Cells")
