"""Hand mails over to the mail server.

Delivery is at least once: when a worker is killed between the server's "250" and its own commit,
that one mail is delivered again, with the same ``Message-ID``. While a worker lives, nobody else
delivers what it has in hand (``claims``).
"""

import logging
import random
import smtplib
import ssl
import time
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from immunoportal.claims import claim
from immunoportal.environment import MailServer
from immunoportal.mail.compose import ascii_email
from immunoportal.mail.ledger import Mail, MailQuerySet
from immunoportal.text import clean_line

logger = logging.getLogger(__name__)

# After a failure a mail is tried again after these seconds, doubled each time up to the
# longest, for two days. Short, so that a server that comes back is soon used again.
FIRST_DELAY, LONGEST_DELAY = 10, 300
GIVE_UP_AFTER = timedelta(days=2)
# So many conversations at a time: a server that hangs in one holds up no other.
THREADS = 4
TIMEOUT = 20  # seconds that one step of the conversation with the server may take
# What follows the last dot: a server may look through the mail first (RFC 5321, 4.5.3.2.6).
# To hang up sooner would have it deliver the mail, and us send it again.
ACCEPT_TIMEOUT = 300
STORE_AGAIN_AFTER = 2  # seconds, where the database cannot store a delivery


class Refused(Exception):
    """The server refuses this mail for good: another try is useless."""


def deliver_next() -> bool:
    """Deliver one mail that is due.

    Returns:
        Whether there was one.
    """
    server: MailServer | None = settings.MAIL_SERVER
    if not server:
        return show_next()
    with claim(Mail.objects.due()) as mail:
        if mail is not None:
            _deliver(mail, server)
        return mail is not None


def _deliver(mail: Mail, server: MailServer) -> None:
    """Try once to deliver a mail, and store the outcome."""
    try:
        _hand_over(mail, server)
    except Refused as error:
        _note_failure(mail, str(error), final=True)
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        _note_failure(mail, _readable(error))
    except Exception as error:
        # A row that nothing can be done with must not be taken again and again.
        logger.exception("The mail %s cannot be delivered.", mail.pk)
        _note_failure(mail, f"{type(error).__name__}: {error}")
    else:
        _note_success(mail)


def _note_success(mail: Mail) -> None:
    """Store that a mail is delivered, however long the database is locked or away.

    Until then the mail stays in hand: whoever took it again would deliver it again.
    """
    now = timezone.now()
    while True:
        try:
            Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENT, sent_at=now, error="")
            # The server can be reached again: what waits for that need not wait any longer.
            # What it answered with a code, such as "451 try later", keeps its time.
            waiting = Mail.objects.filter(state=Mail.State.RETRYING, next_attempt_at__gt=now)
            waiting.unclaimed().exclude(error__regex=r"^[0-9]{3} ").update(next_attempt_at=now)
            return
        except (OperationalError, InterfaceError):
            logger.exception("That the mail %s is delivered cannot be stored yet.", mail.pk)
            time.sleep(STORE_AGAIN_AFTER)
            close_old_connections()


def _hand_over(mail: Mail, server: MailServer) -> None:
    """Hold one conversation with the mail server (RFC 5321).

    Raises:
        Refused: a 5xx answer to this recipient or this content.
        OSError, smtplib.SMTPException: anything that may be better later.
    """
    secure = ssl.create_default_context()
    session: smtplib.SMTP
    if server["ssl"]:
        session = smtplib.SMTP_SSL(server["host"], server["port"], timeout=TIMEOUT, context=secure)
    else:
        session = smtplib.SMTP(server["host"], server["port"], timeout=TIMEOUT)
    try:
        if server["tls"]:
            session.starttls(context=secure)
        if server["user"]:
            session.login(server["user"], server["password"])
        recipient = ascii_email(mail.recipient)
        session.ehlo_or_helo_if_needed()
        code, answer = session.mail(settings.MAIL_SENDER)
        if code != 250:
            # Says something about us and the server, not about this mail.
            raise smtplib.SMTPResponseException(code, answer)
        code, answer = session.rcpt(recipient)
        if code not in (250, 251):
            raise _refusal(code, answer)
        _wait_for(session, ACCEPT_TIMEOUT)
        try:
            code, answer = session.data(bytes(mail.content))
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        if code != 250:
            raise _refusal(code, answer)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            _wait_for(session, TIMEOUT)
            session.quit()


def _wait_for(session: smtplib.SMTP, seconds: float) -> None:
    if session.sock is None:
        raise smtplib.SMTPServerDisconnected("the server has hung up")
    session.sock.settimeout(seconds)


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
    """Store why a mail failed, and when it is tried again or that it is given up."""
    now = timezone.now()
    # The two days begin with the first failure, not while there was nobody to try.
    since = now if mail.state == Mail.State.QUEUED else mail.queued_at
    final = final or now - since > GIVE_UP_AFTER
    delay = min(FIRST_DELAY * 2 ** min(mail.attempts - 1, 10), LONGEST_DELAY)
    delay *= random.uniform(0.8, 1.2)  # noqa: S311  so that a queue does not march in step
    Mail.objects.claimed(mail).update(
        state=Mail.State.FAILED if final else Mail.State.RETRYING,
        error=clean_line(reason)[:500],
        queued_at=since,
        next_attempt_at=now + timedelta(seconds=delay),
    )
    if final:
        logger.error("The mail %s to %s is given up: %s", mail.pk, mail.recipient, reason)
    else:
        logger.warning("The mail %s is tried again in %d s: %s", mail.pk, delay, reason)


def show_next() -> bool:
    """Show a mail in the console, once, for want of a mail server. It stays queued.

    Returns:
        Whether there was one to show.
    """
    waiting = Mail.objects.filter(state=Mail.State.QUEUED, shown_at=None).exclude(content=b"")
    mail = waiting.order_by("pk").first()
    if mail is None:
        return False
    # Another thread may have been faster.
    if Mail.objects.filter(pk=mail.pk, shown_at=None).update(shown_at=timezone.now()):
        logger.info(
            "No mail server is set (EMAIL_URL): this mail stays in the ledger.\n%s", mail.as_text()
        )
    return True


def resend(mails: MailQuerySet) -> int:
    """Queue mails of a queryset anew, with two more days to be delivered.

    Returns:
        How many; those whose text has been emptied or that are under way cannot be sent again.
    """
    now = timezone.now()
    return (
        mails.exclude(content=b"")
        .unclaimed()
        .update(
            state=Mail.State.QUEUED,
            attempts=0,
            queued_at=now,
            next_attempt_at=now,
            claimed_by=None,
            shown_at=None,
            sent_at=None,
            # Should it fail again, that is news.
            dismissed_at=None,
            error="",
        )
    )
