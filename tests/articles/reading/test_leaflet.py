"""The leaflet of an edition: what is in the PDF, who gets it, and how it is made."""

import io
import os
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import outloud
import page as page_validation
import pikepdf
import pytest
import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from articles.files import sandbox, withdrawal
from articles.models import Callout, CareCard, Leaflet, OwnArticle, RichText, Severity, Table
from articles.models.editions import Withdrawal
from articles.models.leaflets import STYLE, leaflet_name
from articles.models.stored_files import files
from articles.publishing import holds, retractions, verbs
from articles.reading import leaflet_making, leaflet_pdf
from immunoportal import pango
from immunoportal.checks import leaflets_can_be_made
from tests.articles.images.steps import files_in
from tests.articles.publishing.test_restore import of_every_kind
from tests.articles.reading.test_reserved import client_of, make_reserved
from tests.articles.text.test_tables import table
from tests.factories import (
    add_block,
    add_figure,
    add_source,
    logged_in,
    make_article,
    make_editor,
    make_image,
    marker,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

PAGE = "/it/articoli/dosi/"
LEAFLET = "/it/articoli/dosi/edizioni/1.pdf"


@pytest.fixture
def article():
    article = make_article(slug_it="dosi", slug_en="doses", title_it="Dosi")
    publish(article, "it")
    return article


@pytest.fixture
def made(monkeypatch):
    """Have the process answer at once; what it was handed."""
    handed = []

    def read(file, *_arguments, **_options):
        handed.append(file.read())
        return b'{"pages": 2}\n%PDF-1.7 ' + str(len(handed)).encode()

    monkeypatch.setattr(pango, "missing", lambda: ())
    monkeypatch.setattr(sandbox, "read", read)
    return handed


def make_all():
    while leaflet_making.make_next():
        pass


def links_to_leaflets(client, path=PAGE):
    return list(page_of(client.get(path)).all("p", class_="leaflet"))


def replace(article, severity=Severity.MINOR):
    RichText.objects.update(text_it="<p>Un altro testo.</p>")
    publish(article, "it", severity=severity, notes={"it": "Nuovo."})


def of_every_kind_and_look():
    """An article with every kind of block in each of its looks, in both languages."""
    article = of_every_kind()
    said = {f"title_{code}": "Chiami se" for code in ("it", "en")} | {
        f"text_{code}": "<p>≥ 38 °C, α-PD-1 → <a href='https://example.org/'>si <em>legge</em></a>"
        "</p><ul><li>febbre<ul><li>alta</li></ul></li></ul>"
        for code in ("it", "en")
    }
    for place, kind in enumerate([*Callout.Kind], start=40):
        add_block(article, Callout, ordering=place, kind=kind, **said)
    for place, urgency in enumerate([*CareCard.Urgency], start=50):
        add_block(article, CareCard, ordering=place, urgency=urgency, **said)
    cells = table(
        "<tr><td><p>Giorno</p></td><td><p>Dose</p></td></tr>",
        "<tr><td><p>1</p></td><td><p>2,5</p></td></tr>",
    )
    for place, (row, column) in enumerate([(1, 1), (1, 0), (0, 1)], start=60):
        add_block(article, Table, ordering=place, text_it=cells, text_en=cells,
                  caption_it="Dosi", caption_en="Doses",
                  header_row=bool(row), header_column=bool(column))  # fmt: skip
    source = add_source(article, doi="10.1000/x", pmid="7")
    cited = f"<h2>Due</h2><p>Lo dice uno studio.{marker(source)}</p>"
    add_block(article, RichText, ordering=70, text_it=cited, text_en=cited)
    return article


def found_in(path):
    """What two tools find that know nothing of one another."""
    judged = page_validation.validate_pdf(path)
    heard = outloud.check(path)
    return [
        *((failure.rule_id, failure.message) for failure in judged.failures),
        *((finding.rule, finding.message) for finding in heard.findings),
    ]


def elements(pdf, kind):
    """The elements of a kind in what is read of a PDF, in its order."""
    found = []

    def walk(element):
        if not isinstance(element, pikepdf.Dictionary):
            return
        if element.get("/S") == kind:
            found.append(element)
        kids: Any = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            walk(kid)

    walk(pdf.Root.StructTreeRoot)
    return found


@pytest.mark.skipif(bool(pango.missing()), reason="Pango is not installed")
class TestPdf:
    def test_of_every_kind_of_block_passes_two_checks(self, tmp_path):
        italian, english = publish(of_every_kind_and_look(), "it", "en")
        assert leaflet_making.make_next()

        leaflet = Leaflet.objects.ready().get()
        with files().open(leaflet_name(leaflet.digest)) as file:
            stored = file.read()
        bundles = [leaflet_making.bundle_of(edition) for edition in (italian, english)]
        (of_italian, _pages), (of_english, pages) = (
            leaflet_pdf.make(io.BytesIO(bundle)) for bundle in bundles
        )

        # The same edition is the same file, also in another process.
        assert leaflet.edition == english
        assert (leaflet.pages, leaflet.bytes) == (pages, len(of_english))
        assert of_english == stored
        for name, content in (("it", of_italian), ("en", of_english)):
            path = tmp_path / f"{name}.pdf"
            path.write_bytes(content)
            assert found_in(path) == []
        with pikepdf.open(io.BytesIO(of_italian)) as pdf:
            assert pdf.Root.Lang == "it"
            assert pdf.Root.ViewerPreferences.DisplayDocTitle
            assert str(pdf.docinfo["/Title"]) == italian.title
            assert "Anna Bianchi" in str(pdf.docinfo["/Author"])
            scopes = [str(cell.A.Scope) for cell in elements(pdf, "/TH")]
            columns, rows = 2 * ["/Column"], ["/Row"]
            # The second of the four tables has headers of both kinds, the last only of rows.
            assert scopes == [*columns, *columns, *rows, *columns, *rows, *rows]

    def test_takes_nothing_but_what_it_is_handed(self):
        fetcher = leaflet_pdf.fetcher_of({"https://example.org/media/a.jpg": b"picture"})

        assert fetcher("https://example.org/media/a.jpg").read() == b"picture"
        for url in ("file:///etc/passwd", "https://example.org/media/b.jpg", "http://127.0.0.1/",
                    "data:text/plain,x", "leaflet:../settings.py"):  # fmt: skip
            with pytest.raises(ValueError, match="not in the bundle"):
                fetcher(url)
            with pytest.raises(ValueError, match="not in the bundle"):
                fetcher.open(url)


class TestAddress:
    def test_gives_the_file_to_whoever_may_read_the_page(self, client, article, made):
        make_all()

        response = client.get(LEAFLET)

        assert response.content == b"%PDF-1.7 1"
        headers = {name: response[name] for name in ("Content-Type", "Content-Disposition")}
        assert headers == {
            "Content-Type": "application/pdf",
            "Content-Disposition": 'attachment; filename="dosi-1.pdf"',
        }
        # It may have to go: whoever has it asks again.
        assert set(response["Cache-Control"].split(", ")) == {"public", "no-cache"}
        assert response["X-Robots-Tag"] == "noindex"
        etag = response["ETag"]
        assert client.get(LEAFLET, headers={"If-None-Match": etag}).status_code == 304
        part = client.get(LEAFLET, headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"%PDF")
        assert part["Cache-Control"] == response["Cache-Control"]
        (shown,) = links_to_leaflets(client)
        assert shown.words == "Opuscolo (PDF, 2 pagine, 1 kB)"
        assert shown.one("a")["href"] == LEAFLET

    def test_asks_the_readers_of_a_reserved_page_to_log_in(self, made):
        make_reserved()
        make_all()
        path = "/it/articoli/segretissimo/edizioni/1.pdf"

        answers = {each: client_of(each).get(path) for each in ("professional", "anonymous")}

        assert answers["professional"].content.startswith(b"%PDF")
        assert "no-store" in answers["professional"]["Cache-Control"]
        assert "ETag" not in answers["professional"]
        assert answers["anonymous"].status_code == 302
        assert "login" in answers["anonymous"]["Location"]
        assert client_of("logged in").get(path).status_code == 403

    def test_of_a_page_that_is_held_or_outdated_leads_there(self, client, article, made):
        make_all()
        (hold,) = holds.hold(article, {"it": "Non prendetelo."}, by=make_editor())

        assert client.get(LEAFLET)["Location"] == PAGE
        assert links_to_leaflets(client) == []

        holds.end(hold, by=make_editor(), reason="Corretto.")
        assert client.get(LEAFLET).status_code == 200
        holds.mark_outdated(article, "it", "Superato.", by=make_editor())
        assert client.get(LEAFLET)["Location"] == PAGE
        assert links_to_leaflets(client) == []

    def test_of_a_page_that_rests_on_a_retracted_source_leads_there(self, client, article, made):
        source = add_source(article)
        publish(article, "it")
        make_all()
        live = LEAFLET.replace("/1.", "/2.")
        assert client.get(live).status_code == 200

        retractions.mark(source, "retracted", by=make_editor())

        assert client.get(live)["Location"] == PAGE
        assert links_to_leaflets(client) == []

    def test_of_an_edition_that_was_replaced_leads_to_its_page(self, client, article, made):
        make_all()
        replace(article)

        assert client.get(LEAFLET)["Location"] == "/it/articoli/dosi/edizioni/1/"
        assert links_to_leaflets(client, "/it/articoli/dosi/edizioni/1/") == []
        for number, status in ((3, 404), (10**9, 404)):
            assert client.get(f"/it/articoli/dosi/edizioni/{number}.pdf").status_code == status
        verbs.withdraw(
            article, "it", by=make_editor(), withdrawn_as=Withdrawal.WRONG, sentence="Sbagliata."
        )
        for path in (LEAFLET, "/it/articoli/dosi/edizioni/2.pdf"):
            assert client.get(path).status_code == 410

    def test_says_that_the_file_is_being_made(self, client, article, made):
        assert client.get(LEAFLET).status_code == 404
        leaflet_making.plan_new()

        response = client.get(LEAFLET)

        assert response.status_code == 503
        assert response["Retry-After"] == "60"
        assert "no-store" in response["Cache-Control"]
        assert "Stiamo preparando questo opuscolo" in response.text
        assert links_to_leaflets(client) == []
        Leaflet.objects.update(attempts=Leaflet.MAX_ATTEMPTS)
        assert client.get(LEAFLET).status_code == 404


class TestPrintedPage:
    def test_leads_back_to_its_edition(self, client, article):
        page = page_of(client.get(PAGE))

        code = page.one("div", class_="qr-code")

        address = f"{settings.SITE_URL}/it/articoli/dosi/edizioni/1/"
        assert code["aria-label"] == f"Codice QR di {address}"
        assert address in page.one("div", class_="page-address").words
        assert page.one("section", class_="own-questions").one("h2").words


class TestMaking:
    def test_begins_with_what_is_new_and_skips_what_was_replaced(self, article, made):
        leaflet_making.plan_new()
        replace(article)
        other = publish(make_article(), "it")[0]

        make_all()

        of = Leaflet.objects.ready().values_list("edition", flat=True)
        assert set(of) == {other.pk, article.editions.get(number=2).pk}
        assert len(made) == 2

    def test_of_one_that_fails_holds_up_no_other_and_is_told(
        self, client, article, made, monkeypatch, caplog
    ):
        bad = article.editions.get()
        bundle_of = leaflet_making.bundle_of

        def fail(edition):
            if edition == bad:
                raise RuntimeError("no ink")
            return bundle_of(edition)

        monkeypatch.setattr(leaflet_making, "bundle_of", fail)
        publish(make_article(), "it")
        begun = timezone.now()
        for hours in range(0, 48, 2):
            with time_machine.travel(begun + timedelta(hours=hours), tick=False):
                make_all()

        failed = Leaflet.objects.get(edition=bad)
        assert failed.attempts == Leaflet.MAX_ATTEMPTS
        assert failed.error == "RuntimeError: no ink"
        assert Leaflet.objects.ready().count() == 1
        assert [record.message for record in caplog.records if "leaflet" in record.message] == [
            f"The leaflet of {bad} could not be made: it is tried again."
        ]
        logged_in(client, make_editor())
        assert "1 leaflet could not be made." in client.get(reverse("admin:index")).text

    def test_is_done_again_without_a_picture_that_was_withdrawn(
        self, client, made, django_capture_on_commit_callbacks
    ):
        article, picture = make_article(slug_it="dosi"), make_image()
        add_figure(article, image=picture)
        publish(article, "it")
        make_all()
        (before,) = files_in("files")

        with django_capture_on_commit_callbacks(execute=True):
            withdrawal.withdraw(picture, by=make_editor(), reason="Consenso ritirato.")

        assert files_in("files") == []
        assert client.get(LEAFLET).status_code == 503
        make_all()
        assert files_in("files") not in ([], [before])
        first, second = made
        assert b".jpg" in first
        assert b".jpg" not in second
        assert "Questa immagine è stata ritirata." in second.decode(errors="replace")

    def test_has_nothing_of_other_pages(self, article, made):
        other = make_article(title_it="Un’altra pagina", lead_it="Che può finire.")
        publish(other, "it")
        add_block(article, OwnArticle, article=other)
        publish(article, "it")
        make_all()

        pages_made = [zipfile.ZipFile(io.BytesIO(each)).read("page.html").decode() for each in made]
        assert sum("Che può finire." in page for page in pages_made) == 1

    def test_leaves_no_file_that_nobody_is_given(self, article, made):
        make_all()
        assert len(files_in("files")) == 1
        name = leaflet_name("0a" * 32)
        files().save(name, ContentFile(b"left"))
        replace(article)
        for each in files_in("files"):
            path = Path(files().path(each))
            os.utime(path, (time.time() - 100_000,) * 2)

        leaflet_making.tidy_up()

        assert files_in("files") == []
        assert not Leaflet.objects.ready().exists()

    def test_is_done_again_in_a_new_style_and_of_what_is_lost(self, article, made, monkeypatch):
        make_all()
        (name,) = files_in("files")

        files().delete(name)
        leaflet_making.tidy_up()
        make_all()
        assert files_in("files") == [name]

        Leaflet.objects.update(style=STYLE - 1)
        leaflet_making.tidy_up()
        make_all()
        assert Leaflet.objects.get().style == STYLE
        assert len(made) == 3

    def test_needs_the_libraries_of_the_system_and_says_so(self, article, made, monkeypatch):
        monkeypatch.setattr(pango, "missing", lambda: ("libpango-1.0-0",))

        assert leaflet_making.make_next() is False
        leaflet_making.tidy_up()

        assert not Leaflet.objects.exists()
        (warning,) = leaflets_can_be_made(None)
        assert "install libpango-1.0-0" in (warning.hint or "")
