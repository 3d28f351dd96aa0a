"""The renditions of the library's pictures, and the worker that makes them."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.storage import storages
from django.db import connection
from PIL import Image as Pillow

from articles.images import renditions, sandbox
from articles.images.renditions import make_next, plan
from articles.models import Image, Rendition
from immunoportal.publication.models import PublicationClock
from tests.articles.images.steps import files_in, in_threads, make_all
from tests.factories import make_image, make_worker

NOON = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)


def lose_original(image: Image):
    assert image.original.name
    storages["default"].delete(image.original.name)


class TestPlan:
    def test_of_a_large_picture_is_everything(self):
        assert plan(4000, 3000) == [
            ("avif", 400), ("avif", 800), ("avif", 1200), ("avif", 1600),
            ("webp", 400), ("webp", 800), ("webp", 1200), ("webp", 1600),
            ("jpg", 800), ("jpg", 1600),
        ]  # fmt: skip

    def test_of_a_picture_between_two_sizes_ends_with_its_own_width(self):
        assert plan(1000, 500) == [
            ("avif", 400), ("avif", 800), ("avif", 1000),
            ("webp", 400), ("webp", 800), ("webp", 1000),
            ("jpg", 800), ("jpg", 1000),
        ]  # fmt: skip

    @pytest.mark.parametrize("width", [1, 64, 399, 400, 401, 799, 800, 801, 1600, 1601, 16_383])
    def test_never_enlarges_and_never_repeats(self, width):
        planned = plan(width, 800)

        assert max(size for _format, size in planned) == min(width, 1600)
        assert len(planned) == len(set(planned))
        assert {kind for kind, _size in planned} == {"avif", "webp", "jpg"}

    @pytest.mark.parametrize(
        ("size", "formats"),
        [
            ((1600, 3750), {"avif", "webp", "jpg"}),
            ((1600, 3751), {"webp", "jpg"}),
            ((2400, 16_200), {"jpg"}),
            ((1600, 7500), {"webp", "jpg"}),
            ((1600, 7501), {"jpg"}),
            ((400, 15_000), {"avif", "webp", "jpg"}),
        ],
    )
    def test_leaves_out_the_formats_that_take_too_much_memory_for_a_tall_one(self, size, formats):
        assert {kind for kind, _width in plan(*size)} == formats


@pytest.mark.django_db
class TestMakeNext:
    def test_says_when_there_is_nothing_to_do(self):
        assert make_next() is False

    def test_makes_small_ones_first_and_all_in_the_end(self):
        image = make_image(size=(1000, 10))
        made = []

        while make_next():
            newest = image.renditions.ready().latest("made_at")
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
            storages["default"].delete(str(image.original.name))
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

    def test_encodes_outside_any_transaction(self, monkeypatch):
        make_image()
        before, seen = len(connection.savepoint_ids), []
        render = sandbox.render

        def noted(file, **options):
            seen.append(len(connection.savepoint_ids))
            return render(file, **options)

        monkeypatch.setattr(sandbox, "render", noted)
        make_all()

        assert seen == [before, before]

    def test_a_picture_that_cannot_be_made_does_not_hold_up_the_others(self):
        broken, sound = make_image(), make_image()
        storages["default"].delete(str(broken.original.name))

        assert make_all() == 4

        assert not sound.renditions.filter(made_at=None).exists()
        failed = broken.renditions.filter(made_at=None)
        assert failed.count() == 2
        assert all("FileNotFoundError" in row.error for row in failed)

    def test_leaves_no_half_of_a_file_when_the_disk_is_full(self, full_disk):
        image = make_image()
        first = image.renditions.ready().get()
        full_disk("renditions")

        assert make_all() == 2

        assert files_in("renditions") == [first.name]
        failed = image.renditions.filter(made_at=None)
        assert ["No space left" in row.error for row in failed] == [True, True]

    def test_gives_up_after_as_many_attempts_as_are_allowed(self):
        with time_machine.travel(NOON, tick=False):
            image = make_image()
        storages["default"].delete(str(image.original.name))

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
        storages["default"].delete(str(image.original.name))
        with time_machine.travel(NOON, tick=False):
            make_all()
        storages["default"].save(image.original.name, io.BytesIO(content))

        with time_machine.travel(NOON + timedelta(hours=1), tick=False):
            make_all()

        assert not Rendition.objects.filter(made_at=None).exists()
        assert not Rendition.objects.exclude(error="").exists()


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_workers_make_each_rendition_once(self, monkeypatch):
        images = [make_image(size=(401, 10)), make_image(size=(64, 40))]
        render, made = sandbox.render, []

        def recorded(file, *, width, format):
            made.append((file.name, width, format))
            return render(file, width=width, format=format)

        monkeypatch.setattr(sandbox, "render", recorded)
        waiting = Rendition.objects.waiting().count()

        counts = in_threads(4, make_all)

        assert sum(counts) == waiting == len(made) == len(set(made))
        assert not Rendition.objects.filter(made_at=None).exists()
        assert set(Rendition.objects.values_list("attempts", flat=True)) == {0, 1}
        assert files_in("renditions") == sorted(
            row.name for image in images for row in image.renditions.all()
        )
