"""Who sees the audit log, and how."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from immunoportal.audit import Act, AuditEntry
from tests.factories import logged_in, make_article, make_editor, make_user, member_of, publish
from tests.immunoportal.audit.steps import make_entry
from tests.pages import page_of

pytestmark = pytest.mark.django_db

LOG = "/admin/immunoportal/auditentry/"
DAY = timedelta(days=1)


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
