"""The library inside the article's form: which pictures it offers, and how files come in."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.desk import library_choices
from articles.desk.library import ImageAdmin
from articles.files import withdrawal
from articles.images import sandbox
from articles.models import Image
from immunoportal.languages import text_in
from tests.articles.images.steps import files_in
from tests.factories import (
    add_figure,
    logged_in,
    make_article,
    make_editor,
    make_image,
    picture_file,
    staff_with,
)

pytestmark = pytest.mark.django_db

CHOICES = "/admin/articles/image/choices/"
UPLOAD = "/admin/articles/image/upload/"


def titles(answer) -> list[str]:
    return [picture["title"] for picture in answer.json()["entries"]]


class TestChoices:
    def test_are_the_newest_first_a_page_at_a_time(self, editor_client, monkeypatch):
        monkeypatch.setattr(library_choices, "PER_PAGE", 2)
        for title in "ABC":
            make_image(title=title)

        first, second = (editor_client.get(CHOICES, {"page": page}) for page in (1, 2))

        assert (titles(first), first.json()["next"]) == (["C", "B"], 2)
        assert (titles(second), second.json()["next"]) == (["A"], None)

    def test_are_found_by_their_words_and_are_none_that_was_withdrawn(self, editor_client):
        add_figure(
            make_article(), image=make_image(title="DSC 1"), alternative_text_it="Un ombrello"
        )
        gone = make_image(title="Ombrello")
        withdrawal.withdraw(gone, by=make_editor(), reason="x")

        assert titles(editor_client.get(CHOICES, {"q": "ombrello"})) == ["DSC 1"]
        assert titles(editor_client.get(CHOICES, {"q": "umbrella"})) == []

    def test_propose_what_the_last_use_says_in_each_language(self, editor_client):
        image = make_image(credit_it="Foto: Anna")
        older, newer = make_article(changed_at=timezone.now() - timedelta(days=1)), make_article()
        add_figure(newer, image=image, alternative_text_it="Nuovo", alternative_text_en="")
        add_figure(older, image=image, alternative_text_it="Vecchio", alternative_text_en="Old")

        (picture,) = editor_client.get(CHOICES).json()["entries"]

        assert picture == {
            "id": image.pk,
            "title": "A picture",
            "thumbnail": reverse("admin:articles_image_thumbnail", args=[image.pk]),
            "credit": "Foto: Anna",
            "proposed": {"alternative_text_it": "Nuovo", "alternative_text_en": "Old"},
        }

    def test_cost_the_same_however_many_they_are(
        self, editor_client, django_assert_max_num_queries
    ):
        def queries() -> int:
            with django_assert_max_num_queries(10) as captured:
                editor_client.get(CHOICES)
            return len(captured)

        add_figure(make_article())
        few = queries()
        add_figure(make_article())

        assert queries() == few

    @pytest.mark.parametrize("page", ["-1", "9" * 30, "x"])
    def test_of_a_strange_page_are_the_first_ones(self, editor_client, page):
        make_image()

        assert len(titles(editor_client.get(CHOICES, {"page": page}))) == 1

    def test_are_for_those_who_may_see_the_library(self, client):
        assert logged_in(client, staff_with("change_article")).get(CHOICES).status_code == 403
        assert Client().get(CHOICES).status_code == 302


class TestUpload:
    def test_takes_several_files_one_by_one_and_names_each_that_it_refuses(
        self, editor_client, settings
    ):
        settings.IMAGE_MAX_BYTES = 10_000
        files = [
            picture_file("umbrella.png"),
            SimpleUploadedFile("notes.txt", b"no picture"),
            SimpleUploadedFile("empty.png", b""),
            SimpleUploadedFile("half.png", picture_file(size=(300, 300)).read()[:150]),
            SimpleUploadedFile("heavy.png", b"x" * 10_001),
            picture_file("../../\x07cells.png"),
        ]

        answers = [
            editor_client.post(UPLOAD, {"upload": file, "credit_it": " Foto: \n Anna "})
            for file in files
        ]

        assert [answer.status_code for answer in answers] == [200, 422, 422, 422, 422, 200]
        said = [answer.json().get("refused", "") for answer in answers]
        assert "not a picture" in said[1]
        assert "not a picture" in said[2]
        assert "broken or incomplete" in said[3]
        assert "larger than" in said[4]
        assert [answers[0].json()["entry"]["title"], answers[5].json()["entry"]["title"]] == [
            "umbrella",
            "cells",
        ]
        assert {text_in(image, "credit", "it") for image in Image.objects.all()} == {"Foto: Anna"}

    def test_of_a_known_file_takes_the_known_picture_with_what_was_said_of_it(self, editor_client):
        content = picture_file().read()
        editor_client.post(UPLOAD, {"upload": SimpleUploadedFile("first.png", content)})
        add_figure(make_article(), image=Image.objects.get(), alternative_text_en="An umbrella")

        answer = editor_client.post(UPLOAD, {"upload": SimpleUploadedFile("again.png", content)})

        assert answer.status_code == 200
        assert answer.json()["entry"]["title"] == "first"
        assert answer.json()["entry"]["proposed"]["alternative_text_en"] == "An umbrella"
        assert "in the library already" in answer.json()["note"]
        assert Image.objects.count() == 1

    def test_of_a_withdrawn_file_is_refused_with_the_reason_in_the_form_too(self, editor_client):
        content = picture_file().read()
        editor_client.post(UPLOAD, {"upload": SimpleUploadedFile("x.png", content)})
        withdrawal.withdraw(Image.objects.get(), by=make_editor(), reason="No consent")

        answers = [
            editor_client.post(url, {"upload": SimpleUploadedFile("x.png", content)} | data)
            for url, data in ((UPLOAD, {}), ("/admin/articles/image/add/", {"_popup": "1"}))
        ]

        assert answers[0].status_code == 422
        assert "Reason: No consent" in answers[0].json()["refused"]
        assert "Reason: No consent" in answers[1].text

    def test_without_a_file_says_so(self, editor_client):
        answer = editor_client.post(UPLOAD, {"upload": "a text"})

        assert (answer.status_code, "not arrived" in answer.json()["refused"]) == (400, True)

    def test_is_read_by_nobody_who_may_not_add(self, client, monkeypatch):
        monkeypatch.setattr(sandbox, "render", lambda *_args, **_options: pytest.fail("was read"))
        logged_in(client, staff_with("view_image"))

        answer = client.post(UPLOAD, {"upload": picture_file()})

        assert answer.status_code == 403
        assert "may not add" in answer.json()["refused"]
        assert client.get(UPLOAD).status_code == 405

    def test_asks_for_the_token_of_a_form(self):
        client = logged_in(Client(enforce_csrf_checks=True), make_editor())

        assert client.post(UPLOAD, {"upload": picture_file()}).status_code == 403
        assert not Image.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_read_before_its_transaction_and_leaves_nothing_when_it_fails(
    editor_client, monkeypatch
):
    render, seen = sandbox.render, []

    def noted(*args, **options):
        seen.append(connection.in_atomic_block)
        return render(*args, **options)

    def fail(*_arguments):
        assert files_in("default")
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(sandbox, "render", noted)
    monkeypatch.setattr(ImageAdmin, "log_addition", fail)

    with pytest.raises(OperationalError):
        editor_client.post(UPLOAD, {"upload": picture_file()})

    assert seen == [False]
    assert not Image.objects.exists()
    assert files_in("default") == files_in("renditions") == []


class TestInTheForm:
    @pytest.mark.parametrize(
        ("permissions", "offered"),
        [
            (["view_image", "add_image"], (True, True)),
            (["view_image"], (True, False)),
            ([], (False, False)),
        ],
    )
    def test_is_offered_to_those_who_may_use_it(self, client, permissions, offered):
        logged_in(client, staff_with("add_article", "add_figure", *permissions))

        page = client.get("/admin/articles/article/add/").text

        assert ('id="picture-library"' in page, 'class="file-drop"' in page) == offered
