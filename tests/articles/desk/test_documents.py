"""The library of PDF files in the admin, and the choice of a file in the article's form."""

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from articles.desk.documents import DocumentAdmin
from articles.desk.history import told
from articles.files import documents, withdrawal
from articles.models import Attachment, Document, Question
from tests.articles.desk.steps import change_url, form_of
from tests.articles.desk.test_kinds import rows, saved
from tests.articles.files import pdfs
from tests.articles.files.pdfs import opens_with, pdf_file
from tests.articles.images.steps import files_in
from tests.factories import (
    add_block,
    logged_in,
    make_article,
    make_document,
    make_editor,
    member_of,
    own_link,
    publish,
    staff_with,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

CHOICES = "/admin/articles/document/choices/"
UPLOAD = "/admin/articles/document/upload/"
ADD = "/admin/articles/document/add/"


class TestUpload:
    def test_takes_what_is_clean_and_says_why_it_refuses_the_rest(self, editor_client, settings):
        settings.DOCUMENT_MAX_BYTES = 20_000

        def italian(document):
            document.Root.Lang = "it-IT"

        files = {
            "Leaflet 1.pdf": pdfs.pdf(pages=3),
            "Opuscolo.pdf": pdfs.pdf(italian),
            "script.pdf": pdfs.pdf(opens_with("JavaScript", JS="app.alert(1)")),
            "picture.pdf": b"\x89PNG",
            "empty.pdf": b"",
            "half.pdf": pdfs.pdf()[:-30],
            "heavy.pdf": b"%PDF-" + b"x" * 20_000,
        }

        answers = [
            editor_client.post(UPLOAD, {"upload": SimpleUploadedFile(*file), "language": "en"})
            for file in files.items()
        ]

        assert [answer.status_code for answer in answers] == [200, 200, *[422] * 5]
        size = answers[0].json()["entry"]["facts"].split(", ")[1]
        assert answers[0].json()["entry"] == {
            "id": Document.objects.get(title="Leaflet 1").pk,
            "title": "Leaflet 1",
            "language": "en",
            "facts": f"in English, {size}, 3 pages",
        }
        assert answers[1].json()["entry"]["language"] == "it"
        said = [answer.json().get("refused", "") for answer in answers[2:]]
        for words, sentence in zip(
            ("has a script", "not a PDF", "is empty", "broken or incomplete", "larger than"),
            said,
            strict=True,
        ):
            assert words in sentence
        assert "Save as PDF" in said[0]
        stored = Document.objects.get(title="Leaflet 1")
        with storages["files"].open(str(stored.file.name)) as file:
            assert file.read() == files["Leaflet 1.pdf"]
        assert stored.added_by is not None
        assert len(files_in("files")) == Document.objects.count() == 2

    def test_of_a_known_file_takes_the_known_one_and_of_a_withdrawn_one_says_why(
        self, editor_client
    ):
        content = pdfs.pdf()

        def send(url=UPLOAD, **data):
            file = SimpleUploadedFile("again.pdf", content)
            return editor_client.post(url, {"upload": file, "language": "it"} | data)

        first, again = send(), send()
        in_form = send(ADD)
        withdrawal.withdraw(Document.objects.get(), by=make_editor(), reason="Out of date")
        refused = [send(), send(ADD, _popup="1")]

        assert first.json()["entry"] == again.json()["entry"]
        assert "in the library already" in again.json()["note"]
        assert "already in the library" in in_form.text
        assert "Reason: Out of date" in refused[0].json()["refused"]
        assert "Reason: Out of date" in refused[1].text
        assert Document.objects.count() == 1

    def test_by_the_form_asks_for_title_and_language(self, editor_client):
        answer = editor_client.post(
            ADD, {"upload": pdf_file("x.pdf"), "title": "Opuscolo", "language": "it"}
        )
        named = editor_client.post(ADD, {"upload": pdf_file("Diario.pdf"), "language": "it"})
        bad = editor_client.post(
            ADD, {"upload": pdf_file("x.pdf", b"%PDF-1.7"), "title": "Perso?", "language": "xx"}
        )

        assert (answer.status_code, named.status_code) == (302, 302)
        assert {row.title for row in Document.objects.all()} == {"Opuscolo", "Diario"}
        assert "broken or incomplete" in bad.text
        assert "Perso?" in bad.text

    def test_is_read_by_nobody_who_may_not_add(self, client, monkeypatch):
        monkeypatch.setattr(documents, "look_into", lambda _file: pytest.fail("was read"))
        logged_in(client, staff_with("view_document"))

        answers = [
            client.post(url, {"upload": pdf_file(), "language": "it"}) for url in (UPLOAD, ADD)
        ]

        assert [answer.status_code for answer in answers] == [403, 403]
        assert Client().get(CHOICES).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_read_before_its_transaction_and_leaves_nothing_when_it_fails(
    editor_client, monkeypatch
):
    look_into, seen = documents.look_into, []

    def noted(file):
        seen.append(connection.in_atomic_block)
        return look_into(file)

    def fail(*_arguments):
        assert files_in("files")
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(documents, "look_into", noted)
    monkeypatch.setattr(DocumentAdmin, "log_addition", fail)

    for url in UPLOAD, ADD:
        with pytest.raises(OperationalError):
            editor_client.post(url, {"upload": pdf_file(), "language": "it"})

    assert seen == [False, False]
    assert not Document.objects.exists()
    assert files_in("files") == []


class TestLibrary:
    def test_lists_what_there_is_to_know_and_finds_it(self, editor_client):
        document = make_document(title="Opuscolo", pages=4)
        add_block(make_article(), Attachment, document_it=document, document_en=document)
        make_document(title="Diario", language="en")
        url = reverse("admin:articles_document_changelist")

        listed = page_of(editor_client.get(url, {"language": "it"})).one("table").words
        found = editor_client.get(CHOICES, {"q": "opusc"}).json()["entries"]

        assert "OpuscoloItalian" in listed
        assert "4used 2 times" in listed
        assert "Diario" not in listed
        assert [entry["title"] for entry in found] == ["Opuscolo"]

    def test_keeps_what_is_in_use_and_says_where(
        self, editor_client, django_capture_on_commit_callbacks
    ):
        used, free = make_document(title="Opuscolo"), make_document()
        article = make_article(title_en="With a file")
        block = add_block(article, Attachment, document_it=used, document_en=used)
        publish(article, "en")
        block.delete()

        with django_capture_on_commit_callbacks(execute=True):
            answers = [
                editor_client.post(
                    reverse("admin:articles_document_delete", args=[row.pk]),
                    {"post": "yes"},
                    follow=True,
                )
                for row in (used, free)
            ]

        error = page_of(answers[0]).one("li", class_="error")
        assert "“Opuscolo” cannot be deleted, because it is in use" in error.words
        assert [link.words for link in error.all("a")] == [
            "“With a file”, live in English (edition no. 1)"
        ]
        assert list(Document.objects.all()) == [used]
        assert files_in("files") == [used.file.name]

    def test_keeps_what_a_text_links_to(self, editor_client):
        linked = make_document()
        article = make_article()
        add_block(article, Question, answer_en=f"<p>{own_link(linked, 'Leaflet')}</p>")
        chosen = {"action": "delete_selected", "_selected_action": [linked.pk]}

        alone, among_others = (
            editor_client.post(reverse(f"admin:articles_document_{name}", args=args), form)
            for name, args, form in [
                ("delete", [linked.pk], {"post": "yes"}),
                ("changelist", [], chosen | {"post": "yes"}),
            ]
        )

        assert (alone.status_code, among_others.status_code) == (302, 302)
        assert list(Document.objects.all()) == [linked]
        page = page_of(editor_client.get(alone["Location"]))
        errors = [error.words for error in page.all("li", class_="error")]
        assert len(errors) == 2
        assert all(f"“{article}”, in its working copy" in error for error in errors)

    @pytest.mark.parametrize(("group", "status"), [("Authors", 403), ("Administrators", 200)])
    def test_is_withdrawn_from_by_administrators(self, client, group, status):
        document = make_document(title="Opuscolo")
        article = make_article()
        add_block(article, Attachment, document_it=document, only_in="it")
        logged_in(client, member_of(group))
        entry = reverse("admin:articles_document_change", args=[document.pk])
        withdraw = reverse("admin:articles_document_withdraw", args=[document.pk])

        before = client.get(entry)
        asked = client.get(withdraw)

        assert ("Withdraw for good" in before.text) is (status == 200)
        assert asked.status_code == status
        if status == 200:
            done = client.post(withdraw, {"reason": "Out of date"}, follow=True)
            assert "Pages that showed it now say that it is gone" in done.text
            assert "Reason: Out of date" in done.text
            assert (
                told(article.events.latest("pk"))
                == "A file of this article was withdrawn for good."
            )
            assert "This file has been withdrawn." in client.get(change_url(article)).text

    def test_a_new_title_is_an_unpublished_change_of_the_articles(self, editor_client):
        document = make_document(title="Opuscolo")
        article = make_article()
        add_block(article, Attachment, document_it=document, document_en=document)
        publish(article)

        editor_client.post(
            reverse("admin:articles_document_change", args=[document.pk]),
            {"title": "Opuscolo nuovo", "language": "it"},
        )

        assert not article.language_versions.exclude(page_digest="").exists()
        assert len(publish(article)) == 2


class TestChoice:
    def test_shows_each_language_its_file(self, editor_client):
        article = make_article()
        add_block(article, Attachment, document_it=make_document(title="Opuscolo", pages=1))

        page = page_of(editor_client.get(change_url(article)))

        fields = [f"articles_attachment_set-0-document_{code}" for code in ("it", "en")]
        italian, english = (
            place
            for name in fields
            for place in page.all("div")
            if place.attributes.get("class", "").startswith("file-choice")
            and list(place.all("input", name=name))
        )
        assert (italian["data-language"], english["data-language"]) == ("it", "en")
        assert "Opuscoloin Italian, 1 kB, 1 page" in italian.words
        assert "Opuscolo" not in english.words

    def test_of_what_two_editors_have_changed_is_asked_by_title(self, editor_client):
        article = make_article()
        first, mine, theirs = (make_document(title=title) for title in ("First", "Mine", "Theirs"))
        block = add_block(article, Attachment, document_it=first)
        form = page_of(editor_client.get(change_url(article)))
        base = form.one("input", name="base")["value"]
        stored = rows(article, "attachment", stored=[block])
        Attachment.objects.update(document_it=theirs)
        article.version += 1
        article.save()

        answer = editor_client.post(
            change_url(article),
            form_of(article, _save="1", version=0, base=base)
            | stored
            | {"articles_attachment_set-0-document_it": mine.pk},
        )

        assert answer.status_code == 200
        asked = page_of(answer).one("section", class_="collisions").words
        assert "Mine" in asked
        assert "Theirs" in asked

    def test_of_a_file_that_is_gone_meanwhile_is_told(self, editor_client):
        article, document = make_article(), make_document()
        data = rows(article, "attachment", {"document_it": document.pk})
        document.delete()

        answer = saved(editor_client, article, data)

        assert answer.status_code == 200
        assert "not one of the available choices" in answer.text
