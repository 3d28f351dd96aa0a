"""Every address of the site, asked for by everybody: what is reserved is found where it may be.

The addresses come from the URLconf itself, so a page that is added later is walked too, or fails
for want of a sample.
"""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core import signing
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

from accounts.professionals import approval, registrations
from articles.models import (
    Article,
    Attachment,
    Audience,
    Document,
    Edition,
    Recording,
    Rendition,
    RichText,
    Term,
    Transcript,
)
from articles.reading.cards import card_of
from contact.views import NUMBER_SALT
from tests.factories import (
    add_block,
    add_figure,
    add_player,
    logged_in,
    make_article,
    make_document,
    make_editor,
    make_image,
    make_recording,
    make_topic,
    make_user,
    note_terms,
    publish,
)

pytestmark = pytest.mark.django_db

# What must not be said to whoever may not read it.
SECRET = "segretissimo"
# Where it may be met, by those who may: the article, its editions, and the page that lists it.
MAY_TELL = {
    "articles:detail", "articles:editions", "articles:edition", "articles:changes",
    "articles:edition_json", "articles:edition_ris", "articles:edition_bibtex",
    "articles:professionals",
}  # fmt: skip
READERS = ("anonymous", "unapproved", "rejected", "approved", "editor")
MAY_READ = {"approved", "editor"}


@pytest.fixture(scope="class")
def site(shared_rows):
    """A public and a reserved article on one topic, a topic that is reserved as a whole, and a
    picture in both, and one in the reserved ones only."""
    topic = make_topic(slug_it="cure", slug_en="care")
    Term.objects.create(
        term_it="cellula", definition_it="Una parte.", term_en="cell", definition_en="A part."
    )
    hidden = make_topic(
        slug_it="riservato", slug_en="reserved", name_it=f"Tema {SECRET}", name_en=f"Topic {SECRET}"
    )
    shared = make_image(title="Both")
    public = make_article(topic=topic, slug_it="pubblico", slug_en="public")
    add_figure(public, image=shared)
    film, secret_film = make_recording(title="Both"), make_recording(title=SECRET)
    add_player(public, recording=film, poster=shared)
    both, secret = make_document(title="Both"), make_document(title=SECRET)
    add_block(public, Attachment, document_it=both, document_en=both)
    publish(public)
    for number, where in enumerate((topic, hidden)):
        article = make_article(
            topic=where,
            slug_it=f"{SECRET}-{number}-it",
            slug_en=f"{SECRET}-{number}-en",
            title_it=f"Titolo {SECRET}",
            title_en=f"Title {SECRET}",
            lead_it=f"In breve: {SECRET}.",
            lead_en=f"In short: {SECRET}.",
            audience=Audience.PROFESSIONAL,
        )
        add_figure(article, image=shared)
        add_figure(article, image=secret_image(), alternative_text_it=f"Foto {SECRET}")
        add_block(article, RichText, text_it="<p>cellula</p>", text_en="<p>cell</p>")
        add_block(article, Attachment, document_it=both, document_en=secret)
        add_player(article, recording=secret_film, poster=shared)
        publish(article)
    # An earlier edition is asked for too.
    Article.objects.filter(pk=article.pk).update(lead_it=f"Ora: {SECRET}.")
    publish(article, "it")
    note_terms()


def secret_image():
    from articles.models import Image

    return Image.objects.filter(title=SECRET).first() or make_image(title=SECRET)


def document(title: str) -> str:
    """The address of a PDF."""
    return Document.objects.get(title=title).get_absolute_url()


def recording(title: str) -> str:
    """The address of a video."""
    return Recording.objects.get(title=title).get_absolute_url()


def captions_of(title: str) -> str:
    """The address of the captions of a recording."""
    return Transcript.objects.filter(recording__title=title)[0].get_absolute_url()


def picture(title: str) -> str:
    """The file name of a rendition that is ready."""
    return Rendition.objects.ready().filter(image__title=title)[0].name


def client_of(reader: str) -> Client:
    """A browser of a kind of reader."""
    if reader == "anonymous":
        return Client()
    if reader == "editor":
        member = make_user(is_staff=True)
        member.groups.add(Group.objects.get(name="Editors"))
        return logged_in(Client(), member)
    data = {"profession": "nurse", "order": "OPI", "province": "Milano", "number": "1"}
    registration = registrations.register(make_user(), data)
    if reader == "approved":
        approval.approve(registration, by=make_editor())
    elif reader == "rejected":
        approval.reject(registration, by=make_editor())
    return logged_in(Client(), registration.user)


