"""``manage.py setup``: brings a data directory or a database to the state of the code."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from immunoportal.publication import clock

MIGRATION_LOCK = 7_301_215  # any number that only this command uses


@contextmanager
def single_migration() -> Iterator[None]:
    """Wait until no other machine on the same PostgreSQL migrates: two at once fail."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def refuse_old_database() -> None:
    """Leave a database alone whose tables were made before the migrations began anew.

    Raises:
        CommandError: it is one; nothing has been changed in it.
    """
    if ("articles", "0001_initial") in MigrationRecorder(connection).applied_migrations():
        raise CommandError(
            "This database was made by an unreleased version of ImmunoPortal and is left as it "
            "is: start with an empty one (another DATA_DIR or DATABASE_URL), or go back to that "
            "version."
        )


class Command(BaseCommand):
    help = (
        "Migrates the database and collects the static files; on a new database also creates the "
        "first administrator and loads the launch content. Safe to repeat, and to start twice."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with (settings.DATA_DIR / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.stdout.write("Bringing the database up to date …")
            refuse_old_database()
            with single_migration():
                call_command("migrate", interactive=False, verbosity=0)
            call_command("check", databases=[DEFAULT_DB_ALIAS], stdout=self.stdout)
            self.stdout.write("Collecting the static files …")
            call_command("collectstatic", interactive=False, verbosity=0)
            call_command("rebuild_search", missing=True, stdout=self.stdout)
            # A new release may change every page.
            clock.advance()
            # The first user marks a database as begun: all of its beginning or nothing.
            with transaction.atomic():
                if not get_user_model().objects.exists():
                    call_command("create_first_administrator", stdout=self.stdout)
                    self.stdout.write("A new database: loading the launch content …")
                    call_command("load_launch_content", stdout=self.stdout)
