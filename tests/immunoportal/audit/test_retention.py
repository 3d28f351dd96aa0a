"""An entry stays as it is, until it is old."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from immunoportal import registry
from immunoportal.audit import AuditEntry, retention
from immunoportal.guards import RowIsFrozen
from tests.factories import make_user
from tests.immunoportal.audit.steps import make_entry

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


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
