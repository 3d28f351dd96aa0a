"""What the foundation itself offers to the portal."""

from immunoportal import planner
from immunoportal.admin import recent
from immunoportal.audit import personal_data as audited
from immunoportal.audit import retention as audit_retention
from immunoportal.mail import compose, delivery, report, retention
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[
        Job("mail", delivery.deliver_next, every=1, threads=delivery.THREADS),
        Job("audit log", audit_retention.delete_old, every=3600),
        Job("mail texts", retention.empty_old_texts, every=3600),
        Job("planner", planner.count_anew, every=86_400),
    ],
    personal_data={"mails": retention.mails_to, "audit": audited.acts_of},
    alerts=[report.alerts],
    waiting=[report.waiting],
    recent=[recent.logged],
    confidential_mails={compose.DJANGO_KIND},
)
