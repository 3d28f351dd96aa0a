"""What is found in a PDF, and what is refused."""

import io
import subprocess

import pikepdf
import pytest
from django.utils import translation
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, String

from articles.files import documents, pdf_reader

# Before a fixture of the whole suite puts something faster in its place.
from articles.files.documents import look_into
from articles.files.pdf import Found, Reason, UnusableDocument
from tests.articles.files import pdfs
from tests.articles.files.pdfs import action, in_object, opens_with


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def found(content: bytes, max_pages=20) -> Found:
    return pdf_reader.look_into(io.BytesIO(content), max_pages=max_pages)


def refusal(content: bytes, max_pages=20) -> Reason:
    with pytest.raises(UnusableDocument) as refused:
        found(content, max_pages)
    return refused.value.reason


class TestLookInto:
    def test_counts_the_pages_and_hears_the_language(self):
        def change(document: Pdf) -> None:
            document.Root.Lang = String("it-IT")
            document.Root.URI = Dictionary(Base=String("https://example.org/"))
            document.Root.Link = action("URI", URI=String("mailto:info@example.org"))

        assert found(pdfs.pdf(change, pages=3)) == Found(3, "it-IT")
        assert found(pdfs.pdf()) == Found(1, "")

    @pytest.mark.parametrize(
        "options",
        [
            {"linearize": True},
            {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
            # Whoever opens it need not know the owner's password.
            {"encryption": Encryption(owner="secret", user="", R=6)},
        ],
    )
    def test_takes_every_way_to_write_one(self, options):
        change = opens_with("GoTo", D=Array([Name.Fit]))

        assert found(pdfs.pdf(change, pages=2, **options)).pages == 2

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (opens_with("JavaScript", JS=String("app.alert(1)")), Reason.SCRIPTS),
            (in_object(lambda: action("JavaScript")), Reason.SCRIPTS),
            (in_object(lambda: Dictionary(JS=String("x"))), Reason.SCRIPTS),
            (
                lambda document: setattr(
                    document.Root, "Names", Dictionary(JavaScript=Dictionary(Names=Array([])))
                ),
                Reason.SCRIPTS,
            ),
            (in_object(lambda: action("Launch", F=String("cmd.exe"))), Reason.ACTIONS),
            (in_object(lambda: action("SubmitForm")), Reason.ACTIONS),
            (in_object(lambda: action("GoToR")), Reason.ACTIONS),
            (opens_with("URI", URI=String("https://example.org/")), Reason.ACTIONS),
            (
                lambda document: setattr(
                    document.pages[0].obj, "AA", Dictionary(O=action("URI", URI=String("x")))
                ),
                Reason.ACTIONS,
            ),
            (opens_with("GoTo", Next=action("URI", URI=String("x"))), Reason.ACTIONS),
            (opens_with("GoTo", Next=Array([action("URI", URI=String("x"))])), Reason.ACTIONS),
            (in_object(lambda: action("URI", URI=String("JavaScript:alert(1)"))), Reason.ACTIONS),
            (in_object(lambda: action("URI", URI=String(r"\\example.org\x"))), Reason.ACTIONS),
            (pdfs.outside, Reason.ACTIONS),
            (in_object(lambda: action("Rendition")), Reason.MOVING),
            (pdfs.attach, Reason.ATTACHED),
            (in_object(lambda: Dictionary(Type=Name.EmbeddedFile)), Reason.ATTACHED),
            (
                lambda document: setattr(
                    document.Root, "AcroForm", Dictionary(XFA=String("<xdp/>"))
                ),
                Reason.FORM,
            ),
            (in_object(lambda: Dictionary(Subtype=Name.RichMedia)), Reason.MOVING),
        ],
    )
    def test_refuses_what_could_act_wherever_it_is(self, change, reason):
        for mode in pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate:
            assert refusal(pdfs.pdf(change, object_stream_mode=mode)) == reason

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", Reason.EMPTY),
            (b"\x89PNG\r\n", Reason.NO_PDF),
            (b"<script>alert(1)</script>", Reason.NO_PDF),
            (b"%PDF-1.7\n", Reason.BROKEN),
            (pdfs.pdf(pages=5)[:-40], Reason.BROKEN),
            (pdfs.pdf(pages=5)[:200], Reason.BROKEN),
            (pdfs.pdf(encryption=Encryption(owner="a", user="b", R=6)), Reason.LOCKED),
            (pdfs.pdf(pages=21), Reason.TOO_MANY_PAGES),
        ],
    )
    def test_refuses_what_no_reader_could_open(self, content, reason):
        assert refusal(content) == reason

    def test_refuses_a_tree_of_pages_that_leads_back_to_itself(self):
        def change(document: Pdf) -> None:
            document.Root.Pages.Kids = Array([document.Root.Pages])

        assert refusal(pdfs.pdf(change)) == Reason.BROKEN

    def test_refuses_a_stream_that_unpacks_to_too_much(self, monkeypatch):
        content = pdfs.pdf(pdfs.bomb)
        assert len(content) < 100_000
        assert found(content).pages == 1

        monkeypatch.setattr(pdf_reader, "MOST_UNPACKED", 5_000_000)

        assert refusal(content) == Reason.TOO_MUCH_MEMORY

    def test_has_a_sentence_for_every_reason(self):
        sentences = {reason: str(UnusableDocument(reason, 20)) for reason in Reason}

        assert len(set(sentences.values())) == len(Reason)
        assert "Save as PDF" in sentences[Reason.SCRIPTS]
        assert "password" in sentences[Reason.LOCKED]
        assert "more than 20 pages" in sentences[Reason.TOO_MANY_PAGES]


class TestSandbox:
    def test_says_what_is_found_and_why_a_document_is_refused(self, settings):
        settings.DOCUMENT_MAX_PAGES = 2

        assert look_into(pdfs.pdf_file(pages=2)).pages == 2
        with pytest.raises(UnusableDocument, match="more than 2 pages"):
            look_into(pdfs.pdf_file(pages=3))

    def test_stops_what_takes_too_long_or_too_much(self, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(documents, "SECONDS", 0.001)
            with pytest.raises(UnusableDocument, match="too long"):
                look_into(pdfs.pdf_file())
        crashed = subprocess.CompletedProcess([], -9, b"", b"")
        monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: crashed)
        with pytest.raises(UnusableDocument, match="memory"):
            look_into(pdfs.pdf_file())
