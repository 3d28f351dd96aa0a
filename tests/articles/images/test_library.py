"""The library of pictures: what is let in, kept and removed."""

import contextlib
import io

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.db.models import ProtectedError
from PIL import Image as Pillow

from articles.files.library import remove
from articles.images import library
from articles.images.renditions import plan
from articles.models import Image, Rendition
from immunoportal.languages import text_in
from immunoportal.publication import clock
from immunoportal.publication.models import PublicationClock
from tests.articles.images.steps import files_in, in_threads, make_all
from tests.factories import add_figure, make_article, make_image, make_user, picture_file


@pytest.mark.django_db
class TestAdd:
    def test_stores_the_original_privately_and_to_the_byte(self):
        upload = picture_file(name="../../etc/Foto di Anna.PNG")
        content = upload.read()

        image = library.add(upload, title="Un microscopio")

        assert files_in("default") == [f"{image.digest[:2]}/{image.digest}.png"]
        with image.original.open() as file:
            assert file.read() == content
        assert image.digest not in "".join(files_in("renditions"))

    def test_keeps_what_it_was_told_about_the_picture(self):
        user = make_user()

        image = library.add(
            picture_file(size=(64, 40)), by=user, title="Un microscopio", credit_it="Foto: A"
        )

        image.refresh_from_db()
        assert (image.width, image.height) == (64, 40)
        assert (image.added_by, image.title, text_in(image, "credit", "it")) == (
            user,
            "Un microscopio",
            "Foto: A",
        )

    def test_measures_the_picture_as_it_will_be_shown(self):
        exif = Pillow.Exif()
        exif[0x0112] = 6

        image = library.add(picture_file(size=(64, 40), format="JPEG", exif=exif), title="Upright")

        assert (image.width, image.height) == (40, 64)

    def test_names_the_original_by_what_it_is(self):
        image = library.add(picture_file(name="x.png", format="WEBP"), title="x")

        assert str(image.original.name).endswith(".webp")

    def test_plans_all_and_makes_one_jpeg_at_once(self):
        image = make_image(size=(1000, 500))

        rows = image.renditions.all()
        assert {(row.format, row.width) for row in rows} == set(plan(1000, 500))
        assert {(row.width, row.height) for row in rows} == {(400, 200), (800, 400), (1000, 500)}
        ready = image.renditions.ready().get()
        assert (ready.format, ready.width) == ("jpg", 800)
        assert files_in("renditions") == [ready.name]
        with storages["renditions"].open(ready.name) as file:
            assert Pillow.open(file).size == (800, 400)
        assert ready.bytes == storages["renditions"].size(ready.name)

    def test_makes_the_first_jpeg_of_a_small_picture_at_its_own_size(self):
        ready = make_image(size=(64, 40)).renditions.ready().get()

        assert (ready.format, ready.width, ready.height) == ("jpg", 64, 40)

    def test_knows_a_file_that_it_has_already(self):
        upload = picture_file(name="a.png")
        content = upload.read()
        image = library.add(upload, title="A")

        with pytest.raises(library.AlreadyInLibrary) as refusal:
            library.add(SimpleUploadedFile("b.png", content), title="B")

        assert refusal.value.row == image
        assert Image.objects.get().title == "A"
        assert len(files_in("default")) == 1

    @pytest.mark.parametrize(
        "content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"GIF89a\x01\x00\x01\x00"]
    )
    def test_stores_nothing_of_what_it_refuses(self, content):
        with pytest.raises(library.UnusablePicture):
            library.add(SimpleUploadedFile("picture.png", content), title="x")

        assert not Image.objects.exists()
        assert not Rendition.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_refuses_more_pixels_than_the_settings_allow(self, settings):
        settings.IMAGE_MAX_PIXELS = 64 * 40 - 1

        with pytest.raises(library.UnusablePicture):
            make_image(size=(64, 40))

        assert not Image.objects.exists()

    def test_replaces_what_an_upload_that_died_has_left(self):
        upload = picture_file()
        content = upload.read()
        name = f"{library.digest_of(upload)[:2]}/{library.digest_of(upload)}.png"
        storages["default"].save(name, io.BytesIO(content[:10]))

        image = library.add(upload, title="x")

        with image.original.open() as file:
            assert file.read() == content
        assert len(files_in("default")) == 1

    def test_refuses_more_bytes_than_the_settings_allow(self, settings):
        settings.IMAGE_MAX_BYTES = 100

        with pytest.raises(library.UnusablePicture) as refusal:
            make_image()

        assert refusal.value.reason == library.Reason.TOO_HEAVY

    @pytest.mark.parametrize("alias", ["default", "renditions"])
    def test_leaves_nothing_behind_when_the_disk_is_full(self, alias, full_disk):
        full_disk(alias)

        with pytest.raises(OSError, match="No space left"):
            make_image()

        assert not Image.objects.exists()
        assert not Rendition.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_leaves_nothing_behind_when_the_database_fails(self, monkeypatch):
        def fail():
            raise OperationalError("database or disk is full")

        monkeypatch.setattr(clock, "advance", fail)

        with pytest.raises(OperationalError):
            make_image()

        assert not Image.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_advances_the_publication_clock(self):
        version = PublicationClock.objects.get().version

        make_image()

        assert PublicationClock.objects.get().version > version


@pytest.mark.django_db
class TestDiscard:
    def test_deletes_the_files_once_the_transaction_around_them_has_failed(self):
        upload = picture_file()
        examined = library.examine(upload)
        with contextlib.suppress(KeyError), transaction.atomic():
            library.add(upload, examined=examined, title="x")
            raise KeyError
        assert files_in("default")
        assert files_in("renditions")

        library.discard(examined)

        assert files_in("default") == files_in("renditions") == []

    def test_leaves_the_files_of_an_image_that_is_there(self):
        upload = picture_file()
        examined = library.examine(upload)
        library.add(upload, examined=examined, title="x")

        library.discard(examined)

        assert files_in("default")
        assert files_in("renditions")


@pytest.mark.django_db
class TestRemove:
    def test_deletes_the_files_once_that_is_certain(self, django_capture_on_commit_callbacks):
        image = make_image()
        make_all()

        with django_capture_on_commit_callbacks(execute=True):
            remove(image)
            assert files_in("default")

        assert not Image.objects.exists()
        assert not Rendition.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_leaves_a_picture_that_an_article_shows(self, django_capture_on_commit_callbacks):
        image = add_figure(make_article()).image

        with django_capture_on_commit_callbacks(execute=True), pytest.raises(ProtectedError):
            remove(image)

        assert files_in("default")
        assert files_in("renditions")


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_uploads_of_one_file_become_one_image(self):
        content = picture_file().read()

        results = in_threads(
            3, lambda: library.add(SimpleUploadedFile("x.png", content), title="x")
        )

        image = Image.objects.get()
        assert sorted(type(result).__name__ for result in results) == [
            "AlreadyInLibrary", "AlreadyInLibrary", "Image",
        ]  # fmt: skip
        assert all(getattr(result, "row", result) == image for result in results)
        assert image.renditions.count() == 3
        assert len(files_in("default")) == 1
