"""The content that the portal starts with: to the letter, in its place, and only once."""

import io
import json
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.core.files import File
from django.core.management import CommandError, call_command
from PIL import Image as Pillow

from articles import launch_content, launch_pages
from articles.images import library
from articles.models import (
    Article,
    Contributor,
    Edition,
    Figure,
    Home,
    Image,
    RichText,
    Term,
    Topic,
)
from articles.publishing.states import State, in_state
from immunoportal.languages import text_in
from tests.factories import make_editor
from tests.pages import Element, alternates_of, page_of

ADDRESSES = {
    "it": "/it/articoli/immunoterapia-come-funziona/",
    "en": "/en/articles/immunotherapy-how-it-works/",
}
LANGUAGES = list(ADDRESSES)


@pytest.fixture(scope="module")
def seed() -> dict:
    return json.loads((launch_content.DIRECTORY / "article.json").read_text("utf-8"))


def body_of(client, language: str) -> list[Element]:
    """The headings, paragraphs and pictures of the article, in the order of the page."""
    main = page_of(client.get(ADDRESSES[language])).one("main")
    article = next(main.all("article"))
    return [element for element in article.all() if element.name in ("h2", "p", "img")]


def texts_of(seed: dict, language: str) -> Iterator[str]:
    """Every text of the seed, whole."""
    texts = seed[language]
    yield from (texts["title"], texts["hero"], texts["lead"])
    for section in texts["sections"]:
        if section["heading"]:
            yield section["heading"]
        yield from section["paragraphs"]


class TestPage:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_shows_every_text_to_the_letter_and_in_order(self, client, loaded, seed, language):
        main = page_of(client.get(ADDRESSES[language])).one("main")

        shown = [element.text for element in main.all() if element.name in ("h1", "h2", "p")]
        expected = list(texts_of(seed, language))
        title, hero, lead, *rest = expected
        assert {title, hero, lead} <= set(shown)
        assert [text for text in shown if text in rest] == rest

    def test_keeps_the_odd_space_of_the_publisher(self, client, loaded):
        main = page_of(client.get(ADDRESSES["en"])).one("main")

        assert "followed by tumor regression.\N{NO-BREAK SPACE} Another feature" in main.text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_shows_every_alternative_text_in_order(self, client, loaded, seed, language):
        main = page_of(client.get(ADDRESSES[language])).one("main")

        expected = [
            image["alt"] for section in seed[language]["sections"] for image in section["images"]
        ]
        assert len(expected) == 4
        assert [image["alt"] for image in main.all("img")] == expected

    def test_the_longest_alternative_text_is_whole(self, client, loaded):
        images = list(page_of(client.get(ADDRESSES["en"])).one("main").all("img"))

        assert len(images[2]["alt"]) == 204

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_has_each_figure_in_its_place(self, client, loaded, seed, language):
        first, second, third = (section["paragraphs"] for section in seed[language]["sections"])
        headings = [section["heading"] for section in seed[language]["sections"]]
        known = {*first, *second, *third, *headings[1:]}

        outline = [
            "figure" if element.name == "img" else element.text
            for element in body_of(client, language)
            if element.name == "img" or element.text in known
        ]

        assert outline == [
            "figure", *first[:3], "figure", *first[3:],
            headings[1], "figure", *second,
            headings[2], third[0], "figure", *third[1:],
        ]  # fmt: skip

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_names_the_board_as_its_author(self, client, loaded, language):
        main = page_of(client.get(ADDRESSES[language])).one("main")

        assert launch_content.BOARD[f"name_{language}"] in main.words

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_listed_and_featured(self, client, loaded, seed, language):
        home = page_of(client.get(f"/{language}/"))

        assert home.one("h1").words == launch_content.HOME[f"hero_line_{language}"]
        assert seed[language]["title"] in home.one("main").words
        assert str(launch_content.TOPIC[f"name_{language}"]) in home.one("main").words

    def test_links_both_languages_to_each_other(self, client, loaded):
        italian, english = (
            alternates_of(page_of(client.get(ADDRESSES[language]))) for language in LANGUAGES
        )

        assert italian == english
        assert {address.partition("//")[2].partition("/")[2] for address in italian.values()} == {
            address[1:] for address in ADDRESSES.values()
        }


