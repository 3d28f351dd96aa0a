"""The mail ledger: every mail that the site sends is a row first.

``send`` renders a mail and stores it, in the transaction that caused it; the worker delivers
it (``deliver_next``). So no request waits for a mail server, and what was promised is kept
when the server, the network or this machine fails. docs/decisions/0007-mail-ledger.md says
why this is ours and not a package.

Delivery is at least once: a worker that is killed between the server's "250" and its own
commit delivers that one mail again, with the same ``Message-ID``.
"""

import logging
import random
import re
import smtplib
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from immunoportal.models import Mail
from immunoportal.text import clean_line, is_same_address

logger = logging.getLogger(__name__)

# After a failure a mail is tried again after these seconds, doubled each time up to the
# longest, for two days. Short, so that a server that comes back is soon used again.
FIRST_DELAY, LONGEST_DELAY = 10, 300
GIVE_UP_AFTER = timedelta(days=2)
# Longer than a delivery can take (a handful of commands, each with TIMEOUT).
CLAIM = timedelta(minutes=15)
TIMEOUT = 20  # seconds that one step of the conversation with the server may take
# What follows the last dot: a server may look through the mail first (RFC 5321, 4.5.3.2.6).
# To hang up sooner would have it deliver the mail, and us send it again.
ACCEPT_TIMEOUT = 300
# A mail that still waits after this time means that no worker is running.
LATE = timedelta(minutes=15)
# What was delivered is kept as text for this time, for "did you get my mail?", then emptied.
KEEP_TEXT = timedelta(days=30)
# Mails with a link that lets somebody in: their text is for superusers only. Apps add theirs.
CONFIDENTIAL_KINDS = {"django"}
# Mails about a user that go to somebody else. Apps add theirs.
INTERNAL_KINDS: set[str] = set()


def send(
    template: str,
    context: dict,
    *,
    to: Iterable[str],
    language: str,
    reply_to: str = "",
    kind: str = "",
    reference: str = "",
) -> list[Mail]:
    """Render a mail and put it into the ledger, one row a recipient.

    Args:
        template: the stem of ``…_subject.txt``, ``….txt`` and ``….html``.
        context: for the templates.
        to: addresses; each gets a mail of its own and sees no other.
        language: of the recipient; the templates are rendered in it.
        reply_to: where answers go, if not to the sender.
        kind: what the mail is, for the ledger's filter; the template's name if empty.
        reference: of what the mail is about, for ``forget``.

    Returns:
        The stored rows. One that could not be written as a mail is stored as given up, with
        the reason: it must not undo what caused it, nor hold up other mails.
    """
    with translation.override(language):
        context = {"SITE_URL": settings.SITE_URL, "language": language, **context}
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        text = render_to_string(f"{template}.txt", context).strip() + "\n"
        html = render_to_string(f"{template}.html", context)
    kind = kind or template.rpartition("/")[2]
    return [
        store(
            recipient,
            subject,
            text,
            html=html,
            reply_to=reply_to,
            kind=kind,
            reference=reference,
        )
        for recipient in dict.fromkeys(to)
    ]


def store(
    recipient: str,
    subject: str,
    text: str,
    *,
    html: str = "",
    reply_to: str = "",
    kind: str = "",
    reference: str = "",
) -> Mail:
    """Put one mail to one recipient into the ledger; see ``send``."""
    mail = Mail(
        kind=kind[:50],
        reference=reference[:40],
        recipient=clean_line(recipient)[:254],
        subject=harmless(clean_line(subject))[:200],
    )
    try:
        if not recipient:
            raise ValueError("no recipient is set")
        if len(recipient) > 254:
            raise ValueError("the address is too long")
        # In seven bits, so that a server without 8BITMIME takes it too.
        message = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
        message["Subject"] = mail.subject
        message["From"] = settings.DEFAULT_FROM_EMAIL
        message["To"] = ascii_address(recipient)
        if reply_to and harmless(reply_to) == reply_to:
            # An address that cannot stand in a header must not keep the mail from going.
            with suppress(UnicodeError):
                message["Reply-To"] = ascii_address(reply_to)
        message["Date"] = format_datetime(timezone.localtime())
        message["Message-ID"] = make_msgid(domain=urlsplit(settings.SITE_URL).hostname)
        # RFC 3834: nobody's holiday answer shall answer a machine.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        content = message.as_bytes()
        if message_from_bytes(content).keys() != message.keys():
            raise ValueError("a header has become another one")
        mail.content = content
    except Exception as error:
        # The library answers odd addresses with whatever fails first, AttributeError included.
        mail.state = Mail.State.FAILED
        mail.error = clean_line(f"It could not be written as a mail: {error}")[:500]
        logger.exception("A mail to %s could not be written.", mail.recipient)
    mail.save()
    return mail


