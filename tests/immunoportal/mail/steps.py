"""What a test does with mails, and reads in them."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from django.utils import timezone

from immunoportal.mail import delivery
from immunoportal.mail.ledger import Mail

TEMPLATE = "immunoportal/mail/test"


def decoded(row: Mail) -> EmailMessage:
    return message_from_bytes(bytes(row.content), policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def deliver_all() -> int:
    """Deliver what is due, as the worker would; how many tries that took."""
    tries = 0
    while delivery.deliver_next():
        tries += 1
        assert tries < 100
    return tries


def hurry() -> None:
    """Let the time pass until everything is due."""
    Mail.objects.update(next_attempt_at=timezone.now())


def states() -> dict[str, str]:
    return dict(Mail.objects.values_list("recipient", "state"))
