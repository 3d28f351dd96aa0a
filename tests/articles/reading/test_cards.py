"""The cards of articles: their addresses, who gets them, and how long they are kept."""

import os
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse

from articles.files import withdrawal
from articles.images import cards as drawing
from articles.models import Article, Hold
from articles.publishing import holds, verbs
from articles.reading import cards
from tests.articles.images.steps import files_in
from tests.factories import add_figure, make_article, make_editor, make_image, publish
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def pictured():
    """An article with a picture that is fit for its card, and its page."""
    article = make_article(
        slug_it="cura", slug_en="care", title_it="La cura", hero_line_it="Con calma"
    )
    add_figure(article, image=make_image(size=(800, 500)))
    publish(article)
    return article


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn: the titles."""
    titles = []

    def draw(card, picture=None):
        titles.append((card.title, picture is not None))
        return b"a card"

    monkeypatch.setattr(drawing, "draw", draw)
    return titles


def properties(response) -> dict[str, str]:
    return {
        meta["property"]: meta["content"] for meta in page_of(response).all("meta", property=None)
    }


def address_of_card(client, path="/it/articoli/cura/") -> str:
    return properties(client.get(path))["og:image"].removeprefix(SITE)


def stored() -> list[str]:
    return [name for name in files_in("renditions") if name.startswith("cards/")]


def age(name: str) -> None:
    then = time.time() - 30 * 3600
    os.utime(Path(storages["renditions"].path(name)), (then, then))


class TestPage:
    def test_is_shown_with_its_card_where_it_is_shared(self, client, pictured):
        said = properties(client.get("/it/articoli/cura/"))

        edition = pictured.editions.get(language="it")
        assert said.pop("article:published_time") == said.pop("article:modified_time")
        assert said == {
            "og:type": "article",
            "og:site_name": "ImmunOncologia.org",
            "og:title": "La cura",
            "og:description": "In breve.",
            "og:url": f"{SITE}/it/articoli/cura/",
            "og:locale": "it_IT",
            "og:locale:alternate": "en_GB",
            "og:image": SITE + reverse("card", args=[cards.card_of(edition).name]),
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": "Con calma. La cura",
        }

    def test_each_language_has_a_card_of_its_own(self, client, pictured):
        assert address_of_card(client) != address_of_card(client, "/en/articles/care/")

    @pytest.mark.parametrize("size", [(300, 200), (1000, 100)])
    def test_a_picture_that_is_not_fit_is_left_out(self, client, drawn, size):
        article = make_article(slug_it="cura", title_it="La cura")
        add_figure(article, image=make_image(size=size))
        publish(article, "it")

        client.get(address_of_card(client))

        assert drawn == [("La cura", False)]


class TestCard:
    def test_is_drawn_once_and_sent_to_be_kept_for_ever(self, client, pictured, drawn):
        address = address_of_card(client)

        first, second = client.get(address), client.get(address)

        assert drawn == [("La cura", True)]
        assert first.getvalue() == second.getvalue() == b"a card"
        assert first["Content-Type"] == "image/jpeg"
        assert set(first["Cache-Control"].split(", ")) == {
            "public", "max-age=31536000", "immutable",
        }  # fmt: skip
        assert first["ETag"] == f'"{address.rpartition("/")[2]}"'
        # Other sites show it.
        assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not first.cookies

    def test_a_former_one_leads_to_that_of_now(self, client, pictured, drawn):
        address = address_of_card(client)
        number = address.rpartition("/")[2].partition("-")[0]

        answer = client.get(f"/cards/{number}-{'0' * 20}.jpg")

        assert (answer.status_code, answer["Location"]) == (302, address)
        assert drawn == []

    def test_an_invented_one_is_not_drawn(self, client, drawn):
        digest = "0" * 20
        for name in (f"999999-{digest}.jpg", "1-0.jpg", "x.jpg", f"{'9' * 30}-{digest}.jpg"):
            assert client.get(f"/cards/{name}").status_code == 404, name
        assert drawn == []

    def test_is_only_of_what_everyone_may_read_now(self, client, pictured, drawn):
        editor = make_editor()
        addresses = {"live": address_of_card(client)}
        answers = {"live": client.get(addresses["live"]).status_code}
        hold = holds.hold(pictured, {"it": "Un errore."}, by=editor, kind=Hold.Kind.WITHHELD)
        answers["withheld"] = client.get(addresses["live"]).status_code
        holds.end(hold[0], by=editor, reason="Corretto.")
        holds.mark_outdated(pictured, "it", "Vecchio.", by=editor)
        answers["outdated"] = client.get(addresses["live"]).status_code
        holds.end_outdated(pictured, "it", by=editor)
        answers["live again"] = client.get(addresses["live"]).status_code
        Article.objects.filter(pk=pictured.pk).update(lead_it="Corretto.")
        publish(pictured, "it")
        answers["past"] = client.get(addresses["live"]).status_code
        (reserved,) = publish(make_article(audience="professional"), "it")
        client.force_login(editor)
        answers["reserved"] = client.get(cards.card_of(reserved).get_absolute_url()).status_code

        assert answers == {
            "live": 200, "withheld": 404, "outdated": 404, "live again": 200, "past": 404,
            "reserved": 404,
        }  # fmt: skip

    def test_has_whoever_asks_come_again_where_too_many_are_drawn(
        self, client, pictured, drawn, monkeypatch
    ):
        monkeypatch.setattr(cards, "PATIENCE", 0.01)
        address = address_of_card(client)

        with cards._pencil:
            answer = client.get(address)

        assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
        assert answer["Retry-After"]
        assert (drawn, stored()) == ([], [])


class TestWithdrawnPicture:
    def test_takes_its_cards_along(
        self, client, pictured, drawn, django_capture_on_commit_callbacks
    ):
        address = address_of_card(client)
        client.get(address)
        assert len(stored()) == 1

        with django_capture_on_commit_callbacks(execute=True):
            image = pictured.editions.in_language("it").get().image
            withdrawal.withdraw(image, by=make_editor(), reason="Consenso ritirato")

        after = address_of_card(client)
        assert stored() == []
        assert after != address
        assert client.get(address)["Location"] == after
        client.get(after)
        assert drawn == [("La cura", True), ("La cura", False)]

    def test_while_its_card_is_drawn_leaves_none(self, client, pictured, drawn, monkeypatch):
        address = address_of_card(client)
        image = pictured.editions.in_language("it").get().image
        draw = drawing.draw

        def withdraw_meanwhile(card, picture=None):
            withdrawal.withdraw(image, by=make_editor(), reason="Consenso ritirato")
            return draw(card, picture)

        monkeypatch.setattr(drawing, "draw", withdraw_meanwhile)

        assert client.get(address).status_code == 404
        assert stored() == []


class TestDeleteUnused:
    def test_leaves_those_of_live_pages_and_new_ones(self, client, pictured, drawn):
        addresses = [address_of_card(client), address_of_card(client, "/en/articles/care/")]
        for address in addresses:
            client.get(address)
        kept, gone = (next(name for name in stored() if name.endswith(a[7:])) for a in addresses)
        verbs.withdraw(pictured, "en", by=make_editor())
        former = kept.replace(kept[-24:], f"{'0' * 20}.jpg")
        storages["renditions"].save(former, ContentFile(b"a former card"))
        age(former)

        cards.delete_unused()
        new = stored()
        age(gone)
        age(kept)
        cards.delete_unused()

        assert new == sorted([kept, gone])
        assert stored() == [kept]

    def test_finds_nothing_where_none_was_drawn(self):
        assert cards.delete_unused() is False
