"""The editors' guide: found from every page, whole in each language, and true."""

import io
import re
from functools import lru_cache

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from immunoportal.admin import guide
from immunoportal.languages import SOURCE, TABLE, codes
from tests.factories import logged_in, make_article, make_editor, publish
from tests.pages import page_of

CATALOGUES = ("django", "djangojs")
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)[sd]|\\\{\w*\\\}")


@pytest.fixture
def editor(db):
    return make_editor()


@lru_cache
def messages(language: str) -> re.Pattern:
    """What the desk can say in a language, as far as it is one message of ours."""
    folder = settings.BASE_DIR / "immunoportal/locale/it/LC_MESSAGES"
    texts: set[str] = set()
    for name in CATALOGUES:
        for message in read_po(io.BytesIO((folder / f"{name}.po").read_bytes())):
            said = message.id if language == SOURCE else message.string
            texts.update(said if isinstance(said, tuple | list) else [said or ""])
    patterns = (PLACEHOLDER.sub(".+", re.escape(text)) for text in texts)
    # What is little but placeholders would fit everything.
    alternatives = (pattern for pattern in patterns if re.search(r"[^\W\d_]{2}", pattern))
    return re.compile("|".join(alternatives), re.IGNORECASE)


def unknown(labels, language: str) -> list[str]:
    """The labels that the desk does not have in a language: of a field it also says which
    language its text is in."""
    with translation.override(language):
        phrases = "|".join(str(entry.phrase) for entry in TABLE.values())
        names = {entry.own_name for entry in TABLE.values()} | {
            str(name) for _code, name in settings.LANGUAGES
        }
    said = messages(language)

    def is_known(label: str) -> bool:
        whole = label.removesuffix(":")
        bare = re.sub(rf" ({phrases})$", "", whole)
        return whole in names or bool(said.fullmatch(whole) or said.fullmatch(bare))

    return [label for label in labels if not is_known(label)]


class TestLink:
    def test_stands_on_every_page_and_leads_to_its_chapter(self, client, editor):
        logged_in(client, editor)
        article = make_article()
        publish(article)
        chapters = {
            reverse("admin:index"): "",
            reverse("admin:articles_article_change", args=[article.pk]): "#write",
            reverse("admin:articles_article_history", args=[article.pk]): "#editions",
            reverse("admin:articles_article_withdraw", args=[article.pk, codes()[0]]): "#withdraw",
            reverse("admin:articles_term_changelist"): "#words",
            reverse("admin:contact_message_changelist"): "#messages",
        }

        for path, chapter in chapters.items():
            tools = page_of(client.get(path)).one("div", id="user-tools")
            link = next(link for link in tools.all("a") if link.words == "Guide")
            assert link["href"] == reverse("admin:guide") + chapter

    def test_names_chapters_that_there_are(self):
        from django.contrib import admin

        named = set()
        for page in admin.site._registry.values():
            named |= {getattr(page, "chapter", ""), *getattr(page, "chapters", {}).values()}
        named.discard("")

        assert len(named) > 4
        assert named <= set(guide.CHAPTERS)


@pytest.mark.parametrize("language", codes())
class TestPage:
    @pytest.fixture
    def page(self, client, editor, language):
        editor.preferred_language = language
        editor.save()
        client.force_login(editor)
        return page_of(client.get(reverse("admin:guide"))).one("article", class_="guide")

    def test_has_all_chapters_and_pictures_in_the_users_language(self, page, language):
        sections = list(page.all("section"))
        pictures = list(page.all("img"))

        assert page["lang"] == language
        assert [section["id"] for section in sections] == list(guide.CHAPTERS)
        assert all(len(section.words) > 200 for section in sections)
        assert len(pictures) == len(guide.pictures(language))
        assert all(f"/guide/{language}/" in picture["src"] for picture in pictures)
        assert all(picture["alt"] and picture["width"] for picture in pictures)

    def test_names_buttons_as_the_desk_does(self, page, language):
        labels = [label.words for label in page.all("b")]

        assert len(labels) > 30
        assert unknown(labels, language) == []

    def test_shows_a_desk_that_says_the_same(self, language):
        labels = [label for shown in guide.pictures(language).values() for label in shown.labels]

        assert len(labels) > 60
        assert unknown(labels, language) == [], "run “make guide”"


def test_its_pictures_are_light():
    files = list(guide.PICTURES.rglob("*.webp"))

    assert len(files) == sum(len(guide.pictures(language)) for language in codes())
    assert sum(path.stat().st_size for path in files) < 640_000


def test_a_language_without_one_gets_that_of_the_first_language():
    with translation.override("fr"):
        assert guide.written_in() == codes()[0]
