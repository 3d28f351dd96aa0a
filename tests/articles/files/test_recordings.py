"""Recordings: what is kept, what is said in them, who gets it, and what goes with them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from articles.files import recordings, withdrawal
from articles.files.recording_probe import Facts, Kind, Reason, UnusableRecording

# Before a fixture of the whole suite puts something faster in its place.
from articles.files.recordings import look_into
from articles.files.withdrawal import Withdrawn
from articles.models import Event, Rendition, Transcript
from immunoportal.guards import RowIsFrozen
from tests.articles.files.test_recording_probe import RECORDINGS
from tests.factories import (
    add_player,
    freeze,
    logged_in,
    make_article,
    make_editor,
    make_recording,
    missing,
    publish,
    staff_with,
)

pytestmark = pytest.mark.django_db


def said(recording, language="it", **texts) -> Transcript:
    defaults = {"text": "<p>Meglio</p>", "captions": "WEBVTT\n", "by": None}
    return recordings.write_down(recording, language, **defaults | texts)


@pytest.fixture
def sandboxed(monkeypatch):
    monkeypatch.setattr(recordings, "look_into", look_into)


@pytest.mark.usefixtures("sandboxed")
class TestExamine:
    def test_reads_an_upload_where_it_is_on_the_disk(self, monkeypatch):
        monkeypatch.setattr("shutil.copyfileobj", lambda *_files: pytest.fail("copied once more"))
        content = (RECORDINGS / "film.mp4").read_bytes()
        file = TemporaryUploadedFile("a.txt", "text/plain", len(content), None)
        file.write(content)
        file.flush()
        file.size = len(content)

        assert recordings.examine(file) == Facts(Kind.VIDEO, "mp4", 2064, 96, 54)

    def test_refuses_with_the_reason_and_the_limit(self, settings, monkeypatch):
        file = SimpleUploadedFile("a.mp4", (RECORDINGS / "hevc.mp4").read_bytes())

        with pytest.raises(UnusableRecording) as other:
            recordings.examine(file)
        settings.RECORDING_MAX_BYTES = 1000
        with pytest.raises(UnusableRecording) as heavy:
            recordings.examine(file)
        settings.RECORDING_MAX_BYTES = 10_000
        monkeypatch.setattr(recordings, "SECONDS", 0.001)
        with pytest.raises(UnusableRecording) as slow:
            recordings.examine(file)

        refusals = [other.value, heavy.value, slow.value]
        assert [(each.reason, each.named) for each in refusals] == [
            (Reason.PICTURE_CODEC, "HEVC Main"), (Reason.TOO_HEAVY, 1000), (Reason.TOO_SLOW, ""),
        ]  # fmt: skip


class TestWriteDown:
    def test_adds_a_version_and_leaves_the_others_as_they_are(self):
        recording = make_recording()
        before = recordings.newest_of(recording)

        link = '<a data-article="a">qui</a> <a href="https://example.org">o là</a>'
        new = said(recording, text=f"<p>Meglio {link}<script>x</script></p>")

        recording.refresh_from_db()
        after = recordings.newest_of(recording)
        assert (after["it"], after["en"]) == (new, before["en"])
        assert new.text == "<p>Meglio qui o là</p>"
        assert Transcript.objects.filter(pk=before["it"].pk).exists()

    def test_is_refused_where_the_recording_is_gone(self, django_capture_on_commit_callbacks):
        recording = make_recording()
        with django_capture_on_commit_callbacks(execute=True):
            withdrawal.withdraw(recording, by=make_editor(), reason="Asked for")

        with pytest.raises(Withdrawn):
            said(recording)

    def test_makes_what_never_changes(self):
        transcript = said(make_recording())
        transcript.captions = ""

        with pytest.raises(RowIsFrozen):
            transcript.save()


class TestWithdrawal:
    def test_takes_along_what_was_said(self, client, django_capture_on_commit_callbacks):
        article = make_article(slug_it="cellule")
        recording = add_player(article).recording
        publish(article)
        captions = recordings.newest_of(recording)["it"].get_absolute_url()
        page = client.get("/it/articoli/cellule/").content.decode()
        assert "What is said (it)" in page
        assert client.get(captions).status_code == 200

        with django_capture_on_commit_callbacks(execute=True):
            withdrawal.withdraw(recording, by=make_editor(), reason="Asked for")

        page = client.get("/it/articoli/cellule/").content.decode()
        assert "Questa registrazione è stata ritirata." in page
        assert "What is said" not in page
        assert "<video" not in page
        assert not recording.transcripts.exists()
        assert client.get(captions).status_code == 404
        assert client.get(recording.get_absolute_url()).status_code == 404
        assert article.events.filter(verb=Event.Verb.FILE_WITHDRAWN).count() == 1
        assert "file" in missing(article, "it")[0].message


class TestBlock:
    def test_is_frozen_with_the_words_that_it_has_now(self):
        article = make_article()
        recording = add_player(article).recording
        publish(article)
        then, words = article.editions.live().get(language="it"), recording.transcript_keys["it"]

        new = said(recording)

        block = freeze(article, "it")
        assert then.content["blocks"][1]["transcript"] == words
        assert block.content["blocks"][1]["transcript"] == str(new.key)
        assert block.text_digest != then.text_digest
        assert freeze(article, "en").text_digest == article.editions.live().get(
            language="en"
        ).text_digest  # fmt: skip

    @pytest.mark.parametrize(
        ("kind", "said", "fields", "lacks"),
        [
            ("video", ["it"], {}, []),
            ("audio", ["it"], {}, []),
            ("video", ["it"], {"poster": None}, ["poster"]),
            ("video", ["it"], {"title_it": ""}, ["title_it"]),
            ("video", ["en"], {}, ["recording"]),
            ("audio", ["en"], {}, ["recording"]),
            ("video", [], {"only_in": "en"}, []),
        ],
    )
    def test_is_complete_only_with_poster_title_and_words(self, kind, said, fields, lacks):
        article = make_article()
        block = add_player(article, recording=make_recording(kind=kind, said=said))
        type(block).objects.filter(pk=block.pk).update(**fields)

        assert [item.field for item in missing(article, "it")] == lacks


class TestCaptions:
    def test_are_for_those_who_may_have_the_video(self, client):
        article = make_article()
        recording = add_player(article).recording
        address = recordings.newest_of(recording)["it"].get_absolute_url()
        desk = logged_in(Client(), staff_with("view_recording"))
        other = logged_in(Client(), staff_with("view_topic"))

        draft, for_desk, for_other = (each.get(address) for each in (client, desk, other))
        publish(article)
        live = client.get(address)

        statuses = [answer.status_code for answer in (draft, for_desk, for_other, live)]
        assert statuses == [404, 200, 404, 200]
        assert live["Content-Type"] == "text/vtt; charset=utf-8"
        assert live["Cache-Control"] == "public, max-age=31536000, immutable"
        assert live.content.startswith(b"WEBVTT\n\n00:00:00.000")
        assert for_desk["Cache-Control"] == "private, no-store"

    def test_of_what_is_only_heard_are_not_there(self, client):
        recording = make_recording(kind="audio")
        desk = logged_in(client, staff_with("view_recording"))

        key = recording.transcript_keys["it"]

        assert desk.get(f"/captions/{key}.vtt").status_code == 404
        assert desk.get(recording.get_absolute_url())["Content-Type"] == "audio/mpeg"


class TestPage:
    def test_plays_nothing_by_itself_and_shows_what_is_said(self, client):
        article = make_article(slug_en="cells")
        video = add_player(article)
        audio = add_player(article, recording=make_recording(kind="audio"), ordering=30)
        publish(article)

        response = client.get("/en/articles/cells/")
        page = response.content.decode()

        rendition = Rendition.objects.ready().get(image=video.poster).get_absolute_url()
        track = recordings.newest_of(video.recording)["en"].get_absolute_url()
        assert (
            f'<video controls playsinline preload="none" src="{video.recording.get_absolute_url()}"'
            f' width="96" height="54" poster="{rendition}" aria-labelledby="_{video.key}">'
        ) in page
        assert (
            f'<track kind="captions" src="{track}" srclang="en" label="English" default>'
        ) in page
        assert (
            f'<audio controls preload="none" src="{audio.recording.get_absolute_url()}"'
            f' aria-labelledby="_{audio.key}">'
        ) in page
        main = page.partition("<main")[2]
        assert main.count("<details") == main.count("What is said (en)") == 2
        assert "Video in Italian, 2 s" in page
        assert "autoplay" not in page
        assert "media-src 'self'" in response["Content-Security-Policy"]
        assert client.get(rendition).status_code == 200

    def test_of_the_past_shows_the_words_that_it_had(self, client):
        article = make_article()
        recording = add_player(article).recording
        edition = publish(article, "it")[0]
        said(recording)
        publish(article, "it")

        editor = logged_in(client, make_editor())
        page = editor.get(f"/admin/articles/article/edition/{edition.pk}/").content.decode()

        assert "What is said (it)" in page
        assert "Meglio" not in page
