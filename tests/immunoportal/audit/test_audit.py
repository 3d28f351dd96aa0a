"""The audit log: what it holds, that it stays, how long, and who sees it."""

import csv
import io
import json
import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone

from articles.models import Article
from articles.publishing import verbs
from immunoportal import audit, registry
from immunoportal.audit import Act, AuditEntry, origin, retention
from immunoportal.guards import RowIsFrozen
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
from tests.pages import page_of

pytestmark = pytest.mark.django_db

LOG = "/admin/immunoportal/auditentry/"
DAY = timedelta(days=1)


def make_entry(**fields) -> AuditEntry:
    return AuditEntry.objects.create(**{"act": Act.LOGGED_IN} | fields)


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

        assert (entry.kind, entry.number, entry.by) == ("articles.article", "", None)

    @pytest.mark.parametrize("logged_in", [True, False])
    def test_knows_who_asks_and_from_where(self, rf, logged_in):
        user = make_user() if logged_in else AnonymousUser()
        request = rf.get("/", REMOTE_ADDR="203.0.113.77")
        request.user = user
        seen = []

        def answer(_request):
            seen.append(audit.record(Act.ERASED))
            return HttpResponse()

        origin.OriginMiddleware(answer)(request)

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


class TestGuard:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE immunoportal_auditentry SET act = 'x'",
            "UPDATE immunoportal_auditentry SET by_id = NULL",
            "DELETE FROM immunoportal_auditentry",
        ],
    )
    def test_refuses_in_sql(self, sql):
        make_entry(by=make_user())

        with (
            pytest.raises(IntegrityError, match="guarded"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)

    @pytest.mark.parametrize(
        "door",
        [
            lambda entry: entry.save(),
            lambda entry: entry.delete(),
            lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(act="x"),
            lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        ],
    )
    def test_refuses_in_python(self, door):
        with pytest.raises(RowIsFrozen):
            door(make_entry())

    def test_lets_the_worker_delete_what_is_older_than_24_months(self):
        now = timezone.now()
        make_entry(at=now - 732 * DAY)
        make_entry(at=now - 729 * DAY)

        assert retention.delete_old in [job.do_next for job in registry.jobs()]
        assert retention.delete_old() is True
        assert AuditEntry.objects.get().at == now - 729 * DAY
        assert retention.delete_old() is False

    def test_goes_by_the_age_of_each_row(self):
        make_entry(at=timezone.now() - 732 * DAY)
        make_entry()

        with pytest.raises(IntegrityError, match="so young"), transaction.atomic():
            AuditEntry.objects.all()._raw_delete("default")
        with pytest.raises(RowIsFrozen):
            AuditEntry.objects.all().delete()

        assert AuditEntry.objects.count() == 2


class TestAdmin:
    @pytest.fixture
    def administrator(self):
        return member_of("Administrators", first_name="Ada", last_name="Neri")

    @pytest.fixture
    def desk(self, client, administrator):
        return logged_in(client, administrator)

    def rows(self, response) -> list[list[str]]:
        table = page_of(response).one("table", id="result_list")
        return [
            [cell.words for cell in row.all("td")][1:] for row in list(table.all("tr"))[1:]
        ]  # without the box and the moment

    def test_shows_administrators_what_happened(self, desk):
        editor = make_editor(first_name="Elena", last_name="Rossi")
        publish(make_article(english=False), "it", by=editor)
        edition = AuditEntry.objects.get().number

        found = self.rows(desk.get(LOG))

        assert found == [
            ["Page published", "Elena Rossi", f"edition {edition}", "edition: 1; language: it", "-"]
        ]
        entry = AuditEntry.objects.get()
        assert "Elena Rossi" in desk.get(f"{LOG}{entry.pk}/change/").text

    def test_shows_a_deleted_account(self, desk):
        editor = make_editor()
        make_entry(by=editor)
        editor.delete()

        assert self.rows(desk.get(LOG))[0][1] == "deleted account"

    def test_is_closed_to_editors(self, client):
        logged_in(client, member_of("Editors"))

        assert client.get(LOG).status_code == 403

    def test_lets_nobody_change_anything(self, client):
        logged_in(client, make_editor())
        entry = make_entry()

        assert client.get(f"{LOG}add/").status_code == 403
        assert client.post(f"{LOG}{entry.pk}/change/", {"act": "x"}).status_code == 403
        assert client.post(f"{LOG}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
        assert "delete_selected" not in client.get(LOG).text

    def test_is_filtered_by_act_period_and_user(self, desk, administrator):
        other = make_user()
        make_entry(by=administrator, act=Act.LOGGED_IN)
        make_entry(by=other, act=Act.EXPORTED, at=timezone.now() - 60 * DAY)
        yesterday = timezone.now() - DAY

        for query, act in (
            ({"act": "exported"}, "Data exported"),
            ({"by": administrator.pk}, "Logged in"),
            ({"by": other.pk}, "Data exported"),
            ({"at__gte": yesterday.isoformat()}, "Logged in"),
        ):
            found = self.rows(desk.get(LOG, query))
            assert [row[0] for row in found] == [act], query

    @pytest.mark.parametrize("query", ["by=x", "by=%C2%B2", f"by={'9' * 40}", "act=nonsense"])
    def test_is_not_upset_by_a_query_that_makes_no_sense(self, desk, query):
        assert desk.get(f"{LOG}?{query}").status_code == 200

    def test_cannot_be_asked_about_what_it_does_not_show(self, desk):
        response = desk.get(f"{LOG}?by__password__startswith=a")

        assert response.status_code == 400

    def test_costs_the_same_however_many_entries_it_shows(
        self, desk, django_assert_max_num_queries
    ):
        for _number in range(5):
            make_entry(by=make_user())

        with django_assert_max_num_queries(14):
            assert len(self.rows(desk.get(LOG))) == 5

    def test_is_exported_without_formulas_and_the_export_is_recorded(self, desk, administrator):
        user = make_user(first_name="=HYPERLINK(1)", last_name="Rossi")
        entry = make_entry(by=user)

        response = desk.post(LOG, {"action": "export_as_csv", "_selected_action": [entry.pk]})

        (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
        assert row["name"] == "'=HYPERLINK(1) Rossi"
        assert (row["act"], row["user"]) == ("logged in", str(user.pk))
        export = AuditEntry.objects.get(act=Act.EXPORTED)
        assert (export.by, export.kind) == (administrator, "immunoportal.auditentry")
        assert export.detail == {"rows": 1}


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
