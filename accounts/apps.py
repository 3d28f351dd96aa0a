from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import (
            email_changes,
            housekeeping,
            personal_data,
            registrations,
            resets,
            signals,  # noqa: F401  its receivers register themselves
        )
        from immunoportal import admin_site, worker
        from immunoportal import personal_data as everybodys_data
        from immunoportal.mail import ledger

        worker.register("password resets", resets.send_next, every=1)
        worker.register("accounts", housekeeping.tidy_up, every=3600)
        admin_site.notices.append(registrations.notices)
        everybodys_data.register("account", personal_data.collect)
        # The new address is not theirs before they have confirmed it.
        ledger.INTERNAL_KINDS |= {"registration_waiting", email_changes.TO_NEW}
        ledger.CONFIDENTIAL_KINDS |= {
            resets.KIND,
            email_changes.TO_OLD,
            email_changes.TO_NEW,
            "email_confirmation",
        }
