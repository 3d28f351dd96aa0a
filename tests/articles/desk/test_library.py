"""The library of images: uploading, looking, deleting."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse
from PIL import Image as Pillow

from articles.desk.library import ImageAdmin
from articles.images import sandbox
from articles.models import Article, Image
from articles.publishing.states import in_state
from tests.articles.images.steps import files_in
from tests.factories import (
    add_figure,
    logged_in,
    make_article,
    make_image,
    picture_file,
    publish,
    staff_with,
)

pytestmark = pytest.mark.django_db


class TestTitle:
    def test_a_picture_retitled_for_editors_marks_nothing(self, editor_client):
        article = make_article()
        image = make_image()
        add_figure(article, image=image)
        publish(article)
        form = {"credit_it": "", "credit_en": ""}
        url = reverse("admin:articles_image_change", args=[image.pk])

        editor_client.post(url, form | {"title": "New title"})
        retitled = in_state(Article.objects.all(), "it", "changed").exists()
        editor_client.post(url, form | {"title": "New title", "credit_it": "Anna"})
        credited = in_state(Article.objects.all(), "it", "changed").exists()

        assert (retitled, credited) == (False, True)


def upload(client, file, **data):
    return client.post(reverse("admin:articles_image_add"), {"upload": file} | data)


class TestUploading:
    def test_takes_a_picture_and_names_it_after_its_file(self, editor_client):
        response = upload(editor_client, picture_file("umbrella.png"))

        assert response.status_code == 302
        assert Image.objects.get().title == "umbrella"

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            (SimpleUploadedFile("x.jpg", b"not a picture"), "is not a picture in JPEG"),
            (SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "is not a"),
            (SimpleUploadedFile("x.png", b""), "empty"),
        ],
        ids=["text", "svg", "empty"],
    )
    def test_refuses_what_is_no_picture(self, editor_client, file, sentence):
        response = upload(editor_client, file)

        assert response.status_code == 200
        assert sentence in response.text
        assert not Image.objects.exists()

    def test_refuses_half_a_picture(self, editor_client):
        whole = io.BytesIO()
        Pillow.effect_noise((300, 200), 80).convert("RGB").save(whole, "JPEG")
        half = SimpleUploadedFile("half.jpg", whole.getvalue()[: len(whole.getvalue()) // 2])

        response = upload(editor_client, half)

        assert "broken or incomplete" in response.text
        assert not Image.objects.exists()

    def test_refuses_too_many_pixels_and_too_many_bytes(self, editor_client, settings):
        settings.IMAGE_MAX_PIXELS = 1_000_000
        large = upload(editor_client, picture_file(size=(1200, 1000)))
        settings.IMAGE_MAX_BYTES = 100
        heavy = upload(editor_client, picture_file(size=(60, 60)))

        assert "too many pixels: the limit is 1 megapixels" in large.text
        assert "Make the picture smaller" in heavy.text
        assert not Image.objects.exists()

    def test_of_a_known_picture_from_within_a_figure_takes_the_known_one(self, editor_client):
        upload(editor_client, picture_file("first.png", colour=(1, 2, 3)))

        response = upload(editor_client, picture_file("x.png", colour=(1, 2, 3)), _popup="1")

        image = Image.objects.get()
        assert image.title == "first"
        assert f"&quot;value&quot;: &quot;{image.pk}&quot;" in response.text

    def test_refuses_the_same_picture_twice_and_names_the_first(self, editor_client):
        upload(editor_client, picture_file("first.png", colour=(1, 2, 3)))

        response = upload(editor_client, picture_file("second.png", colour=(1, 2, 3)))

        assert "already in the library" in response.text
        assert ">first</a>" in response.text
        assert Image.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestUploadingAndItsTransaction:
    @pytest.mark.parametrize("content", [picture_file().read(), b"not a picture"])
    def test_reads_the_picture_once_before_it_begins(self, editor_client, content, monkeypatch):
        render, seen = sandbox.render, []

        def noted(*args, **options):
            seen.append(connection.in_atomic_block)
            return render(*args, **options)

        monkeypatch.setattr(sandbox, "render", noted)

        upload(editor_client, SimpleUploadedFile("x.png", content))

        assert seen == [False]

    def test_leaves_nothing_behind_when_it_fails_in_the_end(self, editor_client, monkeypatch):
        stored = []

        def fail(_admin, _request, image, _message):
            stored.append(image.original.storage.exists(image.original.name))
            raise OperationalError("database or disk is full")

        monkeypatch.setattr(ImageAdmin, "log_addition", fail)

        with pytest.raises(OperationalError):
            upload(editor_client, picture_file())

        assert stored == [True]
        assert not Image.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_reads_nothing_for_who_may_not_add(self, client, monkeypatch):
        monkeypatch.setattr(sandbox, "render", lambda *_args, **_options: pytest.fail("was read"))

        response = upload(logged_in(client, staff_with("view_image")), picture_file())

        assert response.status_code == 403


class TestThumbnail:
    @pytest.mark.parametrize(
        ("permissions", "status"),
        [([], 403), (["change_article"], 403), (["view_image"], 302), (["change_image"], 302)],
    )
    def test_is_for_those_who_may_see_the_library(self, client, permissions, status):
        image = make_image()
        name = image.renditions.ready().get().name

        response = logged_in(client, staff_with(*permissions)).get(
            reverse("admin:articles_image_thumbnail", args=[image.pk])
        )

        assert response.status_code == status
        assert response.get("Location", "").endswith(name) is (status == 302)

    def test_does_not_tell_the_others_which_images_there_are(self, client):
        response = logged_in(client, staff_with()).get(
            reverse("admin:articles_image_thumbnail", args=[0])
        )

        assert response.status_code == 403


class TestDeletingAnImage:
    def test_that_is_shown_somewhere_is_refused(self, editor_client):
        image = make_image()
        add_figure(make_article(), image=image)

        response = editor_client.post(
            reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"}
        )

        assert Image.objects.filter(pk=image.pk).exists()
        assert "figure" in response.text.lower()

    def test_that_only_an_edition_shows_is_refused(self, editor_client):
        image = make_image()
        article = make_article()
        figure = add_figure(article, image=image)
        publish(article)
        figure.delete()

        editor_client.post(reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"})

        assert Image.objects.filter(pk=image.pk).exists()

    def test_that_nothing_shows_takes_its_files_along(
        self, editor_client, django_capture_on_commit_callbacks
    ):
        image = make_image()
        storage, name = image.original.storage, str(image.original.name)

        with django_capture_on_commit_callbacks(execute=True):
            editor_client.post(
                reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"}
            )

        assert not Image.objects.exists()
        assert name
        assert not storage.exists(name)
