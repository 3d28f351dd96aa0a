from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "contact"
    verbose_name = _("Contact")

    def ready(self) -> None:
        from contact import inbox
        from immunoportal import personal_data, worker
        from immunoportal.admin import site

        worker.register("retention", inbox.empty_old_messages, every=3600)
        site.notices.append(inbox.notices)
        personal_data.register("messages", inbox.messages_of)
        post_delete.connect(inbox.forget_mails, sender="contact.Message")
