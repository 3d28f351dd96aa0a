from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "immunoportal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from immunoportal import checks, guards  # noqa: F401  the checks register themselves

        post_migrate.connect(make_cache_table, sender=self)
        pre_migrate.connect(refuse_old_database, sender=self)
        pre_migrate.connect(guards.make_way, sender=self)
        post_migrate.connect(guards.install, sender=self)


def refuse_old_database(using: str, **kwargs: Any) -> None:
    """Leave a database alone whose tables were made before the migrations began anew.

    Raises:
        CommandError: it is one; nothing has been changed in it.
    """
    recorder = MigrationRecorder(connections[using])
    if ("articles", "0001_initial") in recorder.applied_migrations():
        raise CommandError(
            "This database was made by an unreleased version of ImmunoPortal and is left as it "
            "is: start with an empty one (another DATA_DIR or DATABASE_URL), or go back to that "
            "version."
        )


def make_cache_table(using: str, **kwargs: Any) -> None:
    """Make the table of the cache, which no migration makes; without it nobody can log in."""
    call_command("createcachetable", database=using, verbosity=0)


class PortalAdminConfig(AdminConfig):
    default_site = "immunoportal.admin.site.PortalAdminSite"

    def ready(self) -> None:
        super().ready()
        # In rooms of their own, where Django does not look.
        from immunoportal.audit import admin as audit_admin  # noqa: F401
        from immunoportal.mail import admin as mail_admin  # noqa: F401