def harmless(line: str) -> str:
    """A line in which nothing is an "encoded word" (RFC 2047): the library would decode it,
    and what comes out may hold line breaks, and so headers of somebody else's making."""
    return line.replace("=?", "= ?")


def ascii_address(address: str) -> str:
    """An address with its domain as mail servers know it: ``info@città.it`` gives
    ``info@xn--citt-3na.it`` (RFC 3490).

    Raises:
        UnicodeError: the domain cannot be written so.
    """
    name, at, domain = address.rpartition("@")
    return f"{name}{at}{domain.encode('idna').decode()}" if at else address


class LedgerBackend(BaseEmailBackend):
    """Django's own mails (``send_mail`` and what builds on it) go into the ledger too, whole:
    with their headers and attachments."""

    def send_messages(self, email_messages: Sequence) -> int:
        for message in email_messages:
            message.subject = clean_line(message.subject)
            message.extra_headers.setdefault("Auto-Submitted", "auto-generated")
            content = re.sub(rb"\r?\n", b"\r\n", message.message().as_bytes())
            Mail.objects.bulk_create(
                Mail(
                    kind="django",
                    recipient=recipient[:254],
                    subject=message.subject[:200],
                    content=content,
                )
                for recipient in dict.fromkeys(message.recipients())
            )
        return len(email_messages)


# Delivery


class Refused(Exception):
    """The server does not want this mail, and will not: another try is useless."""


def deliver_next() -> bool:
    """Deliver one mail that is due.

    Returns:
        Whether there was one.
    """
    if not settings.MAIL_SERVER:
        return show_next()
    mail = _claim()
    if mail is None:
        return False
    try:
        _hand_over(mail)
    except Refused as error:
        _note_failure(mail, str(error), final=True)
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        _note_failure(mail, _readable(error))
    except Exception as error:
        # A row that nothing can be done with must not be taken again and again.
        logger.exception("The mail %s cannot be delivered.", mail.pk)
        _note_failure(mail, f"{type(error).__name__}: {error}")
    else:
        Mail.objects.filter(pk=mail.pk).update(
            state=Mail.State.SENT, sent_at=timezone.now(), claimed_until=None, error=""
        )
        # The server can be reached again: what waits for that need not wait any longer.
        # What it answered with a code, such as "451 try later", keeps its time.
        unreached = Mail.objects.filter(state=Mail.State.RETRYING, claimed_until=None)
        unreached.exclude(error__regex=r"^[0-9]{3} ").update(next_attempt_at=timezone.now())
    return True


@transaction.atomic
def _claim() -> Mail | None:
    """The next mail that is due, which no other worker will take meanwhile."""
    due = Mail.objects.due()
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    mail = due.first()
    if mail is not None:
        mail.claimed_until = timezone.now() + CLAIM
        if not mail.attempts:
            # The two days begin with the first try, not while there was nobody to make it.
            mail.queued_at = timezone.now()
        mail.attempts += 1
        mail.save(update_fields=["claimed_until", "attempts", "queued_at"])
    return mail


def _hand_over(mail: Mail) -> None:
    """One conversation with the mail server (RFC 5321).

    Raises:
        Refused: a 5xx answer to this recipient or this content.
        OSError, smtplib.SMTPException: anything that may be better later.
    """
    server = settings.MAIL_SERVER
    secure = ssl.create_default_context()
    if server["ssl"]:
        session = smtplib.SMTP_SSL(server["host"], server["port"], timeout=TIMEOUT, context=secure)
    else:
        session = smtplib.SMTP(server["host"], server["port"], timeout=TIMEOUT)
    try:
        if server["tls"]:
            session.starttls(context=secure)
        if server["user"]:
            session.login(server["user"], server["password"])
        recipient = ascii_address(mail.recipient)
        session.ehlo_or_helo_if_needed()
        code, answer = session.mail(settings.MAIL_SENDER)
        if code != 250:
            # Says something about us and the server, not about this mail.
            raise smtplib.SMTPResponseException(code, answer)
        code, answer = session.rcpt(recipient)
        if code not in (250, 251):
            raise _refusal(code, answer)
        session.sock.settimeout(ACCEPT_TIMEOUT)
        try:
            code, answer = session.data(bytes(mail.content))
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        if code != 250:
            raise _refusal(code, answer)
    finally:
        with suppress(OSError, smtplib.SMTPException, AttributeError):
            session.sock.settimeout(TIMEOUT)
            session.quit()


