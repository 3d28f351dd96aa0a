"""The sitemap, read by the rules of sitemaps.org and of its extensions."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from lxml import etree

from articles.models import Hold
from articles.publishing import holds, retractions, verbs
from articles.reading import sitemaps
from immunoportal import sitemaps as files
from tests.factories import (
    add_figure,
    add_source,
    make_article,
    make_editor,
    make_image,
    make_term,
    make_topic,
    publish,
)
from tests.pages import alternates_of, page_of

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
SM = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
# What each element holds, in its order, as the schemas say.
MODEL = {
    f"{SM}sitemapindex": rf"({SM}sitemap)+",
    f"{SM}sitemap": rf"{SM}loc({SM}lastmod)?",
    f"{SM}urlset": rf"({SM}url)+",
    f"{SM}url": rf"{SM}loc({SM}lastmod)?({XHTML}link)*({IMAGE}image)*",
    f"{IMAGE}image": rf"{IMAGE}loc",
}


def read(client, path: str):
    """The file at an address, which must be as the schemas ask for."""
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = etree.fromstring(response.getvalue())
    for element in root.iter():
        model = MODEL.get(element.tag, "").replace("{", r"\{").replace(".", r"\.")
        assert re.fullmatch(model, "".join(child.tag for child in element)), element.tag
    for place in [*root.iter(f"{SM}loc"), *root.iter(f"{IMAGE}loc")]:
        assert place.text.startswith(f"{SITE}/")
        assert len(place.text) < 2048
    for moment in root.iter(f"{SM}lastmod"):
        assert datetime.fromisoformat(moment.text) <= timezone.now()
    return root


def all_of(client) -> dict:
    """All pages of all files that the index names, by their paths."""
    found = {}
    for place in read(client, "/sitemap.xml").iter(f"{SM}loc"):
        for url in read(client, place.text.removeprefix(SITE)):
            path = url.findtext(f"{SM}loc").removeprefix(SITE)
            assert path not in found
            found[path] = url
    return found


def links_of(url) -> dict[str, str]:
    return {link.get("hreflang"): link.get("href") for link in url.iter(f"{XHTML}link")}


def moment_of(url) -> datetime:
    return datetime.fromisoformat(url.findtext(f"{SM}lastmod"))


@pytest.fixture
def article():
    topic = make_topic(slug_it="cure", slug_en="care")
    article = make_article(topic=topic, slug_it="melanoma", slug_en="melanoma-en")
    add_figure(article, image=make_image(size=(900, 600)))
    publish(article)
    return article


class TestSitemap:
    def test_names_each_page_once_as_the_page_names_itself(self, client, article):
        publish(make_article(slug_it="solo", english=False), "it")
        make_term(term_en="colitis", definition_en="It hurts.")
        make_term("febbre")

        found = all_of(client)

        assert {
            "/it/", "/en/", "/it/articoli/", "/en/topics/", "/it/argomenti/cure/",
            "/it/articoli/melanoma/", "/en/articles/melanoma-en/", "/it/articoli/solo/",
            "/it/glossario/", "/it/glossario/colite/", "/en/glossary/colitis/",
            "/it/glossario/febbre/", "/en/corrections/", "/it/contatti/", "/en/privacy/",
        } <= found.keys()  # fmt: skip
        for path, url in found.items():
            page = page_of(client.get(path))
            assert page.one("link", rel="canonical")["href"] == SITE + path
            assert links_of(url) == alternates_of(page), path

    def test_says_when_a_page_last_changed(self, client, article):
        later = timezone.now() + timedelta(days=1)
        with time_machine.travel(later, tick=False):
            holds.hold(article, {"it": "Attenzione."}, by=make_editor())
            found = all_of(client)

        held, other = found["/it/articoli/melanoma/"], found["/en/articles/melanoma-en/"]
        edition = article.editions.get(language="en")
        assert moment_of(held) == later.replace(microsecond=0)
        assert moment_of(other) == edition.valid_from.replace(microsecond=0)
        assert moment_of(found["/it/argomenti/cure/"]) == moment_of(held)
        assert moment_of(found["/it/"]) == moment_of(held)
        assert moment_of(found["/en/topics/care/"]) == moment_of(other)

    def test_says_when_readers_were_told_of_a_source(self, client, article):
        source = add_source(article)
        publish(article, "it")
        later = timezone.now() + timedelta(days=1)
        with time_machine.travel(later, tick=False):
            retractions.mark(source, "retracted", by=make_editor())
            found = all_of(client)
            files_of = {place.findtext(f"{SM}loc"): place for place in read(client, "/sitemap.xml")}

        at = later.replace(microsecond=0)
        assert moment_of(found["/it/articoli/melanoma/"]) == at
        assert moment_of(found["/en/articles/melanoma-en/"]) < at
        number = article.pk // files.MOST_ENTRIES + 1
        assert moment_of(files_of[f"{SITE}/sitemap-it-articles-{number}.xml"]) == at
        assert moment_of(files_of[f"{SITE}/sitemap-en-articles-{number}.xml"]) < at

    def test_shows_the_largest_file_of_each_picture(self, client, article):
        image = article.editions.get(language="it").image
        image.renditions.update(made_at=timezone.now())

        url = all_of(client)["/it/articoli/melanoma/"]

        [place] = url.iter(f"{IMAGE}loc")
        widest = image.renditions.filter(format="jpg").order_by("-width")[0]
        assert place.text == f"{SITE}/media/{widest.name}"

    def test_leaves_out_what_is_not_for_search_engines(self, client, article):
        publish(make_article(slug_it="segreto", slug_en="secret", audience="professional"))
        withheld = make_article(slug_it="sospeso", slug_en="withheld")
        outdated = make_article(slug_it="vecchio", slug_en="old")
        gone = make_article(slug_it="via", slug_en="gone")
        for each in (withheld, outdated, gone):
            publish(each)
        editor = make_editor()
        holds.hold(withheld, {"it": "Attenzione."}, kind=Hold.Kind.WITHHELD, by=editor)
        holds.mark_outdated(outdated, "it", "Superato.", by=editor)
        verbs.withdraw(gone, "it", by=editor)

        found = all_of(client)

        assert (
            not {f"/it/articoli/{slug}/" for slug in ("segreto", "sospeso", "vecchio", "via")}
            & found.keys()
        )
        assert "/en/articles/secret/" not in found
        # What is left has no version that is not there.
        assert links_of(found["/en/articles/withheld/"]).keys() == {"x-default"}

    def test_names_no_address_that_leads_to_another(self, client, article):
        assert "/it/privacy/" in all_of(client)
        page = make_article(slug_it="riservatezza", slug_en="our-privacy", site_page="privacy")
        publish(page, "it")

        found = all_of(client)

        assert "/it/informazioni/riservatezza/" in found
        assert "/it/privacy/" not in found

    def test_keeps_an_article_in_its_file_and_reads_in_parts(self, client, monkeypatch):
        slugs = [f"articolo-numero-{number}" for number in range(7)]
        articles = [make_article(slug_it=slug) for slug in slugs]
        for each in articles:
            publish(each)
        monkeypatch.setattr(sitemaps, "CHUNK", 3)
        monkeypatch.setattr(sitemaps, "MOST_ENTRIES", 2)
        monkeypatch.setattr(files, "_PIECE", 10)

        index = read(client, "/sitemap.xml")
        found = all_of(client)

        numbers = {each.pk // 2 + 1 for each in articles}
        assert {f"{SITE}/sitemap-it-articles-{number}.xml" for number in numbers} <= {
            place.text for place in index.iter(f"{SM}loc")
        }
        assert {f"/it/articoli/{slug}/" for slug in slugs} <= found.keys()
        assert client.get(f"/sitemap-it-articles-{max(numbers) + 1}.xml").status_code == 404

    def test_escapes_what_stands_in_addresses(self):
        piece = "".join(
            files.pieces([files.Entry([files.Alternate("it", '/a&b"<c>/')], images=["/x&y"])], "it")
        )

        assert etree.fromstring(piece.encode()).findtext(f".//{SM}loc") == f'{SITE}/a&b"<c>/'

    def test_is_kept_as_pages_are(self, client, article):
        for path in ("/sitemap.xml", "/sitemap-it-articles-1.xml"):
            with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
                first = client.get(path)
                again = client.get(path, headers={"if-none-match": first["ETag"]})

            assert first["Cache-Control"] == "public, no-cache"
            assert again.status_code == 304
        packed = client.get("/sitemap-it-articles-1.xml", headers={"accept-encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"

    @pytest.mark.parametrize("name", ["de-pages-1", "it-nothing-1", "it-pages-2", "it-pages-0"])
    def test_has_no_other_files(self, client, name):
        assert client.get(f"/sitemap-{name}.xml").status_code == 404
