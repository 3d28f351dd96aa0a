"""Personal data in the ledger: kept for a time, given to its owner, and forgotten."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from immunoportal import registry
from immunoportal.actors import User
from immunoportal.mail.ledger import Mail
from immunoportal.text import is_same_email

# What was delivered is kept as text for this time, for "did you get my mail?", then emptied.
KEEP_TEXT = timedelta(days=30)


def empty_old_texts() -> bool:
    """Empty the texts of mails that were delivered or given up long ago; the rest of the row
    stays.

    Returns:
        Whether there were any.
    """
    old = timezone.now() - KEEP_TEXT
    done = Mail.objects.filter(
        Q(state=Mail.State.SENT, sent_at__lt=old)
        | Q(state=Mail.State.FAILED, sent_at=None, queued_at__lt=old)
    )
    emptied = done.filter(emptied_at=None).update(content=b"", emptied_at=timezone.now())
    return emptied > 0


def forget(about: Iterable[str]) -> None:
    """Delete what is personal in the mails about something; their rows stay."""
    _empty(Mail.objects.filter(about__in=list(about)).exclude(about=""))


def mails_to(user: User) -> list[dict[str, str]]:
    """Return the mails to a user who asks for their data, those to an earlier email included.

    Their texts are left out, for they may hold links that let somebody in.
    """
    own = Q(pk__in=_to(user.email)) | Q(about=user.ledger_key)
    return [
        {
            "written": timezone.localtime(mail.created_at).isoformat(timespec="seconds"),
            "subject": mail.subject,
            "state": mail.state,
        }
        for mail in Mail.objects.filter(own)
        .exclude(kind__in=registry.internal_mails())
        .defer("content")
    ]


def forget_recipient(email: str) -> None:
    """Delete what is personal in all mails to an email address; their rows stay."""
    _empty(_to(email))


def _to(email: str) -> QuerySet[Mail]:
    """Return the mails to an email address, however its capitals are written."""
    likely = Mail.objects.filter(recipient__iexact=email).only("recipient")
    same = [mail.pk for mail in likely if is_same_email(mail.recipient, email)]
    return Mail.objects.filter(pk__in=same).defer("content")


def _empty(mails: QuerySet[Mail]) -> None:
    mails.update(content=b"", subject="", recipient="", error="", emptied_at=timezone.now())
