"""The one way in which apps register with the portal."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from accounts import housekeeping, resets
from articles.images import renditions, withdrawal
from articles.publishing import drafts
from contact import inbox
from immunoportal import planner, registry
from immunoportal.audit import retention as audit_retention
from immunoportal.mail import delivery, retention
from immunoportal.registry import Alert, Deed, Job, Offer


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
    )
    second = Offer(
        jobs=[Job("second", lambda: False, every=2)],
        personal_data={"length": lambda user: len(user.first_name)},
        alerts=[lambda _user: [Alert("Look", "/there/", is_urgent=True)]],
        recent=[lambda _user, _most: [Deed(at(3), "B", "done")]],
        confidential_mails={"reset", "confirmation"},
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
            "drafts": drafts.delete_old,
            "withdrawn files": withdrawal.erase_rest,
            "password resets": resets.send_next,
            "accounts": housekeeping.tidy_up,
            "retention": inbox.empty_old_messages,
        }

    def test_come_together(self, offered):
        anna = get_user_model()(first_name="Anna")

        assert [job.name for job in registry.jobs()] == ["first", "second"]
        assert registry.personal_data_of(anna) == {"name": "Anna", "length": 4}
        assert registry.alerts_for(anna) == [
            Alert("Hello Anna"),
            Alert("Look", "/there/", is_urgent=True),
        ]
        assert registry.recent(anna, 2) == [Deed(at(4), "Anna", "done"), Deed(at(3), "B", "done")]
        assert registry.confidential_mails() == {"reset", "confirmation"}
        assert registry.internal_mails() == {"note"}
