"""The library of pictures and the worker that makes what readers get."""

import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.db.models import ProtectedError
from PIL import Image as Pillow

from articles import pictures, renditions
from articles.models import Image, Rendition
from articles.renditions import (
    AlreadyInLibrary,
    add_to_library,
    make_next,
    pictures_of,
    plan,
    remove_from_library,
)
from immunoportal.models import PublicationClock
from tests.factories import (
    add_figure,
    make_article,
    make_image,
    make_user,
    make_worker,
    picture_file,
)

NOON = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)


def make_all() -> int:
    """Let the worker make everything; returns how often it found something to do."""
    count = 0
    while make_next():
        count += 1
    return count


def files_in(alias: str) -> list[str]:
    """The names of all files in a storage."""
    root = Path(storages[alias].path(""))
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


class TestPlan:
    def test_of_a_large_picture_is_everything(self):
        assert plan(4000) == [
            ("avif", 400), ("avif", 800), ("avif", 1200), ("avif", 1600),
            ("webp", 400), ("webp", 800), ("webp", 1200), ("webp", 1600),
            ("jpg", 800), ("jpg", 1600),
        ]  # fmt: skip

    def test_of_a_picture_between_two_sizes_ends_with_its_own_width(self):
        assert plan(1000) == [
            ("avif", 400), ("avif", 800), ("avif", 1000),
            ("webp", 400), ("webp", 800), ("webp", 1000),
            ("jpg", 800), ("jpg", 1000),
        ]  # fmt: skip

    @pytest.mark.parametrize("width", [1, 64, 399, 400, 401, 799, 800, 801, 1600, 1601, 16_383])
    def test_never_enlarges_and_never_repeats(self, width):
        planned = plan(width)

        assert max(size for _format, size in planned) == min(width, 1600)
        assert len(planned) == len(set(planned))
        assert {kind for kind, _size in planned} == {"avif", "webp", "jpg"}


@pytest.mark.django_db
class TestAddToLibrary:
    def test_stores_the_original_privately_and_to_the_byte(self):
        upload = picture_file(name="../../etc/Foto di Anna.PNG")
        content = upload.read()

        image = add_to_library(upload, title="Un microscopio")

        assert files_in("default") == [f"{image.digest[:2]}/{image.digest}.png"]
        with image.original.open() as file:
            assert file.read() == content
        assert image.digest not in "".join(files_in("renditions"))

    def test_keeps_what_it_was_told_about_the_picture(self):
        user = make_user()

        image = add_to_library(
            picture_file(size=(64, 40)), by=user, title="Un microscopio", credit_it="Foto: A"
        )

        image.refresh_from_db()
        assert (image.width, image.height) == (64, 40)
        assert (image.added_by, image.title, image.credit_it) == (user, "Un microscopio", "Foto: A")

    def test_measures_the_picture_as_it_will_be_shown(self):
        exif = Pillow.Exif()
        exif[0x0112] = 6

        image = add_to_library(
            picture_file(size=(64, 40), format="JPEG", exif=exif), title="Upright"
        )

        assert (image.width, image.height) == (40, 64)

    def test_names_the_original_by_what_it_is(self):
        image = add_to_library(picture_file(name="x.png", format="WEBP"), title="x")

        assert image.original.name.endswith(".webp")

    def test_plans_all_and_makes_one_jpeg_at_once(self):
        image = make_image(size=(1000, 500))

        rows = image.renditions.all()
        assert {(row.format, row.width) for row in rows} == set(plan(1000))
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
        image = add_to_library(upload, title="A")

        with pytest.raises(AlreadyInLibrary) as refusal:
            add_to_library(SimpleUploadedFile("b.png", content), title="B")

        assert refusal.value.image == image
        assert Image.objects.get().title == "A"
        assert len(files_in("default")) == 1

    @pytest.mark.parametrize(
        "content", [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"GIF89a\x01\x00\x01\x00"]
    )
    def test_stores_nothing_of_what_it_refuses(self, content):
        with pytest.raises(pictures.UnusablePicture):
            add_to_library(SimpleUploadedFile("picture.png", content), title="x")

        assert not Image.objects.exists()
        assert not Rendition.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_refuses_more_pixels_than_the_settings_allow(self, settings):
        settings.IMAGE_MAX_PIXELS = 64 * 40 - 1

        with pytest.raises(pictures.UnusablePicture):
            make_image(size=(64, 40))

        assert not Image.objects.exists()

    def test_replaces_what_an_upload_that_died_has_left(self):
        upload = picture_file()
        content = upload.read()
        name = f"{renditions.digest_of(upload)[:2]}/{renditions.digest_of(upload)}.png"
        storages["default"].save(name, io.BytesIO(content[:10]))

        image = add_to_library(upload, title="x")

        with image.original.open() as file:
            assert file.read() == content
        assert len(files_in("default")) == 1

    def test_advances_the_publication_clock(self):
        version = PublicationClock.objects.get().version

        make_image()

        assert PublicationClock.objects.get().version > version


