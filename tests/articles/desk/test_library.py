"""The library of images: uploading, looking, deleting."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Pillow

from articles.desk import file_uses
from articles.desk.library import ImageAdmin
from articles.files import withdrawal
from articles.images import sandbox
from articles.models import Article, Image
from articles.publishing import verbs
from articles.publishing.states import in_state
from tests.articles.images.steps import files_in
from tests.factories import (
    add_figure,
    logged_in,
    make_article,
    make_editor,
    make_image,
    member_of,
    picture_file,
    publish,
    staff_with,
)
from tests.pages import page_of

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
    @pytest.fixture
    def image(self):
        """An image that a working copy shows, a live edition, and one that is not live any more."""
        image = make_image(title="Umbrella")
        article = make_article(title_it="Viva", title_en="Lively")
        add_figure(article, image=image)
        publish(article)
        past = make_article(title_it="Andata", english=False)
        figure = add_figure(past, image=image)
        publish(past, "it")
        figure.delete()
        verbs.withdraw(past, "it", by=make_editor())
        return image

    def test_that_is_in_use_is_refused_and_says_where(self, editor_client, image):
        url = reverse("admin:articles_image_delete", args=[image.pk])

        answers = [
            editor_client.get(url, follow=True),
            editor_client.post(url, {"post": "yes"}, follow=True),
        ]

        assert Image.objects.filter(pk=image.pk).exists()
        for answer in answers:
            error = page_of(answer).one("li", class_="error")
            assert "“Umbrella” cannot be deleted, because it is in use" in error.words
            assert [link.words for link in error.all("a")] == [
                "“Lively”, live in English (edition no. 1)",
                "“Viva”, live in Italian (edition no. 1)",
                "“Viva”, in its working copy",
                "“Andata”, formerly live in Italian (edition no. 1)",
            ]
        for link in error.all("a"):
            assert editor_client.get(link["href"]).status_code == 200

    def test_names_some_uses_and_how_many_more_there_are(self, editor_client, image, monkeypatch):
        monkeypatch.setattr(file_uses, "MOST_NAMED", 2)

        answer = editor_client.get(
            reverse("admin:articles_image_delete", args=[image.pk]), follow=True
        )

        items = [item.words for item in page_of(answer).one("li", class_="error").all("li")]
        assert len(items) == 3
        assert items[-1] == "and 2 more"

    def test_among_several_deletes_those_that_nothing_shows(
        self, editor_client, image, django_capture_on_commit_callbacks
    ):
        free = make_image(title="Free")
        url = reverse("admin:articles_image_changelist")
        chosen = {"action": "delete_selected", "_selected_action": [image.pk, free.pk]}

        asked = editor_client.post(url, chosen)
        with django_capture_on_commit_callbacks(execute=True):
            editor_client.post(
                url, chosen | {"_selected_action": [free.pk], "post": "yes"}, follow=True
            )

        assert "“Umbrella” cannot be deleted" in asked.text
        names = [field["value"] for field in page_of(asked).all("input", name="_selected_action")]
        assert names == [str(free.pk)]
        assert list(Image.objects.all()) == [image]

    def test_alone_among_several_leads_back_to_the_list(self, editor_client, image):
        url = reverse("admin:articles_image_changelist")

        answer = editor_client.post(
            url, {"action": "delete_selected", "_selected_action": [image.pk]}, follow=True
        )

        assert "“Umbrella” cannot be deleted" in answer.text
        assert answer.redirect_chain

    def test_several_that_are_used_are_named_together(self, editor_client, image):
        url = reverse("admin:articles_image_changelist")
        many = [make_image(title=f"Used {number}") for number in range(5)]
        for used in many:
            add_figure(make_article(), image=used)

        def cost(images) -> int:
            chosen = [used.pk for used in images]
            with CaptureQueriesContext(connection) as captured:
                answer = editor_client.post(
                    url, {"action": "delete_selected", "_selected_action": chosen}
                )
            assert answer.status_code == 302
            return len(captured.captured_queries)

        two = cost(many[:2])

        assert cost(many) == two
        *_earlier, error = page_of(editor_client.get(url)).all("li", class_="error")
        assert {link.words for link in error.all("a")} == {used.title for used in many}

    def test_that_is_used_meanwhile_is_refused_too(self, editor_client, image, monkeypatch):
        answers = iter(["", "In use."])
        monkeypatch.setattr("articles.desk.file_library.why_it_stays", lambda _image: next(answers))

        answer = editor_client.post(
            reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"}, follow=True
        )

        assert page_of(answer).one("li", class_="error").words == "In use."

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


class TestSearch:
    def test_finds_by_what_articles_say_of_a_picture(self, editor_client):
        microscope = make_image(title="DSC 0012", credit_it="Foto: Anna")
        add_figure(make_article(), image=microscope, alternative_text_en="Through a microscope")
        make_image(title="DSC 0013")
        url = reverse("admin:articles_image_changelist")

        found = [
            editor_client.get(url, {"q": words}).context["cl"].result_count
            for words in ("microscope anna", "dsc", "microscope 0013")
        ]

        assert found == [1, 2, 0]


class TestWithdrawing:
    @pytest.fixture
    def image(self):
        image = make_image(title="Patient")
        article = make_article(title_en="Told")
        add_figure(article, image=image)
        publish(article)
        return image

    def test_asks_why_and_says_what_will_happen(self, editor_client, image):
        url = reverse("admin:articles_image_withdraw", args=[image.pk])

        page = editor_client.get(url)
        refused = editor_client.post(url, {"reason": " \u200e "})

        assert "“Told”, live in English" in page.text
        assert "out of our reach" in page.text
        assert "Write why" in refused.text
        image.refresh_from_db()
        assert not image.is_withdrawn

    def test_is_shown_in_the_library_and_undone_by_nobody(self, editor_client, image):
        url = reverse("admin:articles_image_withdraw", args=[image.pk])
        answer = editor_client.post(url, {"reason": "No consent any more"}, follow=True)
        again = editor_client.post(url, {"reason": "Again"}, follow=True)

        entry = editor_client.get(reverse("admin:articles_image_change", args=[image.pk]))
        listed = editor_client.get(reverse("admin:articles_image_changelist"))
        deleted = editor_client.get(
            reverse("admin:articles_image_delete", args=[image.pk]), follow=True
        )

        assert "now say that it is gone" in answer.text
        assert "withdrawn already" in again.text
        assert "Withdrawn for good by Elena Rossi" in entry.text
        assert "Reason: No consent any more" in entry.text
        assert "deletelink" not in entry.text
        for page in (entry, listed):
            assert "This picture has been withdrawn." in page.text
            assert "thumbnail/" not in page.text
        assert "Its entry stays" in deleted.text

    @pytest.mark.parametrize(("group", "status"), [("Editors", 403), ("Administrators", 200)])
    def test_is_for_administrators(self, client, image, group, status):
        logged_in(client, member_of(group))
        page = client.get(reverse("admin:articles_image_change", args=[image.pk]))

        answer = client.get(reverse("admin:articles_image_withdraw", args=[image.pk]))

        assert answer.status_code == status
        assert ("Withdraw for good" in page.text) is (status == 200)

    def test_of_no_picture_is_not_found(self, editor_client):
        url = reverse("admin:articles_image_withdraw", args=[10**15])

        assert editor_client.get(url).status_code == 404

    def test_tells_when_the_store_has_not_deleted_everything(
        self, editor_client, image, monkeypatch
    ):
        def left(image, **_why):
            image.doomed_files = [["default", "x"]]
            return image

        monkeypatch.setattr(withdrawal, "withdraw", left)

        answer = editor_client.post(
            reverse("admin:articles_image_withdraw", args=[image.pk]), {"reason": "x"}, follow=True
        )

        assert "tried again every minute" in answer.text
