from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "immunoportal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from immunoportal import (
            checks,  # noqa: F401  they register themselves
            mail,
            personal_data,
            worker,
        )

        worker.register("mail", mail.deliver_next, every=1)
        worker.register("mail texts", mail.empty_old_texts, every=3600)
        personal_data.register("mails", mail.mails_to)


class PortalAdminConfig(AdminConfig):
    default_site = "immunoportal.admin_site.PortalAdminSite"
