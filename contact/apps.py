from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "contact"
    verbose_name = _("Contact")

    def ready(self) -> None:
        from contact import inbox
        from immunoportal import worker

        worker.register("retention", inbox.empty_old_messages, every=3600)
