"""What killed processes leave of the files that they have stored."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from articles.files import leftovers
from tests.articles.images.steps import files_in
from tests.factories import make_document, make_image

pytestmark = pytest.mark.django_db

ALIASES = ("default", "renditions", "files")


@pytest.fixture
def stored():
    """Stores a file as it was stored some hours ago."""

    def store(alias, name, hours=30):
        storages[alias].save(name, ContentFile(b"left"))
        age(Path(storages[alias].path(name)), hours)

    return store


def age(path, hours=30):
    then = time.time() - hours * 3600
    os.utime(path, (then, then))


def left_in_all():
    return [name for alias in ALIASES for name in files_in(alias)]


@pytest.fixture
def belonging():
    """The files of a picture and of a document, which were stored long ago."""
    make_image()
    make_document()
    for alias in ALIASES:
        for name in files_in(alias):
            age(Path(storages[alias].path(name)))
    return left_in_all()


class TestLeftovers:
    def test_go_a_day_after_they_were_stored(self, belonging, stored):
        digest = "0a" * 32
        stored("default", f"0a/{digest}.png")
        stored("renditions", f"{digest[:20]}-800.jpg")
        stored("files", f"0a/{digest}.pdf")
        stored("files", f"0a/{digest}.mp4", hours=20)
        stored("files", "another-programs-own.txt")

        leftovers.delete_leftovers()

        assert sorted(left_in_all()) == sorted(
            [*belonging, f"0a/{digest}.mp4", "another-programs-own.txt"]
        )

    def test_stay_where_there_are_too_many(self, belonging, stored, monkeypatch, caplog):
        monkeypatch.setattr(leftovers, "MOST", 1)
        for number in (1, 2):
            stored("files", f"0a/{str(number) * 64}.pdf")

        leftovers.delete_leftovers()

        assert len(left_in_all()) == len(belonging) + 2
        assert "2 stored files belong to no entry" in caplog.text

    def test_of_nothing_at_all_are_none(self):
        assert leftovers.delete_leftovers() is False
