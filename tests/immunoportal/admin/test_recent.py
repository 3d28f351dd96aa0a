"""The box "What you did last" on the admin's first page."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from tests.articles.desk.steps import change_url, form_of
from tests.factories import make_article, make_editor, make_subject, member_of
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SUBJECT = {"name_it": "Stampa", "name_en": "Press", "ordering": "1", "_save": "1"}


def box(client, language: str = "en") -> list[tuple[str, str | None]]:
    """Return the words of each deed without its time, and where it leads."""
    get_user_model().objects.update(preferred_language=language)
    page = page_of(client.get(reverse("admin:index")))
    return [
        (
            deed.words.removesuffix(deed.one("time").words).strip(),
            next((link["href"] for link in deed.all("a")), None),
        )
        for deed in page.one("div", id="recent-actions-module").all("li")
    ]


def subject_url(subject, page: str = "change") -> str:
    return reverse(f"admin:contact_subject_{page}", args=[subject.pk])


class TestRecent:
    def test_mixes_what_the_log_and_the_events_say_newest_first(self, client):
        client.force_login(make_editor())
        article, subject = make_article(title_it="Cellule"), make_subject()
        now = timezone.now()
        with time_machine.travel(now - timedelta(minutes=3)):
            client.post(subject_url(subject), SUBJECT)
        with time_machine.travel(now - timedelta(minutes=2)):
            client.post(change_url(article), form_of(article, lead_en="New.", _save="1"))

        assert box(client) == [
            ("Cellule Changed: lead in English.", change_url(article)),
            ("Stampa Changed: subject", subject_url(subject)),
        ]
        assert box(client, "it") == [
            ("Cellule Ha cambiato: sommario in inglese.", change_url(article)),
            ("Stampa Modifica: oggetto", subject_url(subject)),
        ]

    def test_shows_nobody_else_and_no_more_than_ten(self, client):
        article, editor = make_article(), make_editor()
        for _number in range(11):
            article.events.create(verb="saved", by=editor, detail={"changed": []})

        client.force_login(editor)
        assert len(box(client)) == 10
        client.force_login(make_editor())
        assert box(client) == []

    def test_tells_nothing_of_rows_that_the_user_may_not_see_any_more(self, client):
        editor = member_of("Editors")
        client.force_login(editor)
        article, subject = make_article(), make_subject()
        client.post(change_url(article), form_of(article, lead_en="New.", _save="1"))
        client.post(subject_url(subject), SUBJECT)
        assert len(box(client)) == 2

        editor.groups.clear()

        assert box(client) == []

    def test_leads_nowhere_once_the_row_is_gone(self, client):
        client.force_login(make_editor())
        subject = make_subject(name_it="Stampa")
        client.post(subject_url(subject, "delete"), {"post": "yes"})

        assert box(client) == [("Stampa Deleted: subject", None)]
