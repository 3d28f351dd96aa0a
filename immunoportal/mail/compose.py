"""Write mails into the ledger: the site's own from templates, and those that Django sends."""

import logging
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation

from immunoportal.mail.ledger import Mail
from immunoportal.text import clean_line

logger = logging.getLogger(__name__)

# The kind of mails that Django sends: nobody knows what is in them.
DJANGO_KIND = "django"


def send(
    template: str,
    context: dict,
    *,
    to: Iterable[str],
    language: str,
    reply_to: str = "",
    kind: str = "",
    about: str = "",
) -> list[Mail]:
    """Render a mail and put it into the ledger, one row a recipient.

    Args:
        template: the stem of ``…_subject.txt``, ``….txt`` and ``….html``.
        context: for the templates.
        to: email addresses; each gets a mail of its own and sees no other.
        language: of the recipient; the templates are rendered in it.
        reply_to: where answers go, if not to the sender.
        kind: what the mail is, for the ledger's filter; the template's name if empty.
        about: what the mail is about, such as a message's number, for ``forget``.

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
            about=about,
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
    about: str = "",
) -> Mail:
    """Put one mail to one recipient into the ledger; see ``send``."""
    mail = Mail(
        kind=kind[:50],
        about=about[:40],
        recipient=clean_line(recipient)[:254],
        subject=harmless(clean_line(subject))[:200],
    )
    try:
        if not recipient:
            raise ValueError("no recipient is set")
        if len(recipient) > 254:
            raise ValueError("the email address is too long")
        # In seven bits, so that a server without 8BITMIME takes it too.
        message = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
        message["Subject"] = mail.subject
        message["From"] = settings.DEFAULT_FROM_EMAIL
        message["To"] = ascii_email(recipient)
        if reply_to and harmless(reply_to) == reply_to:
            # One that cannot stand in a header must not keep the mail from going.
            with suppress(UnicodeError):
                message["Reply-To"] = ascii_email(reply_to)
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
        # The library answers odd recipients with whatever fails first, AttributeError included.
        mail.state = Mail.State.FAILED
        mail.error = clean_line(f"It could not be written as a mail: {error}")[:500]
        logger.exception("A mail to %s could not be written.", mail.recipient)
    mail.save()
    return mail


def harmless(line: str) -> str:
    """Return a line with its "encoded words" (RFC 2047) broken up.

    The library would decode them, and what comes out may hold line breaks and so forged headers.
    """
    return line.replace("=?", "= ?")


def ascii_email(email: str) -> str:
    """Return an email address with its domain as mail servers know it: ``info@città.it`` gives
    ``info@xn--citt-3na.it`` (RFC 3490).

    Raises:
        UnicodeError: the domain cannot be written so.
    """
    name, at, domain = email.rpartition("@")
    return f"{name}{at}{domain.encode('idna').decode()}" if at else email


class LedgerBackend(BaseEmailBackend):
    """Puts the mails that Django sends (``send_mail`` and what builds on it) into the ledger,
    whole, with their headers and attachments."""

    def send_messages(self, email_messages: Sequence) -> int:
        for message in email_messages:
            message.subject = clean_line(message.subject)
            message.extra_headers.setdefault("Auto-Submitted", "auto-generated")
            content = re.sub(rb"\r?\n", b"\r\n", message.message().as_bytes())
            Mail.objects.bulk_create(
                Mail(
                    kind=DJANGO_KIND,
                    recipient=recipient[:254],
                    subject=message.subject[:200],
                    content=content,
                )
                for recipient in dict.fromkeys(message.recipients())
            )
        return len(email_messages)
