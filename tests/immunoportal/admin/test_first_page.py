"""The admin's first page: what waits, what a user worked on, and the areas."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Event, LanguageVersion
from articles.publishing import drafts
from immunoportal import registry
from immunoportal.mail.ledger import Mail
from immunoportal.registry import Offer
from tests.factories import (
    logged_in,
    make_article,
    make_editor,
    make_mail,
    make_message,
    make_registration,
    make_user,
    member_of,
    publish,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

AUTHORS = {"missing translations in Italian", "missing translations in English"}
EDITORS = AUTHORS | {
    "unpublished changes in Italian", "unpublished changes in English", "new messages",
    "mails not delivered", "registrations to approve",
}  # fmt: skip


def fill() -> None:
    """Make some of everything that waits, and beside each kind what does not count as it."""
    for languages in (["it"], ["it"], ["en"], ["it", "en"], []):
        article = make_article()
        if languages:
            publish(article, *languages)
    for language in ("it", "en"):
        of_language = LanguageVersion.objects.filter(language=language)
        published = of_language.filter(last_number__isnull=False).values_list("pk", flat=True)
        LanguageVersion.objects.filter(pk__in=published[:2]).update(page_digest="")
    for state in ("new", "new", "answered", "spam"):
        make_message(state=state)
    for dismissed_at in (None, None, "2026-11-28T00:00Z"):
        make_mail(state=Mail.State.FAILED, dismissed_at=dismissed_at)
    for state in ("waiting", "waiting", "approved", "unconfirmed"):
        make_registration(state=state, user=make_user())


def first_page(client):
    return page_of(client.get(reverse("admin:index")))


def numbers_of(page) -> dict[str, tuple[int, str]]:
    """What waits: each number, and where it leads, by what it counts."""
    found = {}
    for waiting in page.all("ul", class_="waiting"):
        for link in waiting.all("a"):
            count = link.one("strong").words
            found[link.words.removeprefix(count).strip()] = int(count), link["href"]
    return found


class TestWaiting:
    @pytest.mark.parametrize(
        ("role", "kinds"),
        [("Authors", AUTHORS), ("Editors", EDITORS), ("Administrators", EDITORS)],
    )
    def test_numbers_are_those_of_the_lists_that_a_role_may_act_on(self, client, role, kinds):
        fill()
        logged_in(client, member_of(role))

        numbers = numbers_of(first_page(client))

        assert set(numbers) == kinds
        for count, url in numbers.values():
            changelist = client.get(url).context["cl"]
            assert (changelist.result_count, len(changelist.result_list)) == (count, count), url
            assert changelist.has_active_filters
        assert {count for count, _url in numbers.values()} == {1, 2}

    def test_drafts_are_counted_to_who_typed_them(self, client):
        mine, others = make_editor(), make_editor()
        for user in (mine, mine, others):
            drafts.keep(user, uuid4(), 1, [("title_it", "Mai salvato")], article=None)
        drafts.discard(mine.drafts.first())
        logged_in(client, mine)

        numbers = numbers_of(first_page(client))

        url = reverse("admin:articles_article_drafts")
        assert numbers == {"draft of yours that is not saved": (1, url)}

    def test_cost_one_query_each_at_most(self, client):
        fill()
        editor = make_editor()
        for offer in registry.offers():
            for waiting in offer.waiting:
                with CaptureQueriesContext(connection) as captured:
                    numbers = waiting(editor)

                assert len(captured) <= len(numbers), waiting

    def test_nothing_is_one_calm_line(self, client):
        logged_in(client, member_of("Editors"))

        page = first_page(client)

        assert page.one("p", class_="calm").words == "Nothing is waiting for you."
        assert numbers_of(page) == {}

    def test_what_fails_does_not_take_the_page_away(self, client, monkeypatch):
        def failing(_user):
            raise LookupError

        fill()
        all_offers = (Offer(waiting=[failing]), *registry.offers())
        monkeypatch.setattr(registry, "offers", lambda: all_offers)
        logged_in(client, member_of("Editors"))

        page = first_page(client)

        assert "Not everything could be read just now" in page.words
        assert set(numbers_of(page)) == EDITORS


class TestWork:
    def test_begins_with_an_article_for_those_who_may_write_one(self, client):
        logged_in(client, member_of("Authors"))
        assert links_of(first_page(client))["Write an article"] == "/admin/articles/article/add/"

        logged_in(client, make_user(is_staff=True))
        assert "Write an article" not in links_of(first_page(client))

    def test_goes_on_with_the_articles_of_this_user(self, client):
        editor, other = member_of("Editors"), make_editor()
        first, second, third = (make_article(title_it=title) for title in "ABC")
        for article, by in ((first, editor), (second, editor), (second, editor), (third, other)):
            Event.objects.create(article=article, by=by, verb="saved", detail={"changed": []})
        logged_in(client, editor)

        pieces = list(first_page(client).one("ul", class_="worked-on").all("li"))

        assert [piece.one("a").words for piece in pieces] == ["B", "A"]
        assert "Italian never published" in pieces[0].words


class TestAreas:
    def areas(self, page) -> dict[str, list[str]]:
        (areas,) = page.all("div", class_="areas")
        return {
            area.one("h2").words: [next(row.all("a")).words for row in area.all("li")]
            for area in areas.all("section")
        }

    def test_hold_what_a_role_may_use_and_no_more(self, client):
        logged_in(client, member_of("Authors"))
        assert self.areas(first_page(client)) == {
            "Content": [
                "Articles", "Topics", "Images", "Videos and audio", "PDF files", "Contributors",
                "Sources", "Glossary", "Editions",
            ],
            "Who writes to us": ["Sentences from readers"],
            "Site": ["Home page"],
        }  # fmt: skip

        logged_in(client, member_of("Administrators"))
        areas = self.areas(first_page(client))
        assert list(areas) == ["Content", "Who writes to us", "Accounts", "Site"]
        assert areas["Who writes to us"] == [
            "Messages", "Sentences from readers", "Subjects", "Contact settings",
        ]  # fmt: skip
        assert "Audit log" in areas["Site"]

    def test_stand_beside_every_page_with_this_one_marked(self, client):
        logged_in(client, member_of("Authors"))

        page = page_of(client.get(reverse("admin:articles_topic_changelist")))

        beside = page.one("nav", class_="area-nav")
        assert [link.words for link in beside.all("a", aria_current="page")] == ["Topics"]
        assert "Users" not in beside.words

    def test_are_where_the_index_of_an_app_leads(self, client):
        logged_in(client, make_editor())

        assert client.get("/admin/articles/").url == reverse("admin:index")