def _refusal(code: int, answer: bytes | str) -> Exception:
    error = smtplib.SMTPResponseException(code, answer)
    return Refused(_readable(error)) if code >= 500 else error


def _readable(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
        return f"{error.smtp_code} {text}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _note_failure(mail: Mail, reason: str, *, final: bool = False) -> None:
    """Write down why it failed, and when it is tried again or that it is given up."""
    now = timezone.now()
    # Since it was queued or an editor asked for it again.
    final = final or now - mail.queued_at > GIVE_UP_AFTER
    delay = min(FIRST_DELAY * 2 ** min(mail.attempts - 1, 10), LONGEST_DELAY)
    delay *= random.uniform(0.8, 1.2)  # noqa: S311  so that a queue does not march in step
    Mail.objects.filter(pk=mail.pk).update(
        state=Mail.State.FAILED if final else Mail.State.RETRYING,
        error=clean_line(reason)[:500],
        next_attempt_at=now + timedelta(seconds=delay),
        claimed_until=None,
    )
    if final:
        logger.error("The mail %s to %s is given up: %s", mail.pk, mail.recipient, reason)
    else:
        logger.warning("The mail %s is tried again in %d s: %s", mail.pk, delay, reason)


def show_next() -> bool:
    """Without a mail server: show a mail in the console, once. It stays queued.

    Returns:
        Whether there was one to show.
    """
    waiting = Mail.objects.filter(state=Mail.State.QUEUED, shown_at=None).exclude(content=b"")
    mail = waiting.order_by("pk").first()
    if mail is None:
        return False
    Mail.objects.filter(pk=mail.pk).update(shown_at=timezone.now())
    logger.info(
        "No mail server is set (EMAIL_URL): this mail stays in the ledger.\n%s", mail.as_text()
    )
    return True


def resend(mails) -> int:
    """Queue mails of a queryset anew, with two more days to be delivered.

    Returns:
        How many; those whose text has been emptied cannot be sent again.
    """
    now = timezone.now()
    return (
        mails.exclude(content=b"")
        .filter(claimed_until=None)
        .update(
            state=Mail.State.QUEUED,
            attempts=0,
            queued_at=now,
            next_attempt_at=now,
            shown_at=None,
            sent_at=None,
            # Should it fail again, that is news.
            dismissed_at=None,
            error="",
        )
    )


def empty_old_texts() -> bool:
    """Empty the texts of mails that were delivered or given up long ago; the rest of the row
    stays.

    Returns:
        Whether there were any.
    """
    old = timezone.now() - KEEP_TEXT
    done = Mail.objects.filter(
        Q(state=Mail.State.SENT, sent_at__lt=old) | Q(state=Mail.State.FAILED, queued_at__lt=old)
    )
    return done.exclude(content=b"").update(content=b"") > 0


def forget(references: Iterable[str]) -> None:
    """Delete what is personal in the mails about something; their rows stay, without a name."""
    _empty(Mail.objects.filter(reference__in=list(references)).exclude(reference=""))


def mails_to(user) -> list[dict]:
    """The mails to a user, also those to an earlier address, for whoever asks for their data;
    links in them are not repeated."""
    own = Q(pk__in=_to(user.email)) | Q(reference=user.mail_reference)
    return [
        {
            "written": timezone.localtime(mail.created_at).isoformat(timespec="seconds"),
            "subject": mail.subject,
            "state": mail.state,
        }
        for mail in Mail.objects.filter(own).exclude(kind__in=INTERNAL_KINDS).defer("content")
    ]


def forget_recipient(address: str) -> None:
    """Delete what is personal in all mails to an address, likewise."""
    _empty(_to(address))


def _to(address: str):
    """The mails to an address, however its capitals are written."""
    likely = Mail.objects.filter(recipient__iexact=address).only("recipient")
    same = [mail.pk for mail in likely if is_same_address(mail.recipient, address)]
    return Mail.objects.filter(pk__in=same).defer("content")


def _empty(mails) -> None:
    mails.update(content=b"", subject="", recipient="", error="")


def condition() -> dict[str, int]:
    """How the ledger stands: the number of mails ``given_up`` and ``late``."""
    late = Mail.objects.due(timezone.now() - LATE) if settings.MAIL_SERVER else Mail.objects.none()
    return {
        "given_up": Mail.objects.filter(state=Mail.State.FAILED, dismissed_at=None).count(),
        "late": late.count(),
    }
