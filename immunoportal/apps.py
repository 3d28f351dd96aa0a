from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "immunoportal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from immunoportal import checks  # noqa: F401  they register themselves

        post_migrate.connect(make_cache_table, sender=self)


def make_cache_table(using: str, **kwargs) -> None:
    """The cache's table is no model's, so no migration makes it; without it nobody can log in."""
    call_command("createcachetable", database=using, verbosity=0)


class PortalAdminConfig(AdminConfig):
    default_site = "immunoportal.admin.site.PortalAdminSite"

    def ready(self) -> None:
        super().ready()
        from immunoportal.mail import admin  # noqa: F401  it registers itself
