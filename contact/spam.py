"""What makes a message suspicious. Pure: takes what is known, returns reasons.

No puzzle and no third party. A suspicious message is stored like any other and waits in the
spam folder; it is never thrown away, and its sender is told the same.
"""

import hashlib
import hmac
import re

from django.utils.translation import gettext_lazy as _

MAX_LINKS = 2
MIN_SECONDS = 3  # nobody reads, writes and sends a form in less
SHORT_TEXT = 60  # characters; two people may write the same in less
MAX_PER_HOUR = 5  # messages from one network

_LINK = re.compile(r"https?://(?:www\.)?|\bwww\.|\[url|<a\s", re.IGNORECASE)
# A text may name an email's host or a company's; a person's name has no host in it. The short
# ends are as many as there are countries; but names are abbreviated, as in "M.Bianchi", and
# Italian titles too, as in "Dott.ssa" and "Sig.ra".
_HOST = re.compile(
    r"\w\.(?:(?!(?:ssa|sse|ra|re|ri|na|mo|ma)\b)[a-z]{2,3}"
    r"|(?i:com|net|org|info|biz|it|ru|xyz|top|site|online|shop))\b"
)

REASONS = {
    "honeypot": _("the hidden field was filled in"),
    "speed": _("it was sent within three seconds"),
    "links": _("it has more than two links"),
    "name": _("there is a link in the name"),
    "rate": _("many messages came from one network within an hour"),
    "repetition": _("the same text was sent before"),
}


def reasons(
    *, honeypot: str, seconds: float, name: str, text: str, from_same_network: int, same_text: int
) -> list[str]:
    """Return the keys of ``REASONS`` that hold for a message.

    Args:
        honeypot: the value of the field that people do not see.
        seconds: that the form was open.
        name: of the sender, as typed.
        text: of the message.
        from_same_network: messages of the last hour from the same network.
        same_text: messages of the last days with the same text.
    """
    checks = {
        "honeypot": bool(honeypot.strip()),
        "speed": seconds < MIN_SECONDS,
        "links": len(_LINK.findall(text)) > MAX_LINKS,
        "name": bool(_LINK.search(name) or _HOST.search(name)),
        "rate": from_same_network >= MAX_PER_HOUR,
        # "Please call me back" may come from anybody.
        "repetition": same_text > 0 and len(text) >= SHORT_TEXT,
    }
    return [reason for reason, holds in checks.items() if holds]


def fingerprint(text: str) -> str:
    """Return a SHA-256 of a text's words: spacing and capitals do not hide a repetition."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def keyed(value: str, key: str) -> str:
    """Return an HMAC-SHA-256: it tells whether two values are the same, not what they are."""
    return hmac.new(key.encode(), value.encode(), "sha256").hexdigest()
