from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "immunoportal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from immunoportal import checks, guards  # noqa: F401  the checks register themselves

        post_migrate.connect(make_cache_table, sender=self)
        pre_migrate.connect(guards.make_way, sender=self)
        post_migrate.connect(guards.install, sender=self)


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
