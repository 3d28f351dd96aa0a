"""What a page is told of the pictures that it shows."""

import pytest

from articles.files import withdrawal
from articles.images.markup import pictures_of
from tests.articles.images.steps import make_all
from tests.factories import make_editor, make_image


@pytest.mark.django_db
class TestPicturesOf:
    def test_shows_what_is_ready_at_upload(self):
        image = make_image(size=(1000, 500))

        picture = pictures_of([image.digest])[image.digest]

        jpeg = f"/media/{image.digest[:20]}-800.jpg"
        assert picture.sources == {}
        assert picture.fallback == jpeg
        assert picture.fallback_srcset == f"{jpeg} 800w"
        assert (picture.width, picture.height) == (1000, 500)

    def test_offers_everything_once_it_is_made(self):
        image = make_image(size=(1000, 500))
        make_all()
        stem = f"/media/{image.digest[:20]}"

        picture = pictures_of([image.digest])[image.digest]

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
            found = pictures_of(image.digest for image in images[:3])

        assert set(found) == {image.digest for image in images[:3]}

    def test_leaves_out_an_image_without_any_file(self):
        image = make_image()
        image.renditions.update(made_at=None)

        assert pictures_of([image.digest, "0" * 64]) == {}

    def test_knows_an_image_that_was_withdrawn_from_one_without_any_file(self):
        image = make_image()

        withdrawal.withdraw(image, by=make_editor(), reason="x")

        picture = pictures_of([image.digest])[image.digest]
        assert (picture.is_withdrawn, picture.look) == (True, "withdrawn")
