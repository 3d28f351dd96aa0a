"""Pictures in a bucket, or on the disk of nginx: whole, and for those who may see them."""

import threading
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from articles.files import leftovers
from articles.files import library as files_library
from articles.files.keeping import keep
from articles.models import Article, Attachment, Document
from immunoportal import unavailable
from immunoportal.unavailable import StoreAway
from tests.deploy.parts import Nginx, Web, Worker, free_port
from tests.factories import add_block, add_figure, make_article, make_document, make_image, publish
from tests.mail_server import eventually


def shown_image(**fields):
    """An image in an article that readers see, whose renditions are still to be made."""
    image = make_image(size=(500, 300))
    article = make_article(**fields)
    add_figure(article, image=image)
    publish(article)
    return image


@pytest.fixture
def reserved_image():
    image = make_image(size=(500, 300))
    article = make_article()
    add_figure(article, image=image)
    Article.objects.filter(pk=article.pk).update(audience="professional")
    publish(Article.objects.get(pk=article.pk))
    return image


class TestBucket:
    def test_holds_what_every_host_and_the_worker_make_and_send(self, site, tmp_path):
        image = shown_image()
        first = image.renditions.ready().get()
        with Worker(tmp_path / "worker", site.variables):
            eventually(lambda: not image.renditions.waiting().exists())
        assert image.renditions.ready().count() == image.renditions.count() > 3

        for row in image.renditions.all():
            with storages["renditions"].open(row.name) as file:
                content = file.read()
            assert len(content) == row.bytes
            for answer in (
                site.nginx.get(row.get_absolute_url()),
                *(host.get(row.get_absolute_url()) for host in site.hosts),
            ):
                assert (answer.status, answer.content) == (200, content)
                assert answer["Content-Length"] == str(len(content))
        path = first.get_absolute_url()
        for _first_and_from_memory in range(2):
            part = site.nginx.get(path, Range="bytes=2-9")
            assert (part.status, part["Content-Range"]) == (206, f"bytes 2-9/{first.bytes}")
            assert len(part.content) == 8
        # the original, with all that a camera writes into it, is for nobody
        for path in (f"/media/{image.original.name}", f"/originals/{image.original.name}"):
            assert site.nginx.get(path).status == 404

    def test_shows_reserved_pictures_to_those_who_may_see_them(self, site, reserved_image, editor):
        path = reserved_image.renditions.ready().get().get_absolute_url()

        assert site.nginx.get(path).status == 404
        shown = editor.ask(path)
        assert shown.status == 200
        assert "no-store" in shown["Cache-Control"]
        assert site.nginx.get(path).status == 404

    def test_sends_the_parts_of_a_file_without_the_rest(self, site):
        # Larger than what is kept in memory
        content = bytes(range(256)) * 5_000
        document = files_library.add(
            Document, ContentFile(content), "pdf", title="Leaflet", language="it", pages=1
        )
        article = make_article()
        add_block(article, Attachment, document_it=document, document_en=document)
        publish(article)
        path = document.get_absolute_url()

        for host in (site.nginx, *site.hosts):
            whole, part = host.get(path), host.get(path, Range="bytes=1000-1000999")
            assert (whole.status, whole.content) == (200, content)
            assert (part.status, part.content) == (206, content[1000:1001000])
            assert part["Content-Range"] == f"bytes 1000-1000999/{len(content)}"
            assert part["Content-Disposition"] == 'attachment; filename="leaflet.pdf"'
            assert "sandbox" in part["Content-Security-Policy"]
        storages["files"].delete(str(document.file.name))
        assert site.hosts[0].get(path).status == 404

    def test_keeps_a_file_whole_under_the_name_of_its_content(self, site):
        storage = storages["renditions"]
        storage.save("half", ContentFile(b"half of"))
        start_line = threading.Barrier(4)

        def store():
            start_line.wait()
            keep(storage, "both", ContentFile(b"the same content"))

        threads = [threading.Thread(target=store) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        keep(storage, "half", ContentFile(b"half of what is whole"))

        for name, content in (("both", b"the same content"), ("half", b"half of what is whole")):
            with storage.open(name) as file:
                assert file.read() == content
        names = {name for name in storage.listdir("")[1] if name.startswith(("both", "half"))}
        assert names == {"both", "half"}
        with pytest.raises(FileNotFoundError):
            storage.open("neither")

    def test_is_rid_of_what_belongs_to_nothing(self, site, monkeypatch):
        document = make_document()
        name = f"ab/{'ab' * 32}.pdf"
        storages["files"].save(name, ContentFile(b"left"))

        leftovers.delete_leftovers()
        assert storages["files"].exists(name)
        monkeypatch.setattr(leftovers, "AGE", timedelta(seconds=-60))
        leftovers.delete_leftovers()

        assert not storages["files"].exists(name)
        assert storages["files"].exists(str(document.file.name))

    def test_that_is_away_is_said_to_be(self, site):
        from immunoportal.bucket import BucketStorage

        storage = BucketStorage(
            endpoint_url=f"http://127.0.0.1:{free_port()}", bucket_name="pictures",
            access_key="KEY", secret_key="secret", region_name="eu-south-1",
        )  # fmt: skip
        for attempt in (
            lambda: storage.open("a"),
            lambda: storage.exists("a"),
            lambda: storage.save("a", ContentFile(b"a")),
            lambda: storage.delete("a"),
            lambda: storage.listdir(""),
            lambda: storage.get_modified_time("a"),
        ):
            with pytest.raises(StoreAway) as caught:
                attempt()
            assert unavailable.reason_for(caught.value) == unavailable.STORE_AWAY


class TestDisk:
    def test_is_read_by_nginx_where_the_application_says_so(
        self, site, reserved_image, certificate, tmp_path
    ):
        variables = site.variables | {"MEDIA_STORAGE_URL": ""}
        host = Web(tmp_path / "host", variables)
        (host.data / "static").symlink_to(site.hosts[0].data / "static")
        public = shown_image().renditions.ready().get()
        reserved = reserved_image.renditions.ready().get()
        (host.data / "renditions").mkdir()
        document = make_document()
        article = make_article()
        add_block(article, Attachment, document_it=document, document_en=document)
        publish(article)
        stored = host.data / "files" / str(document.file.name)
        stored.parent.mkdir(parents=True)
        with storages["files"].open(str(document.file.name)) as file:
            stored.write_bytes(file.read())
        for row in (public, reserved):
            with storages["renditions"].open(row.name) as file:
                (host.data / "renditions" / row.name).write_bytes(file.read())
        nginx = Nginx(tmp_path / "nginx", [host.port], host.data, certificate)
        with host, nginx:
            handed_over = host.get(public.get_absolute_url())
            whole = nginx.get(public.get_absolute_url())
            part = nginx.get(public.get_absolute_url(), Range="bytes=0-9")
            refused = nginx.get(reserved.get_absolute_url())
            around = nginx.get(f"/protected-renditions/{reserved.name}")
            leaflet = nginx.get(document.get_absolute_url(), Range="bytes=0-3")
            around_leaflet = nginx.get(f"/protected-files/{document.file.name}")

        content = (host.data / "renditions" / public.name).read_bytes()
        assert handed_over["X-Accel-Redirect"] == f"/protected-renditions/{public.name}"
        assert (whole.status, whole.content) == (200, content)
        assert whole["Content-Type"] == "image/jpeg"
        assert "immutable" in whole["Cache-Control"]
        assert (part.status, part.content) == (206, content[:10])
        assert (refused.status, around.status) == (404, 404)
        assert (leaflet.status, leaflet.content) == (206, b"%PDF")
        assert leaflet["Content-Disposition"].startswith("attachment")
        assert "sandbox" in leaflet["Content-Security-Policy"]
        assert "immutable" in leaflet["Cache-Control"]
        assert around_leaflet.status == 404
