"""What the foundation itself offers to the portal."""

from immunoportal.mail import compose, delivery, report, retention
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[
        Job("mail", delivery.deliver_next, every=1, threads=delivery.THREADS),
        Job("mail texts", retention.empty_old_texts, every=3600),
    ],
    personal_data={"mails": retention.mails_to},
    alerts=[report.alerts],
    confidential_mails={compose.DJANGO_KIND},
)