def patterns(resolver=None, path="", namespaces=()):
    """Each address of the site outside the admin: its full name and its pattern."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace == "admin":
                continue
            prefix = "it/" if isinstance(entry.pattern, LocalePrefixPattern) else str(entry.pattern)
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, path + prefix, inner)
        elif isinstance(entry, URLPattern):
            assert entry.name, entry.pattern
            yield ":".join([*namespaces, entry.name]), path + str(entry.pattern)


def addresses() -> list[tuple[str, str]]:
    """The name and path of every page to ask for, in both languages."""
    samples = {
        "articles:detail": [f"{SECRET}-0-it", f"{SECRET}-1-en", "pubblico", "public", "nowhere"],
        "articles:editions": [f"{SECRET}-1-it", "pubblico"],
        "articles:edition": [f"{SECRET}-1-it/edizioni/1", "pubblico/edizioni/1"],
        "articles:changes": [f"{SECRET}-1-it/edizioni/1", "pubblico/edizioni/1"],
        "articles:term": ["cellula", "cell"],
        "articles:site:detail": [f"{SECRET}-0-it", "pubblico"],
        "articles:site:editions": [f"{SECRET}-0-it"],
        "articles:site:edition": [f"{SECRET}-0-it/edizioni/1"],
        "articles:site:changes": [f"{SECRET}-0-it/edizioni/1"],
        "articles:site:edition_json": [f"{SECRET}-0-it/edizioni/1"],
        "articles:leaflet": [f"{SECRET}-1-it/edizioni/1", "pubblico/edizioni/1"],
        "articles:site:leaflet": [f"{SECRET}-0-it/edizioni/1"],
        "articles:edition_ris": [f"{SECRET}-1-it/edizioni/1", "pubblico/edizioni/1"],
        "articles:edition_bibtex": [f"{SECRET}-1-it/edizioni/1"],
        "articles:site:edition_ris": [f"{SECRET}-0-it/edizioni/1"],
        "articles:site:edition_bibtex": [f"{SECRET}-0-it/edizioni/1"],
        "articles:site:article_feed": [f"{SECRET}-0-it"],
        "articles:feedback": [f"{SECRET}-1-it", "pubblico"],
        "articles:edition_json": [f"{SECRET}-1-it/edizioni/1", "pubblico/edizioni/1"],
        "articles:article_feed": [f"{SECRET}-1-it", "pubblico"],
        "articles:topic_feed": ["cure", "care", "riservato", "reserved"],
        "articles:topic": ["cure", "care", "riservato", "reserved"],
        "rendition": [picture("Both"), picture(SECRET)],
        "file": [
            address(title).rpartition("/")[2]
            for address in (document, recording)
            for title in ("Both", SECRET)
        ],
        "card": [card_of(edition).name for edition in Edition.objects.filter(language="it")],
        "captions": [captions_of(title).rpartition("/")[2] for title in ("Both", SECRET)],
        "sitemap_file": [
            "it-articles-1",
            "en-articles-1",
            "it-pages-1",
            "it-terms-1",
            "en-contact-1",
        ],
        "contact:received": [signing.dumps("K7QX-93PM", salt=NUMBER_SALT)],
        "account_confirm_email": ["wrong"],
        "account_email_confirm": ["wrong"],
        "account_reset_password_from_key": ["1-wrong"],
        "account_invitation": ["1-wrong"],
        "account_end_session": ["1"],
        "mfa_edit_webauthn": ["1"],
        "mfa_remove_webauthn": ["1"],
    }
    found = []
    for name, pattern in patterns():
        path = re.sub(r"^\^|\$$", "", pattern.replace("/^", "/"))
        if re.search(r"[<(]", path):
            assert name in samples, f"{name} has no sample: say here what to ask for"
            values = samples[name]
        else:
            values = [""]
        for value in values:
            address = filled(path, value)
            found.append((name, address))
            if address.startswith("/it/"):
                found.append((name, translated(name, address, value)))
    return found


def filled(path: str, value: str) -> str:
    """A path with a value for all that is between the first and the last variable part."""
    return "/" + re.sub(r"(\(\?P.*\)|<.*>)", lambda _match: value, path)


def translated(name: str, path: str, value: str) -> str:
    from django.urls import translate_url

    english = translate_url(path, "en")
    return english if english != path else path.replace("/it/", "/en/", 1)


def ask(client: Client, path: str) -> tuple[HttpResponseBase, bytes]:
    """A response, and all that it says."""
    response = client.get(path)
    # Read to its end, a file is closed.
    return response, b"".join(response) if response.streaming else response.content


@pytest.mark.usefixtures("site")
class TestEveryAddress:
    def test_is_walked(self):
        names = {name for name, _path in addresses()}

        assert {"articles:home", "articles:list", "articles:professionals", "rendition"} <= names
        assert len(names) > 40

    @pytest.mark.parametrize("reader", READERS)
    def test_tells_what_is_reserved_to_those_only_whom_it_is_for(self, reader):
        client = client_of(reader)
        told = []
        for name, path in addresses():
            if name == "account_logout":
                continue
            response, body = ask(client, path)
            # What was asked for may be said again.
            said = body.decode(errors="replace").replace(path, "")
            assert response.status_code < 500, path
            if SECRET in said:
                told.append(name)
                assert "noindex" in (said if b"<html" in body else response["X-Robots-Tag"]), path
                assert response["Cache-Control"] == "private, no-store", path

        assert set(told) == (MAY_TELL if reader in MAY_READ else set())

    @pytest.mark.parametrize("reader", READERS)
    def test_answers_for_the_article_as_it_should(self, reader):
        client = client_of(reader)
        responses = [
            client.get(path)
            for path in (f"/it/articoli/{SECRET}-0-it/", f"/en/articles/{SECRET}-0-en/")
        ]

        expected = {"anonymous": 302, "approved": 200, "editor": 200}.get(reader, 403)
        assert [response.status_code for response in responses] == [expected] * 2
        if expected == 302:
            assert (
                responses[0]["Location"] == f"/it/account/login/?next=/it/articoli/{SECRET}-0-it/"
            )

    @pytest.mark.parametrize("reader", READERS)
    def test_gives_the_reserved_picture_to_those_only_whom_it_is_for(self, reader):
        client = client_of(reader)
        secret, _file = ask(client, f"/media/{picture(SECRET)}")
        shared, _file = ask(client, f"/media/{picture('Both')}")

        assert secret.status_code == (200 if reader in MAY_READ else 404)
        assert shared.status_code == 200
        assert "public" in shared["Cache-Control"]
        if reader in MAY_READ:
            assert secret["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("reader", READERS)
    def test_gives_the_reserved_file_to_those_only_whom_it_is_for(self, reader):
        client = client_of(reader)
        for address in (document, recording, captions_of):
            secret, shared = (client.get(address(title)) for title in (SECRET, "Both"))

            assert secret.status_code == (200 if reader in MAY_READ else 404)
            assert (shared.status_code, "public" in shared["Cache-Control"]) == (200, True)
            if reader in MAY_READ:
                assert secret["Cache-Control"] == "private, no-store"


@pytest.mark.usefixtures("site")
class TestPublicPages:
    def test_are_the_same_for_everyone(self):
        clients = {reader: client_of(reader) for reader in READERS}
        for path in (
            "/it/",
            "/en/",
            "/it/articoli/",
            "/en/articles/public/",
            "/it/argomenti/cure/",
        ):
            bodies = {client.get(path).content for client in clients.values()}

            assert len(bodies) == 1, path
            assert "Cookie" not in clients["approved"].get(path).get("Vary", ""), path


class TestTemplates:
    def test_of_public_pages_do_not_ask_who_reads(self):
        """Whatever a public page says must not depend on its reader."""
        root = Path(__file__).resolve().parent.parent / "templates"
        public = [root / "base.html", *(root / "articles").glob("*.html")]
        private = {"professionals.html", "reserved.html"}

        asking = [
            path.name
            for path in public
            if path.name not in private
            and re.search(r"\b(user|request\.user|perms)\.", path.read_text("utf-8"))
        ]

        assert asking == []
