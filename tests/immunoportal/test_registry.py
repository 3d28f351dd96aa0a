"""The one way in which apps register with the portal."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from accounts import housekeeping, resets
from articles.files import keeping, leftovers, withdrawal
from articles.images import renditions
from articles.models import presence, searches_in_vain
from articles.publishing import drafts, feedback, glossary, search_index
from articles.reading import cards, leaflet_making
from contact import inbox
from immunoportal import planner, registry
from immunoportal.audit import retention as audit_retention
from immunoportal.mail import delivery, retention
from immunoportal.registry import Alert, Beginning, Deed, FirstPage, Job, Offer, Waiting


def at(hour: int) -> datetime:
    return datetime(2026, 11, 27, hour, tzinfo=UTC)


@pytest.fixture
def offered(monkeypatch):
    """Two apps with an offer each."""
    first = Offer(
        jobs=[Job("first", lambda: False, every=1)],
        personal_data={"name": lambda user: user.first_name},
        alerts=[lambda user: [Alert(f"Hello {user.first_name}")], lambda _user: []],
        recent=[
            lambda user, _most: [Deed(at(2), "C", "done"), Deed(at(4), user.first_name, "done")]
        ],
        confidential_mails={"reset"},
        internal_mails={"note"},
        beginnings=[lambda _user: [Beginning("Write", "/new/")]],
        waiting=[lambda _user: [Waiting(2, "messages", "/2/"), Waiting(0, "mails", "/0/")]],
        worked_on=[lambda user, _most: [Deed(at(2), user.first_name, "live")]],
    )
    second = Offer(
        jobs=[Job("second", lambda: False, every=2)],
        personal_data={"length": lambda user: len(user.first_name)},
        alerts=[lambda _user: [Alert("Look", "/there/", is_urgent=True)]],
        recent=[lambda _user, _most: [Deed(at(3), "B", "done")]],
        confidential_mails={"reset", "confirmation"},
        waiting=[lambda _user: [Waiting(1, "failed", "/1/", is_urgent=True)]],
        worked_on=[lambda _user, _most: [Deed(at(3), "B", "live"), Deed(at(1), "C", "live")]],
    )
    monkeypatch.setattr(registry, "offers", lambda: (first, Offer(), second))


class TestOffers:
    def test_are_found_in_every_app(self):
        assert {job.name: job.do_next for job in registry.jobs()} == {
            "mail": delivery.deliver_next,
            "audit log": audit_retention.delete_old,
            "mail texts": retention.empty_old_texts,
            "planner": planner.count_anew,
            "renditions": renditions.make_next,
            "abandoned uploads": keeping.delete_abandoned,
            "leftover files": leftovers.delete_leftovers,
            "leaflets": leaflet_making.make_next,
            "missing leaflets": leaflet_making.tidy_up,
            "unused cards": cards.delete_unused,
            "terms in texts": glossary.note_next,
            "search index": search_index.tidy,
            "searches in vain": searches_in_vain.delete_old,
            "sentences from readers": feedback.delete_old,
            "drafts": drafts.delete_old,
            "withdrawn files": withdrawal.erase_rest,
            "presence": presence.delete_old,
            "password resets": resets.send_next,
            "accounts": housekeeping.tidy_up,
            "retention": inbox.empty_old_messages,
        }

    def test_come_together(self, offered):
        anna = get_user_model()(first_name="Anna")

        assert [job.name for job in registry.jobs()] == ["first", "second"]
        assert registry.personal_data_of(anna) == {"name": "Anna", "length": 4}
        assert registry.confidential_mails() == {"reset", "confirmation"}
        assert registry.internal_mails() == {"note"}


class TestFirstPage:
    def test_has_what_every_app_tells(self, offered):
        anna = get_user_model()(first_name="Anna")

        assert registry.first_page(anna, most_worked_on=2, most_deeds=2) == FirstPage(
            alerts=[Alert("Hello Anna"), Alert("Look", "/there/", is_urgent=True)],
            beginnings=[Beginning("Write", "/new/")],
            waiting=[
                Waiting(1, "failed", "/1/", is_urgent=True),
                Waiting(2, "messages", "/2/"),
            ],
            worked_on=[Deed(at(3), "B", "live"), Deed(at(2), "Anna", "live")],
            recent=[Deed(at(4), "Anna", "done"), Deed(at(3), "B", "done")],
        )

    def test_leaves_out_what_fails_and_says_so(self, offered, monkeypatch, caplog):
        def failing(_user):
            raise LookupError("no such table")

        all_offers = (Offer(waiting=[failing]), *registry.offers())
        monkeypatch.setattr(registry, "offers", lambda: all_offers)

        page = registry.first_page(get_user_model()(first_name="Anna"), 1, 1)

        assert not page.is_whole
        assert [number.count for number in page.waiting] == [1, 2]
        assert "no such table" in caplog.text