@pytest.mark.django_db
class TestRemoveFromLibrary:
    def test_deletes_the_files_once_that_is_certain(self, django_capture_on_commit_callbacks):
        image = make_image()
        make_all()

        with django_capture_on_commit_callbacks(execute=True):
            remove_from_library(image)
            assert files_in("default")

        assert not Image.objects.exists()
        assert not Rendition.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_leaves_a_picture_that_an_article_shows(self, django_capture_on_commit_callbacks):
        image = add_figure(make_article()).image

        with django_capture_on_commit_callbacks(execute=True), pytest.raises(ProtectedError):
            remove_from_library(image)

        assert files_in("default")
        assert files_in("renditions")


@pytest.mark.django_db
class TestMakeNext:
    def test_says_when_there_is_nothing_to_do(self):
        assert make_next() is False

    def test_makes_small_ones_first_and_all_in_the_end(self):
        image = make_image(size=(1000, 10))
        made = []

        while make_next():
            newest = image.renditions.ready().order_by("-made_at").first()
            made.append(newest.width)

        assert made == [400, 400, 800, 800, 1000, 1000, 1000]
        assert not image.renditions.filter(made_at=None).exists()
        assert files_in("renditions") == sorted(row.name for row in image.renditions.all())

    def test_makes_what_it_says(self):
        image = make_image(size=(64, 40))

        make_all()

        for row in image.renditions.all():
            with storages["renditions"].open(row.name) as file:
                content = file.read()
            picture = Pillow.open(io.BytesIO(content))
            assert picture.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[row.format]
            assert picture.size == (row.width, row.height) == (64, 40)
            assert row.bytes == len(content)
            assert (row.claimed_by, row.error, row.attempts <= 1) == (None, "", True)

    def test_advances_the_publication_clock_as_a_page_has_more_to_show(self):
        make_image()
        version = PublicationClock.objects.get().version

        make_next()

        assert PublicationClock.objects.get().version > version

    def test_leaves_alone_what_somebody_else_is_making(self):
        image = make_image()
        image.renditions.update(claimed_by=make_worker().pk)

        assert make_next() is False

    def test_takes_over_what_a_worker_that_died_had_in_hand(self):
        image = make_image()
        dead = make_worker(silent=timedelta(seconds=31))
        image.renditions.filter(made_at=None).update(claimed_by=dead.pk, attempts=1)

        assert make_all() == 2

        assert {row.attempts for row in image.renditions.filter(format__in=["avif", "webp"])} == {2}

    def test_tries_again_after_a_while_what_could_not_be_made(self):
        with time_machine.travel(NOON, tick=False):
            image = make_image()
            storages["default"].delete(image.original.name)
            assert [make_all(), make_all()] == [2, 0]
        with time_machine.travel(NOON + renditions.RETRY_AFTER, tick=False):
            assert make_all() == 2

    def test_replaces_what_a_worker_that_died_has_left(self):
        image = make_image()
        row = image.renditions.get(format="webp")
        storages["renditions"].save(row.name, io.BytesIO(b"RIFF"))

        make_all()

        with storages["renditions"].open(row.name) as file:
            assert Pillow.open(file).size == (64, 40)
        assert len(files_in("renditions")) == 3

    def test_a_picture_that_cannot_be_made_does_not_hold_up_the_others(self):
        broken, sound = make_image(), make_image()
        storages["default"].delete(broken.original.name)

        assert make_all() == 4

        assert not sound.renditions.filter(made_at=None).exists()
        failed = broken.renditions.filter(made_at=None)
        assert failed.count() == 2
        assert all("FileNotFoundError" in row.error for row in failed)

    def test_gives_up_after_as_many_attempts_as_are_allowed(self):
        with time_machine.travel(NOON, tick=False):
            image = make_image()
        storages["default"].delete(image.original.name)

        tried = []
        for number in range(Rendition.MAX_ATTEMPTS + 2):
            with time_machine.travel(NOON + number * timedelta(hours=1), tick=False):
                tried.append(make_all())

        assert tried == [2] * Rendition.MAX_ATTEMPTS + [0, 0]
        assert Rendition.objects.given_up().count() == 2
        assert not Rendition.objects.waiting().exists()

    def test_forgets_an_error_once_it_is_mended(self):
        with time_machine.travel(NOON, tick=False):
            image = make_image()
        content = image.original.open().read()
        image.original.close()
        storages["default"].delete(image.original.name)
        with time_machine.travel(NOON, tick=False):
            make_all()
        storages["default"].save(image.original.name, io.BytesIO(content))

        with time_machine.travel(NOON + timedelta(hours=1), tick=False):
            make_all()

        assert not Rendition.objects.filter(made_at=None).exists()
        assert not Rendition.objects.exclude(error="").exists()


