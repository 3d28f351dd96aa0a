"""The files' addresses: to whom each is sent, and how."""

import pytest
from django.core.files.storage import storages
from django.test import Client

from articles.files import serving, withdrawal
from articles.models import Attachment
from articles.publishing import verbs
from tests.factories import (
    add_block,
    logged_in,
    make_article,
    make_document,
    make_editor,
    publish,
    staff_with,
)

pytestmark = pytest.mark.django_db


def shown_document(**fields):
    """A document that readers see, for it stands in a live edition."""
    document = make_document(**fields)
    article = make_article()
    add_block(article, Attachment, document_it=document, document_en=document)
    publish(article)
    return document


class TestStoredFile:
    def test_is_sent_to_be_kept_for_ever_and_opened_as_a_page_by_nobody(self, client):
        document = shown_document(title="Opuscolo: l’immunoterapia")

        response = client.get(document.get_absolute_url(), headers={"accept-encoding": "gzip"})
        again = client.get(document.get_absolute_url(), headers={"if-none-match": response["ETag"]})

        with storages["files"].open(document.file.name) as file:
            assert response.content == file.read()
        headers = {name: value for name, value in response.headers.items() if "Policy" not in name}
        assert headers == {
            "Accept-Ranges": "bytes",
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Disposition": 'attachment; filename="opuscolo-limmunoterapia.pdf"',
            "Content-Length": str(document.bytes),
            "Content-Type": "application/pdf",
            "ETag": f'"{document.digest[:20]}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        assert response["Content-Security-Policy"] == serving.POLICY
        assert not response.cookies
        assert (again.status_code, again.content) == (304, b"")

    def test_is_sent_in_parts_to_whoever_has_the_rest_of_the_same_file(self, client):
        document = shown_document()
        address, size = document.get_absolute_url(), document.bytes
        whole = client.get(address)

        def ask(part, **headers):
            return client.get(address, headers={"range": part, "accept-encoding": "gzip"} | headers)

        part, rest = ask("bytes=2-5"), ask("bytes=5-", **{"if-range": whole["ETag"]})
        other, beyond = ask("bytes=5-", **{"if-range": '"x"'}), ask(f"bytes={size}-")

        assert (part.status_code, part.content) == (206, whole.content[2:6])
        assert (part["Content-Range"], part["Content-Length"]) == (f"bytes 2-5/{size}", "4")
        assert "Content-Encoding" not in part
        assert (rest.status_code, rest.content) == (206, whole.content[5:])
        assert (other.status_code, other.content) == (200, whole.content)
        assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{size}")
        assert beyond["Cache-Control"] == "no-store"

    def test_that_is_large_is_read_while_it_is_sent(self, client, monkeypatch):
        document = shown_document()
        whole = client.get(document.get_absolute_url()).content
        monkeypatch.setattr(serving, "LARGEST_IN_MEMORY", 3)
        monkeypatch.setattr(serving, "PIECE", 4)

        part = client.get(document.get_absolute_url(), headers={"range": "bytes=3-12"})

        assert part.streaming
        assert (part.status_code, part["Content-Length"]) == (206, "10")
        assert part.getvalue() == whole[3:13]

    def test_is_sent_to_players_piece_by_piece(self, client, monkeypatch):
        document = shown_document()
        whole = client.get(document.get_absolute_url()).content
        monkeypatch.setattr(serving, "LARGEST_IN_MEMORY", 3)

        def ask(part, player="video"):
            headers = {"range": part, "sec-fetch-dest": player}
            response = client.get(document.get_absolute_url(), headers=headers)
            return response["Content-Range"].partition("/")[0], response.getvalue()

        last = document.bytes - 1
        assert ask("bytes=2-") == ("bytes 2-4", whole[2:5])
        assert ask(f"bytes={last}-") == (f"bytes {last}-{last}", whole[-1:])
        # Whoever says where to end, or keeps the file, gets all of it.
        assert ask("bytes=2-9") == ("bytes 2-9", whole[2:10])
        assert ask("bytes=2-", "document") == (f"bytes 2-{last}", whole[2:])

    def test_is_left_to_our_nginx_where_that_stands_in_front(self, client, settings):
        settings.BEHIND_NGINX = True
        document = shown_document()

        response = client.get(document.get_absolute_url())
        storages["files"].delete(document.file.name)
        lost = client.get(document.get_absolute_url())

        assert (response.status_code, response.content) == (200, b"")
        assert response["X-Accel-Redirect"] == f"/protected-files/{document.file.name}"
        assert response["Content-Disposition"].startswith("attachment")
        assert lost.status_code == 404

    def test_that_no_live_edition_shows_is_for_the_desk_only(self, client):
        document = make_document()
        article = make_article()
        add_block(article, Attachment, document_it=document, document_en=document)
        address = document.get_absolute_url()
        desk = logged_in(Client(), staff_with("view_document"))
        other = logged_in(Client(), staff_with("view_topic"))

        draft, for_desk, for_other = (each.get(address) for each in (client, desk, other))
        publish(article, "it")
        live = client.get(address)
        verbs.withdraw(article, "it", by=make_editor())
        ended = client.get(address)

        answers = [draft, for_desk, for_other, live, ended]
        assert [answer.status_code for answer in answers] == [404, 200, 404, 200, 404]
        assert for_desk["Cache-Control"] == "private, no-store"
        assert "ETag" not in for_desk

    def test_that_was_withdrawn_is_for_nobody(self, client, django_capture_on_commit_callbacks):
        document = shown_document()
        with django_capture_on_commit_callbacks(execute=True):
            withdrawal.withdraw(document, by=make_editor(), reason="x")

        for asking in (client, logged_in(Client(), make_editor())):
            assert asking.get(document.get_absolute_url()).status_code == 404
        assert not storages["files"].exists(document.file.name)

    @pytest.mark.parametrize(
        "change",
        [
            lambda name: name.replace(".pdf", ".mp4"),
            lambda name: name.replace(".pdf", ".PDF"),
            lambda name: name.replace(".pdf", ""),
            lambda name: name[1:],
            lambda name: "../files/" + name,
            lambda _name: "f" * 20 + ".pdf",
        ],
    )
    def test_other_names_lead_nowhere(self, client, change):
        name = shown_document().get_absolute_url().rpartition("/")[2]

        assert client.get(f"/files/{change(name)}").status_code == 404
