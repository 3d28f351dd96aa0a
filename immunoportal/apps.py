from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "immunoportal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from immunoportal import (
            checks,  # noqa: F401  they register themselves
            guards,
            mail,
            personal_data,
            worker,
        )
        from immunoportal.audit import personal_data as audited
        from immunoportal.audit import retention

        worker.register("audit log", retention.delete_old, every=3600)
        worker.register("mail", mail.deliver_next, every=1)
        worker.register("mail texts", mail.empty_old_texts, every=3600)
        personal_data.register("mails", mail.mails_to)
        personal_data.register("audit", audited.acts_of)
        post_migrate.connect(make_cache_table, sender=self)
        pre_migrate.connect(guards.make_way, sender=self)
        post_migrate.connect(guards.install, sender=self)


def make_cache_table(using: str, **kwargs) -> None:
    """The cache's table is no model's, so no migration makes it; without it nobody can log in."""
    call_command("createcachetable", database=using, verbosity=0)


class PortalAdminConfig(AdminConfig):
    default_site = "immunoportal.admin_site.PortalAdminSite"

    def ready(self) -> None:
        super().ready()
        # In a room of its own, where Django does not look.
        from immunoportal.audit import admin  # noqa: F401  it registers itself
