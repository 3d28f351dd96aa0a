"""What is recorded, and how."""

import json
import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from articles.models import Article
from articles.publishing import verbs
from immunoportal import audit
from immunoportal.audit import Act, AuditEntry, origin
from tests.accounts.steps import submit_in_admin
from tests.factories import (
    logged_in,
    make_article,
    make_editor,
    make_message,
    make_user,
    member_of,
    publish,
)

pytestmark = pytest.mark.django_db


class TestRecord:
    def test_says_who_did_what_to_what(self):
        editor, article = make_editor(), make_article()

        entry = audit.record(Act.PUBLISHED, by=editor, about=article, language="it", edition=3)

        entry.refresh_from_db()
        assert (entry.act, entry.by, entry.network) == ("published", editor, "")
        assert (entry.kind, entry.number) == ("articles.article", str(article.pk))
        assert entry.detail == {"language": "it", "edition": 3}

    def test_of_several_rows_names_their_kind(self):
        entry = audit.record(Act.EXPORTED, about=Article, rows=7)

        assert (entry.kind, entry.number, entry.by_id) == ("articles.article", "", None)

    @pytest.mark.parametrize("logged_in", [True, False])
    def test_knows_who_asks_and_from_where(self, rf, logged_in):
        user = make_user() if logged_in else AnonymousUser()
        request = rf.get("/", REMOTE_ADDR="203.0.113.77")
        request.user = user
        seen = []

        def erase(_request) -> HttpResponse:
            seen.append(audit.record(Act.ERASED))
            return HttpResponse()

        origin.OriginMiddleware(erase)(request)

        (entry,) = seen
        assert entry.by_id == user.pk
        assert entry.network == "203.0.113.0/24"
        assert not origin.is_request()

    @pytest.mark.parametrize(
        ("address", "kept"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("unix", ""),
        ],
    )
    def test_keeps_the_neighbourhood_of_an_address(self, address, kept):
        assert origin.shortened(address) == kept

    def test_keys_what_was_typed(self, settings):
        first = audit.keyed("correct horse battery")

        assert first == audit.keyed("correct horse battery")
        assert first != audit.keyed("correct horse batterz")
        settings.SECRET_KEY = "another"
        assert first != audit.keyed("correct horse battery")

    def test_is_logged_in_one_line_once_it_is_done(
        self, caplog, django_capture_on_commit_callbacks
    ):
        user = make_user()
        with (
            caplog.at_level(logging.INFO, "immunoportal.audit"),
            django_capture_on_commit_callbacks(execute=True),
        ):
            entry = audit.record(Act.RIGHTS_CHANGED, about=user, added=["A\nrole"])
            assert caplog.records == []

        (line,) = [record.getMessage() for record in caplog.records]
        assert "\n" not in line
        assert json.loads(line) == {
            "entry": entry.pk,
            "at": entry.at.isoformat(timespec="seconds"),
            "act": "rights changed",
            "by": None,
            "kind": "accounts.user",
            "number": str(user.pk),
            "detail": {"added": ["A\nrole"]},
            "network": "",
        }


class TestWhatIsRecorded:
    """Publication and the inbox; what accounts record is in tests/accounts/test_audit.py."""

    def test_publication_and_withdrawal(self):
        editor = make_editor()
        article = make_article(english=False)
        publish(article, "it", by=editor)
        publish(article, "it", by=editor)  # nothing is new
        verbs.withdraw(article, "it", by=editor, note="A reason with Anna's name.")

        found = AuditEntry.objects.order_by("pk").values_list("act", "by", "detail")

        detail = {"language": "it", "edition": 1}
        assert list(found) == [
            ("published", editor.pk, detail),
            ("withdrawn", editor.pk, detail),
        ]

    def test_export_and_erasure_of_messages(self, client):
        administrator = member_of("Administrators")
        logged_in(client, administrator)
        first, second = make_message(), make_message()
        inbox = "/admin/contact/message/"

        client.post(inbox, {"action": "export_as_csv", "_selected_action": [first.pk, second.pk]})
        client.post(f"{inbox}{first.pk}/delete/", {"post": "yes"})

        found = AuditEntry.objects.order_by("pk").values_list("act", "kind", "number", "detail")
        assert list(found) == [
            ("exported", "contact.message", "", {"rows": 2}),
            ("erased", "contact.message", str(first.pk), {}),
        ]
        assert {entry.by for entry in AuditEntry.objects.all()} == {administrator}

    # Of the publisher's website, until Django 6.
    @pytest.mark.filterwarnings("ignore:The default scheme will be changed")
    def test_settings_by_the_names_of_their_fields(self, client):
        logged_in(client, make_editor())

        for path, change in (
            ("contact/contactsettings", {"recipients": "anna@example.org"}),
            ("contact/publisher", {"name": "Effetti S.r.l."}),
            ("accounts/accountsettings", {"require_second_factor": "on"}),
        ):
            client.get(f"/admin/{path}/")  # makes the row
            submit_in_admin(client, f"/admin/{path}/1/change/", **change)

        found = AuditEntry.objects.order_by("pk").values_list("act", "kind", "detail")
        assert list(found) == [
            ("settings changed", "contact.contactsettings", {"changed": ["recipients"]}),
            ("settings changed", "contact.publisher", {"changed": ["name"]}),
            (
                "settings changed",
                "accounts.accountsettings",
                {"changed": ["require_second_factor"]},
            ),
        ]
