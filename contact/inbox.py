"""The verbs of the inbox: what is acknowledged is stored, and what is stored is delivered."""

import hashlib
import secrets
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from contact import spam
from contact.models import ContactSettings, Message, Publisher, Subject
from immunoportal import audit, mail
from immunoportal.actors import User
from immunoportal.network import household
from immunoportal.registry import Alert, Waiting
from immunoportal.text import is_same_email

# Without letters and digits that look alike when somebody reads them over the telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

NETWORK_KEPT = timedelta(days=1)
REPETITION_WITHIN = timedelta(days=7)
# From one network in an hour; more is not even taken.
TOO_MANY = 30


class TooMany(Exception):
    """Nothing more is taken from this network for now."""


@transaction.atomic
def receive(
    *,
    name: str,
    email: str,
    subject: Subject | None,
    text: str,
    language: str,
    network: str,
    nonce: str,
    seconds: float,
    honeypot: str = "",
    send_copy: bool = False,
) -> Message:
    """Store a message and queue its mails, in one transaction.

    The same form sent twice (a double click, a reload) returns the message that is stored.

    Args:
        network: the network address of the sender; only an HMAC of it is kept, for a day.
        nonce: of the form's stamp.
        seconds: that the form was open.

    Raises:
        TooMany: this network has sent too many within an hour.
    """
    now = timezone.now()
    submission = hashlib.sha256(f"{nonce}\n{email}\n{name}\n{text}".encode()).hexdigest()
    known = Message.objects.filter(submission=submission).first()
    if known:
        return known
    sender = spam.keyed(household(network), settings.SECRET_KEY)
    from_same_network = Message.objects.filter(
        network=sender, created_at__gt=now - timedelta(hours=1)
    ).count()
    if from_same_network >= TOO_MANY:
        raise TooMany
    fingerprint = spam.fingerprint(text)
    suspicions = spam.reasons(
        honeypot=honeypot,
        seconds=seconds,
        name=name,
        text=text,
        from_same_network=from_same_network,
        same_text=Message.objects.filter(
            fingerprint=fingerprint, created_at__gt=now - REPETITION_WITHIN
        ).count(),
    )
    message = Message(
        number=new_number(),
        submission=submission,
        created_at=now,
        language=language,
        name=name,
        email=email,
        subject=subject,
        subject_name=subject.name if subject else "",
        text=text,
        network=sender,
        fingerprint=fingerprint,
        suspicions=suspicions,
        state=Message.State.SPAM if suspicions else Message.State.NEW,
    )
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError:
        # The other half of a double click was faster; or, once in a trillion, the number is
        # taken, and then the visitor is asked to send again.
        known = Message.objects.filter(submission=submission).first()
        if known is None:
            raise
        return known
    if not suspicions:
        deliver(message, send_copy=send_copy and ContactSettings.get().offer_copy)
    return message


def deliver(message: Message, *, send_copy: bool = False) -> None:
    """Queue a message for the publisher, and a copy for its sender where one is wanted."""
    contact_settings = ContactSettings.get()
    language = contact_settings.recipients_language
    recipients = [*settings.CONTACT_RECIPIENTS, *contact_settings.recipient_list]
    topic = getattr(message.subject, f"name_{language}", "") or message.subject_name
    mail.send(
        "contact/mail/message",
        {"message": message, "topic": topic},
        # A portal that nobody has configured yet still has a publisher. Without the
        # publisher's email the mail is given up at once, which raises an alert, as it should.
        to=recipients or [Publisher.get().email],
        language=language,
        reply_to=message.email,
        about=message.number,
    )
    Message.objects.filter(pk=message.pk).update(delivered_at=timezone.now())
    if send_copy:
        mail.send(
            "contact/mail/copy",
            {"message": message},
            to=[message.email],
            language=message.language,
            about=message.number,
        )


@transaction.atomic
def not_spam(message: Message) -> bool:
    """Take a message out of the spam folder, and deliver it unless that was done before.

    Returns:
        Whether it is delivered now.
    """
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != Message.State.SPAM:
        return False
    message.state = Message.State.NEW
    message.save(update_fields=["state"])
    if message.emptied_at or message.delivered_at:
        return False
    deliver(message)
    return True


def new_number() -> str:
    """Return a number to quote, such as "K7QX-93PM": random, so that it tells nothing."""
    letters = "".join(secrets.choice(_ALPHABET) for _position in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def empty_old_messages() -> bool:
    """Delete what is personal in messages that have been kept long enough.

    What stays, for statistics: number, date, language, subject, state, suspicions.

    Returns:
        Whether there were any.
    """
    now = timezone.now()
    # What is not empty is greater than it: that is found in an index.
    known = Message.objects.filter(network__gt="", created_at__lt=now - NETWORK_KEPT)
    known.update(network="")
    months = ContactSettings.get().retention_months
    old = Message.objects.filter(emptied_at=None, created_at__lt=_months_before(now, months))
    with transaction.atomic():
        mail.forget(old.values_list("number", flat=True))
        emptied = old.update(
            name="", email="", text="", note="", fingerprint="", network="", emptied_at=now
        )
    return emptied > 0


def forget_mails(sender: type[Message], instance: Message, **kwargs: Any) -> None:
    """Delete the mails about a message when it is deleted; connected to ``post_delete``."""
    mail.forget([instance.number])
    audit.record(audit.Act.ERASED, about=instance)


def messages_of(user: User) -> list[dict[str, str]]:
    """Return the messages written with the email of a user who asks for their data."""
    return [
        {
            "number": message.number,
            "received": timezone.localtime(message.created_at).isoformat(timespec="seconds"),
            "name": message.name,
            "subject": message.subject_name,
            "text": message.text,
        }
        for message in Message.objects.filter(email__iexact=user.email)
        if is_same_email(message.email, user.email)
    ]


def alerts(user: User) -> list[Alert]:
    """Return an alert about messages in the spam folder, for users who see the inbox."""
    if not user.has_perm("contact.view_message"):
        return []
    waiting = Message.objects.filter(state=Message.State.SPAM, emptied_at=None).count()
    if not waiting:
        return []
    text = ngettext(
        "%(count)d message in the spam folder: a look now and then keeps a real one from waiting.",
        "%(count)d messages in the spam folder: a look now and then keeps a real one from waiting.",
        waiting,
    )
    url = reverse("admin:contact_message_changelist")
    return [Alert(text % {"count": waiting}, f"{url}?state={Message.State.SPAM}")]


def waiting(user: User) -> list[Waiting]:
    """Return how many messages nobody has taken up, to users who may answer them."""
    if not user.has_perms(["contact.view_message", "contact.change_message"]):
        return []
    count = Message.objects.filter(state=Message.State.NEW).count()
    text = ngettext("new message", "new messages", count)
    url = reverse("admin:contact_message_changelist")
    return [Waiting(count, text, f"{url}?state={Message.State.NEW}")]


def _months_before(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 - months, 12)
    year, month = max(moment.year + years, 1), month + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
