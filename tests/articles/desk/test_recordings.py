"""The library of videos and audio in the admin, and the choice of one in the article's form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.desk.transcripts import why_no_captions
from articles.files import recordings
from articles.models import Article, Recording
from articles.publishing.states import in_state
from articles.text.captions import Fault, NoCaptions
from tests.articles.files.test_recording_probe import content
from tests.factories import (
    add_player,
    logged_in,
    make_article,
    make_recording,
    member_of,
    publish,
    staff_with,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/recording/add/"
UPLOAD = "/admin/articles/recording/upload/"
CUES = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Anna>Una cellula\n"


def film(name="film.mp4", extra=b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content("film.mp4") + extra)


def page_of(recording) -> str:
    return reverse("admin:articles_recording_change", args=[recording.pk])


def write(client, recording, **fields):
    """Send the form of a recording, as it would be with these texts and files."""
    form = {"title": recording.title, "language": recording.language}
    form |= {f"base_{code}": row.key for code, row in recordings.newest_of(recording).items()}
    return client.post(page_of(recording), form | {"text_it": "", "text_en": ""} | fields)


def errors_of(response) -> dict:
    return response.context["adminform"].form.errors


class TestUploading:
    def test_leads_on_to_what_is_said(self, editor_client):
        response = editor_client.post(ADD, {"upload": film("cellule.mov"), "language": "it"})

        recording = Recording.objects.get()
        assert (response.status_code, response["Location"]) == (302, page_of(recording))
        assert (recording.title, recording.kind, recording.milliseconds) == (
            "cellule", "video", 2064,
        )  # fmt: skip
        assert recording.get_absolute_url().endswith(".mp4")
        assert editor_client.get(page_of(recording)).status_code == 200

    def test_refuses_what_no_browser_plays_and_what_is_there(self, editor_client):
        first = editor_client.post(ADD, {"upload": film()})
        other = SimpleUploadedFile("film.mp4", content("hevc.mp4"))

        again, wrong, empty = (
            errors_of(editor_client.post(ADD, {"upload": file}))
            for file in (film(), other, SimpleUploadedFile("film.mp4", b""))
        )

        assert first.status_code == 302
        assert "already in the library" in str(again)
        assert "HEVC Main" in str(wrong)
        assert "neither a video" in str(empty)

    def test_tells_how_large_a_file_may_be(self, editor_client, settings):
        settings.RECORDING_MAX_BYTES = 8 * 1024 * 1024

        for page in (ADD, reverse("admin:articles_recording_changelist")):
            assert "MP3 or M4A, up to 8.0\xa0MB." in editor_client.get(page).text

    def test_from_the_form_of_an_article_answers_in_json(self, editor_client):
        taken = editor_client.post(UPLOAD, {"upload": film(), "language": "xx"})
        again = editor_client.post(UPLOAD, {"upload": film()})
        refused = editor_client.post(UPLOAD, {"upload": SimpleUploadedFile("a.mp4", b"no")})

        entry = taken.json()["entry"]
        assert (entry["title"], entry["facts"]) == ("film", "Video, 2 s, 7\xa0kB")
        assert "Captions and transcript are missing in Italian." in entry["lacks"]
        assert again.json()["note"]
        assert (refused.status_code, "neither" in refused.json()["refused"]) == (422, True)
        assert Recording.objects.get().language == ""
        found = editor_client.get("/admin/articles/recording/choices/?q=film").json()
        assert found["entries"] == [entry]

    def test_is_for_those_who_may(self, client):
        reader = logged_in(client, staff_with("view_recording"))
        assert member_of("Authors").has_perm("articles.add_recording")

        assert reader.post(UPLOAD, {"upload": film()}).status_code == 403
        assert reader.post(ADD, {"upload": film()}).status_code == 403
        assert not Recording.objects.exists()


class TestWriting:
    def test_makes_a_new_version_of_what_has_changed_alone(self, editor_client):
        recording = make_recording()
        article = make_article()
        add_player(article, recording=recording)
        publish(article)
        before = recordings.newest_of(recording)
        texts = {f"text_{code}": row.text for code, row in before.items()}

        same = write(editor_client, recording, **texts)
        recording.refresh_from_db()
        unchanged = recordings.newest_of(recording) == before
        write(editor_client, recording, **texts | {"text_it": "<p>Meglio</p>"})

        recording.refresh_from_db()
        after = recordings.newest_of(recording)
        assert (same.status_code, unchanged) == (302, True)
        assert (after["en"], after["it"].text) == (before["en"], "<p>Meglio</p>")
        assert after["it"].captions == before["it"].captions
        assert in_state(Article.objects.all(), "it", "changed").exists()

    def test_writes_over_nobody(self, editor_client):
        recording = make_recording(kind="audio")
        opened = recordings.newest_of(recording)
        form = {f"text_{code}": str(row.text) for code, row in opened.items()}
        form |= {f"base_{code}": str(row.key) for code, row in opened.items()}
        theirs = recordings.write_down(recording, "it", text="<p>Loro</p>", captions="", by=None)
        recording.refresh_from_db()

        other = write(editor_client, recording, **form | {"text_en": "<p>Mine</p>"})
        same = write(editor_client, recording, **form | {"text_it": "<p>Mie</p>"})

        recording.refresh_from_db()
        after = recordings.newest_of(recording)
        assert (other.status_code, after["en"].text, after["it"]) == (302, "<p>Mine</p>", theirs)
        assert "Somebody else has written" in str(errors_of(same)["text_it"])
        assert "Mie" in same.text
        assert f'value="{theirs.key}"' in same.text

    def test_makes_a_text_from_captions(self, editor_client):
        recording = make_recording(said=[])
        file = SimpleUploadedFile("it.vtt", CUES.encode())

        response = write(editor_client, recording, captions_it=file)

        recording.refresh_from_db()
        assert response.status_code == 302
        said = recordings.newest_of(recording)
        assert set(said) == {"it"}
        assert said["it"].text == "<p><strong>Anna:</strong> Una cellula</p>"
        assert said["it"].captions == (
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v Anna>Una cellula\n"
        )

    @pytest.mark.parametrize(
        ("fields", "field", "says"),
        [
            ({"text_it": "<p>a</p>"}, "captions_it", "a video needs both"),
            ({"captions_it": b"\x00\xff"}, "captions_it", "Line 1: this is not UTF-8"),
            ({"captions_it": b"x" * 400_000}, "captions_it", "larger than"),
            ({"captions_it": CUES.replace("01.000", "09.000").encode()}, "captions_it", "Line 3"),
            ({"text_it": "<p>a</p>" * 60_000}, "text_it", "characters"),
        ],
    )  # fmt: skip
    def test_refuses_with_a_sentence_and_keeps_what_was_typed(
        self, editor_client, fields, field, says
    ):
        recording = make_recording(said=[])
        sent = {
            name: SimpleUploadedFile("a.vtt", value) if isinstance(value, bytes) else value
            for name, value in fields.items()
        }

        response = write(editor_client, recording, text_en="<p>Kept words</p>", **sent)

        assert response.status_code == 200
        assert says in str(errors_of(response)[field])
        assert "Kept words" in response.text
        assert not recording.transcripts.exists()

    def test_takes_nothing_away(self, editor_client):
        recording = make_recording(kind="audio")

        response = write(editor_client, recording)

        assert set(errors_of(response)) == {"text_it", "text_en"}
        assert "captions_it" not in response.text

    @pytest.mark.parametrize("fault", Fault)
    def test_has_a_sentence_for_every_fault(self, fault):
        assert why_no_captions(NoCaptions(fault, 3, "words")).endswith((".", "?", ")."))

    def test_of_one_that_is_withdrawn_is_over(
        self, editor_client, django_capture_on_commit_callbacks
    ):
        recording = make_recording()
        with django_capture_on_commit_callbacks(execute=True):
            address = reverse("admin:articles_recording_withdraw", args=[recording.pk])
            assert "with its captions and transcripts" in editor_client.get(address).text
            editor_client.post(address, {"reason": "Asked for"})

        page = editor_client.get(page_of(recording))

        assert page.status_code == 200
        assert "text_it" not in page.text
        assert write(editor_client, recording, text_it="<p>a</p>").status_code == 403


class TestInTheForm:
    def test_says_what_a_recording_lacks(self, editor_client):
        article = make_article()
        add_player(article, recording=make_recording(said=["it"]))

        page = editor_client.get(f"/admin/articles/article/{article.pk}/change/").text

        assert "Captions and transcript are missing in English." in page
        assert 'id="recording-library"' in page