def in_threads(count: int, work) -> list:
    """Do the same in several threads that start together; what each returned or raised."""
    start = threading.Barrier(count)
    results = []

    def run():
        try:
            start.wait()
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_workers_make_each_rendition_once(self, monkeypatch):
        images = [make_image(size=(401, 10)), make_image(size=(64, 40))]
        encode, made = pictures.encode, []

        def recorded(picture, *, width, format):
            made.append((picture.size, width, format))
            return encode(picture, width=width, format=format)

        monkeypatch.setattr(pictures, "encode", recorded)
        waiting = Rendition.objects.waiting().count()

        counts = in_threads(4, make_all)

        assert sum(counts) == waiting == len(made) == len(set(made))
        assert not Rendition.objects.filter(made_at=None).exists()
        assert set(Rendition.objects.values_list("attempts", flat=True)) == {0, 1}
        assert files_in("renditions") == sorted(
            row.name for image in images for row in image.renditions.all()
        )

    def test_two_uploads_of_one_file_become_one_image(self):
        content = picture_file().read()

        results = in_threads(
            3, lambda: add_to_library(SimpleUploadedFile("x.png", content), title="x")
        )

        image = Image.objects.get()
        assert sorted(type(result).__name__ for result in results) == [
            "AlreadyInLibrary", "AlreadyInLibrary", "Image",
        ]  # fmt: skip
        assert all(getattr(result, "image", result) == image for result in results)
        assert image.renditions.count() == 3
        assert len(files_in("default")) == 1


@pytest.mark.django_db
class TestPicturesOf:
    def test_shows_what_is_ready_at_upload(self):
        image = make_image(size=(1000, 500))

        picture = pictures_of([image.pk])[image.pk]

        jpeg = f"/media/{image.digest[:20]}-800.jpg"
        assert picture.sources == {}
        assert picture.fallback == jpeg
        assert picture.fallback_srcset == f"{jpeg} 800w"
        assert (picture.width, picture.height) == (1000, 500)

    def test_offers_everything_once_it_is_made(self):
        image = make_image(size=(1000, 500))
        make_all()
        stem = f"/media/{image.digest[:20]}"

        picture = pictures_of([image.pk])[image.pk]

        assert list(picture.sources.items()) == [
            (
                f"image/{kind}",
                f"{stem}-400.{kind} 400w, {stem}-800.{kind} 800w, {stem}-1000.{kind} 1000w",
            )
            for kind in ("avif", "webp")
        ]
        assert picture.fallback == f"{stem}-800.jpg"
        assert picture.fallback_srcset == f"{stem}-800.jpg 800w, {stem}-1000.jpg 1000w"

    def test_takes_one_query_for_any_number_of_images(self, django_assert_num_queries):
        images = [make_image() for _ in range(4)]

        with django_assert_num_queries(1):
            found = pictures_of(image.pk for image in images[:3])

        assert set(found) == {image.pk for image in images[:3]}

    def test_leaves_out_an_image_without_any_file(self):
        image = make_image()
        image.renditions.update(made_at=None)

        assert pictures_of([image.pk, 999]) == {}
