"""The pictures' addresses: to whom each is sent, and how."""

from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from articles.images.renditions import make_next
from articles.publishing import verbs
from tests.factories import add_figure, make_article, make_editor, make_image, publish

pytestmark = pytest.mark.django_db


def shown_image():
    """An image that readers see, for it stands in a live edition."""
    image = make_image()
    article = make_article()
    add_figure(article, image=image)
    publish(article)
    return image


class TestRendition:
    @pytest.mark.parametrize(
        ("kind", "content_type"),
        [("jpg", "image/jpeg"), ("webp", "image/webp"), ("avif", "image/avif")],
    )
    def test_is_sent_to_be_kept_for_ever(self, client, kind, content_type):
        row = shown_image().renditions.get(format=kind)
        while make_next():
            pass

        response = client.get(row.get_absolute_url())

        with storages["renditions"].open(row.name) as file:
            assert response.getvalue() == file.read()
        assert response.status_code == 200
        assert response["Content-Type"] == content_type
        assert response["Content-Length"] == str(storages["renditions"].size(row.name))
        assert set(response["Cache-Control"].split(", ")) == {
            "public", "max-age=31536000", "immutable",
        }  # fmt: skip
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")

    def test_is_known_again_by_its_name(self, client):
        row = shown_image().renditions.ready().get()
        etag = client.get(row.get_absolute_url())["ETag"]

        again = client.get(row.get_absolute_url(), headers={"if-none-match": etag})

        assert etag == f'"{row.name}"'
        assert (again.status_code, again.content) == (304, b"")

    def test_is_sent_in_parts(self, client):
        row = shown_image().renditions.ready().get()
        whole = client.get(row.get_absolute_url())
        size = len(whole.content)

        part = client.get(row.get_absolute_url(), headers={"range": "bytes=2-5"})
        beyond = client.get(row.get_absolute_url(), headers={"range": f"bytes={size}-"})

        assert whole["Accept-Ranges"] == "bytes"
        assert (part.status_code, part.content) == (206, whole.content[2:6])
        assert part["Content-Range"] == f"bytes 2-5/{size}"
        assert part["ETag"] == whole["ETag"]
        assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{size}")
        assert beyond["Cache-Control"] == "no-store"

    def test_that_is_large_is_read_while_it_is_sent(self, client, monkeypatch):
        row = shown_image().renditions.ready().get()
        whole = client.get(row.get_absolute_url()).content
        monkeypatch.setattr("articles.files.serving.LARGEST_IN_MEMORY", 10)

        response = client.get(row.get_absolute_url())
        part = client.get(row.get_absolute_url(), headers={"range": "bytes=-20"})

        assert response.streaming
        assert part.streaming
        assert response.getvalue() == whole
        assert (part.status_code, part.getvalue()) == (206, whole[-20:])

    def test_is_left_to_our_nginx_where_that_stands_in_front(self, client, settings):
        settings.BEHIND_NGINX = True
        row = shown_image().renditions.ready().get()

        response = client.get(row.get_absolute_url(), headers={"range": "bytes=2-5"})
        storages["renditions"].delete(row.name)
        lost = client.get(row.get_absolute_url())

        assert (response.status_code, response.content) == (200, b"")
        assert response["X-Accel-Redirect"] == f"/protected-renditions/{row.name}"
        assert response["Content-Type"] == "image/jpeg"
        assert "immutable" in response["Cache-Control"]
        assert lost.status_code == 404

    def test_that_no_live_edition_shows_is_for_editors_only(self, client):
        image = make_image()
        article = make_article()
        add_figure(article, image=image)
        address = image.renditions.ready().get().get_absolute_url()
        editor = Client()
        editor.force_login(make_editor())

        draft, draft_for_editor = client.get(address), editor.get(address)
        publish(article, "it")
        live = client.get(address)
        verbs.withdraw(article, "it", by=make_editor())
        withdrawn = client.get(address)

        statuses = [answer.status_code for answer in (draft, draft_for_editor, live, withdrawn)]
        assert statuses == [404, 200, 200, 404]
        assert set(draft_for_editor["Cache-Control"].split(", ")) == {"private", "no-store"}
        assert "ETag" not in draft_for_editor

    def test_is_not_compressed_again_and_the_same_in_every_language(self, client):
        row = shown_image().renditions.ready().get()

        response = client.get(
            row.get_absolute_url(), headers={"accept-encoding": "gzip", "accept-language": "en"}
        )

        assert response.getvalue()
        assert "Content-Encoding" not in response
        assert "Content-Language" not in response
        assert "Vary" not in response

    def test_head_sends_no_picture(self, client):
        row = shown_image().renditions.ready().get()

        response = client.head(row.get_absolute_url())

        assert response.status_code == 200
        assert b"".join(response) == b""

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_takes_no_other_method(self, client, method):
        row = shown_image().renditions.ready().get()

        assert client.generic(method, row.get_absolute_url()).status_code == 405

    def test_that_is_not_ready_does_not_exist(self, client):
        row = shown_image().renditions.get(format="webp")
        storages["renditions"].save(row.name, ContentFile(b"half of a pict"))

        assert client.get(row.get_absolute_url()).status_code == 404

    def test_whose_file_is_lost_does_not_exist(self, client):
        row = shown_image().renditions.ready().get()
        storages["renditions"].delete(row.name)

        assert client.get(row.get_absolute_url()).status_code == 404

    @pytest.mark.parametrize(
        "change",
        [
            lambda name: name.replace("-64", "-65"),
            lambda name: name.replace("-64", "-064"),
            lambda name: name.replace("-64", "-+64"),
            lambda name: name.replace("-64", "-６４"),
            lambda name: name.replace("-64", "-" + "9" * 400),
            lambda name: name.replace("-64", ""),
            lambda name: name.replace(".jpg", ".png"),
            lambda name: name.replace(".jpg", ""),
            lambda name: name.replace(".jpg", ".jpg.jpg"),
            lambda name: name.replace(".jpg", ".JPG"),
            lambda name: name.replace(".jpg", ".jpg\0"),
            lambda name: name + "/",
            lambda name: "/" + name,
            lambda name: "../renditions/" + name,
            lambda name: "..%2Frenditions%2F" + name,
            lambda name: "..\\renditions\\" + name,
            lambda name: name.upper(),
            lambda name: name[1:],
            lambda name: "_" + name[1:],
            lambda name: "%" + name[1:],
            lambda name: "\0" + name[1:],
            lambda _name: "-64.jpg",
            lambda _name: "f" * 20 + "-64.jpg",
            lambda _name: "",
            lambda _name: ".",
            lambda _name: "..",
            lambda _name: "-.",
        ],
    )
    def test_other_names_and_tricks_with_the_path_lead_nowhere(self, client, change):
        row = shown_image().renditions.ready().get()

        for address in (quote(change(row.name)), quote(change(row.name), safe="")):
            assert client.get(f"/media/{address}").status_code == 404

    def test_originals_are_out_of_reach(self, client):
        image = make_image()
        name = str(image.original.name)
        stem = name.rpartition("/")[2]

        for address in (
            image.original.url, f"/media/{name}", f"/media/{stem}", f"/media/{quote(name, '')}",
            f"/media/../originals/{name}", f"/media/..%2foriginals%2f{quote(name, '')}",
            f"/originals/{name}", f"/static/../originals/{name}", f"/static/{name}", f"/{name}",
            f"/media/{image.digest}-64.png", f"/media/{image.digest[:20]}-64.png",
        ):  # fmt: skip
            assert client.get(address).status_code == 404, address
