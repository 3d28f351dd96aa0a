"""How pages that say nothing of their own are shown where they are shared."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.staticfiles import finders
from PIL import Image as Pillow

from immunoportal import languages, open_graph
from immunoportal.open_graph import PICTURE_SIZE
from tests.factories import make_article, make_topic, publish
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


def properties(response) -> dict[str, str]:
    page = page_of(response)
    assert page.one("meta", name="twitter:card")["content"] == "summary_large_image"
    return {meta["property"]: meta["content"] for meta in page.all("meta", property=None)}


class TestTags:
    def test_are_what_the_head_of_the_page_says(self, client):
        answer = client.get("/en/privacy/")

        said, page = properties(answer), page_of(answer)
        assert page.one("title").words == f"{said['og:title']} – ImmunOncologia.org"
        assert page.one("meta", name="description")["content"] == said["og:description"]
        assert page.one("link", rel="canonical")["href"] == said["og:url"]
        assert said["og:image"] == f"{SITE}/static/immunoportal/cards/en.jpg"
        assert (said["og:type"], said["og:locale"]) == ("website", "en_GB")
        assert said["og:locale:alternate"] == "it_IT"

    def test_are_escaped_once(self, client):
        hostile = "L’<b>\"cura\"</b> & 'altro'"
        topic = make_topic(name_it=hostile, slug_it="cure", description_it=hostile)
        publish(make_article(topic=topic), "it")

        said = properties(client.get("/it/argomenti/cure/"))

        assert said["og:title"] == said["og:description"] == hostile

    def test_do_without_a_picture_that_nobody_has_drawn(self, monkeypatch):
        def missing(name):
            raise ValueError(name)

        monkeypatch.setattr(open_graph, "staticfiles_storage", SimpleNamespace(url=missing))

        said = dict(
            open_graph.tags(
                title="Privacy", description="", path="/", language="it", others=[], shared=None
            )
        )

        assert said["og:title"] == "Privacy"
        assert not [name for name in said if name.startswith("og:image")]


@pytest.mark.parametrize("language", languages.codes())
def test_a_picture_stands_for_the_site_in_each_language(language):
    content = Path(str(finders.find(f"immunoportal/cards/{language}.jpg"))).read_bytes()

    assert len(content) < 80_000
    assert Pillow.open(io.BytesIO(content)).size == PICTURE_SIZE
