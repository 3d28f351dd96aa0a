"""Who else is writing: named to whoever has the article open, and gone without a word."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from articles.models import Presence, presence
from immunoportal import registry
from tests.factories import logged_in, make_article, make_editor, member_of, staff_with

pytestmark = pytest.mark.django_db

MINE, THEIRS = "a1", "b2"


def url(article) -> str:
    return reverse("admin:articles_article_presence", args=[article.pk])


@pytest.fixture
def article():
    return make_article()


@pytest.fixture
def other_client():
    """The browser of another editor."""
    return logged_in(Client(), make_editor(first_name="Ugo", last_name="D’Amico & figli"))


def line(client, article, tab=MINE) -> str:
    response = client.get(url(article), {"tab": tab})
    assert response.status_code == 200
    return response.text


class TestWhoIsWriting:
    def test_is_named_until_a_minute_after_the_last_beat(
        self, editor_client, other_client, article
    ):
        assert other_client.post(url(article), {"tab": THEIRS}).text == ""

        assert line(editor_client, article) == "Ugo D’Amico & figli is writing in this article too."
        assert line(editor_client, make_article()) == ""
        Presence.objects.update(seen_at=Now() - timedelta(seconds=59))
        assert line(editor_client, article) != ""
        Presence.objects.update(seen_at=Now() - timedelta(seconds=61))
        assert line(editor_client, article) == ""

    def test_beats_again_in_the_same_row(self, other_client, article):
        for _beat in range(2):
            Presence.objects.update(seen_at=Now() - timedelta(hours=2))
            other_client.post(url(article), {"tab": THEIRS})

        assert Presence.objects.writing().count() == Presence.objects.count() == 1

    def test_is_gone_at_once_who_leaves(self, editor_client, other_client, article):
        other_client.post(url(article), {"tab": THEIRS})
        other_client.post(url(article), {"tab": "c3"})

        assert other_client.post(url(article), {"tab": THEIRS, "left": "1"}).status_code == 204

        assert Presence.objects.get().tab == "c3"

    def test_is_oneself_in_another_tab_and_never_in_the_same_one(self, editor_client, article):
        editor_client.post(url(article), {"tab": MINE})

        assert line(editor_client, article) == ""
        assert line(editor_client, article, THEIRS) == (
            "You are writing in this article in another tab too."
        )

    def test_is_nobody_who_has_only_looked(self, editor_client, other_client, article):
        line(other_client, article)

        assert line(editor_client, article) == ""

    def test_keeps_no_session_alive(self, other_client, article):
        before = Session.objects.get().expire_date

        response = other_client.post(url(article), {"tab": THEIRS})

        assert response.status_code == 200
        assert Session.objects.get().expire_date == before
        assert not response.cookies


class TestRefusals:
    def test_of_what_no_form_sends(self, editor_client, article):
        address = url(article)

        for tab in ("", "x", "a" * 33, "a\0"):
            assert editor_client.post(address, {"tab": tab}).status_code == 400
        article.delete()
        assert editor_client.post(address, {"tab": MINE}).status_code == 404
        assert not Presence.objects.exists()

    def test_of_those_who_may_not(self, client, article):
        reader = logged_in(client, staff_with("view_article"))
        stranger = logged_in(Client(), staff_with("view_topic"))

        assert reader.get(url(article), {"tab": MINE}).status_code == 200
        assert reader.post(url(article), {"tab": MINE}).status_code == 403
        assert stranger.get(url(article), {"tab": MINE}).status_code == 403
        assert Client().get(url(article), {"tab": MINE}).status_code == 302
        assert not Presence.objects.exists()


class TestRows:
    def test_go_with_the_account(self, client, article):
        user = member_of("Editors")
        logged_in(client, user).post(url(article), {"tab": MINE})
        assert Presence.objects.exists()

        registry.erase(user)

        assert not Presence.objects.exists()

    def test_are_deleted_once_they_are_old(self, other_client, article):
        for tab, age in {"a": 61, "b": 59, "c": -61}.items():
            other_client.post(url(article), {"tab": tab})
            Presence.objects.filter(tab=tab).update(seen_at=Now() - timedelta(minutes=age))

        assert presence.delete_old() is True
        assert [row.tab for row in Presence.objects.all()] == ["b"]
        assert presence.delete_old() is False