@pytest.mark.django_db
class TestLoad:
    def test_publishes_both_languages_in_the_name_of_the_user(self, loaded):
        editions = Edition.objects.live()

        assert sorted(edition.language for edition in editions) == ["en", "it"]
        assert {edition.number for edition in editions} == {1}
        assert {edition.published_by for edition in editions} == {loaded}

    def test_leaves_nothing_unpublished(self, loaded):
        for language in LANGUAGES:
            assert in_state(Article.objects.all(), language, State.LIVE).count() == 1

    def test_done_twice_changes_nothing(self, loaded):
        models = (Article, Contributor, Edition, Figure, Home, Image, RichText, Term, Topic)
        before = [list(model.objects.values()) for model in models]

        assert launch_content.load(by=loaded) is False

        assert [list(model.objects.values()) for model in models] == before

    def test_heeds_what_editors_have_written_meanwhile(self, loaded):
        Article.objects.update(title_en="Edited")
        Home.objects.update(hero_line_en="Edited")

        launch_content.load(by=loaded)

        assert text_in(Article.objects.get(), "title", "en") == "Edited"
        assert text_in(Home.objects.get(), "hero_line", "en") == "Edited"

    def test_uses_pictures_that_are_in_the_library_already(self):
        path = launch_content.DIRECTORY / "illustrations" / "umbrella.jpg"
        with path.open("rb") as file:
            umbrella = library.add(File(file), title="Ombrello")

        launch_content.load(by=make_editor())

        assert Image.objects.count() == 4
        assert umbrella.figures.count() == 1
        assert Figure.objects.count() == 4

    def test_is_all_or_nothing(self, monkeypatch, small_launch):
        monkeypatch.setattr(launch_content, "DIRECTORY", small_launch)
        monkeypatch.setattr(launch_content, "PICTURES", [[("missing.jpg", 0)], [], []])

        with pytest.raises(FileNotFoundError):
            launch_content.load(by=make_editor())

        assert not Article.objects.exists()
        assert not Topic.objects.exists()


@pytest.mark.django_db
class TestGlossary:
    def test_has_every_term_with_its_names_in_both_languages(self, loaded):
        assert Term.objects.count() == 56
        term = Term.objects.get(term_en="B lymphocyte")
        assert text_in(term, "term", "it") == "linfocito B"
        assert text_in(term, "aliases", "en") == "B lymphocytes\nB cell\nB cells"

    def test_comes_to_a_site_that_has_the_article_already(self, loaded):
        Term.objects.all().delete()
        own = Term.objects.create(term_en="antigen", definition_en="Our own words.")

        assert launch_content.load(by=loaded) is True

        assert Term.objects.count() == 56
        assert Term.objects.get(term_en="antigen") == own

    def test_is_left_to_the_editors_afterwards(self, loaded):
        Term.objects.filter(term_en="antigen").update(term_it="Antigene!")
        Term.objects.exclude(term_en="antigen").delete()

        assert launch_content.load(by=loaded) is False

        assert text_in(Term.objects.get(), "term", "it") == "Antigene!"


@pytest.mark.django_db
class TestCommand:
    def test_publishes_in_the_name_of_an_administrator(self, monkeypatch, small_launch):
        monkeypatch.setattr(launch_content, "DIRECTORY", small_launch)
        asked = []
        monkeypatch.setattr(launch_pages, "load", lambda **how: asked.append(how["publishes"]))
        administrator = make_editor()

        for _ in range(2):
            call_command("load_launch_content", stdout=io.StringIO())

        assert {edition.published_by for edition in Edition.objects.all()} == {administrator}
        assert Edition.objects.count() == 2
        assert asked == [True, False]

    def test_says_that_an_administrator_is_needed(self):
        get_user_model().objects.create_user("editor@example.org", is_staff=True)

        with pytest.raises(CommandError, match="administrator"):
            call_command("load_launch_content")


class TestFiles:
    @pytest.mark.parametrize("name", ["microscope", "t-cells", "umbrella", "conversation"])
    def test_the_illustrations_are_large_enough_for_every_rendition(self, name):
        with Pillow.open(launch_content.DIRECTORY / "illustrations" / f"{name}.jpg") as picture:
            assert picture.width >= 1600

    def test_the_seed_has_the_same_shape_in_both_languages(self, seed):
        shapes = [
            [
                (bool(section["heading"]), len(section["paragraphs"]), len(section["images"]))
                for section in seed[language]["sections"]
            ]
            for language in LANGUAGES
        ]

        assert shapes[0] == shapes[1] == [(False, 5, 2), (True, 2, 1), (True, 3, 1)]
