"""A picture that was withdrawn for good: its place says so, wherever it was shown."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.files import withdrawal
from tests.factories import (
    add_figure,
    logged_in,
    make_article,
    make_editor,
    make_image,
    make_topic,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SAID = {"it": "Questa immagine è stata ritirata.", "en": "This picture has been withdrawn."}


@pytest.fixture
def article():
    """An article on a topic, with two pictures of which the first is withdrawn."""
    topic = make_topic(slug_it="cure", slug_en="care")
    article = make_article(topic=topic, slug_it="uno", slug_en="one")
    image = make_image(credit_it="Foto: Anna", credit_en="Photo: Anna")
    add_figure(article, image=image, caption_it="La signora", caption_en="The lady")
    add_figure(article, ordering=30, caption_it="L’altra", caption_en="The other")
    publish(article)
    return article


@pytest.fixture
def address(article, client):
    """The address of the withdrawn picture, which was given to readers before."""
    image = article.editions.first().image
    address = image.renditions.ready().get().get_absolute_url()
    for path in PAGES:
        assert SAID["it"] not in client.get(path).text
    assert client.get(address).status_code == 200
    withdrawal.withdraw(image, by=make_editor(), reason="Consent withdrawn")
    return address


PAGES = {
    "/it/articoli/uno/": "it",
    "/en/articles/one/": "en",
    "/it/articoli/": "it",
    "/en/topics/care/": "en",
    "/it/": "it",
}


def test_is_said_in_the_readers_language_on_every_page(address, client):
    for path, language in PAGES.items():
        answer = client.get(path)
        places = page_of(answer).all("p", class_="panel picture-withdrawn")

        assert [place.words for place in places] == [SAID[language]], path
        assert address.rpartition("-")[0] not in answer.text

    # The other picture of the article stays, and what is said of it.
    article = page_of(client.get("/en/articles/one/"))
    assert [caption.words for caption in article.all("figcaption")] == ["The other"]
    assert len(list(article.all("picture"))) == 1


def test_is_given_to_nobody_and_said_in_the_admin_too(article, address, client):
    editor = logged_in(Client(), make_editor())
    old = article.editions.get(language="it")
    form_url = reverse("admin:articles_article_change", args=[article.pk])

    statuses = [who.get(address).status_code for who in (client, editor)]
    form = editor.get(form_url)
    article.articles_figure_set.first().delete()
    publish(article)
    mended = editor.get(form_url)
    edition = editor.get(reverse("admin:articles_article_edition", args=[old.pk]))

    assert statuses == [404, 404]
    assert [page.text.count(SAID["en"]) for page in (form, mended)] == [1, 0]
    assert SAID["it"] in edition.text
