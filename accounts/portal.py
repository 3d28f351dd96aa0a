"""What the accounts offer to the portal."""

from accounts import email_changes, housekeeping, personal_data, resets
from accounts.professionals import approval
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[
        Job("password resets", resets.send_next, every=1),
        Job("accounts", housekeeping.tidy_up, every=3600),
    ],
    personal_data={"account": personal_data.collect},
    waiting=[approval.waiting],
    confidential_mails={
        resets.KIND,
        resets.INVITATION_KIND,
        email_changes.TO_OLD,
        email_changes.TO_NEW,
        "email_confirmation",
    },
    # A new email address is not theirs before they have confirmed it.
    internal_mails={"registration_waiting", email_changes.TO_NEW},
    not_crawled=["account_profile"],
)
