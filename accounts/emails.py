"""Email addresses as log-ins: one way to write each, so that none looks like another's.

Pure: takes text, returns text.
"""

import re
import unicodedata

LONGEST = 254  # RFC 5321, 4.5.3.1.3 less the angle brackets
# Mapping a domain takes time by the square of a length that somebody else chooses.
LONGEST_MAPPED = 320


def canonical(email: str) -> str:
    """Return the one way to write an email address: in lower case, its domain as servers know it.

    The part before the @ stays what it is but for ASCII capitals: lower-casing more of Unicode
    would make of ``K`` (the Kelvin sign) a ``k``, and so of one email address another. A domain
    is mapped as RFC 3490 says, so ``città.it`` is ``xn--citt-3na.it``, and full-width letters
    are the plain ones, as they are for every mail server.

    What cannot be an email address comes back without its outer blanks, to be refused by
    whoever asked for one.
    """
    email = email.strip()
    name, at, domain = email.rpartition("@")
    if not at or len(email) > LONGEST_MAPPED:
        return email
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        pass
    else:
        domain = domain.lower()
    return f"{_ascii_lower(name)}@{domain}"


def is_plain(email: str) -> bool:
    """Tell whether a canonical email address is made of what any mail server takes: visible
    ASCII."""
    return re.fullmatch(r"[!-~]+", email) is not None


def is_plausible(text: str) -> bool:
    """Tell whether a text may be meant as an email address; it need not be one."""
    name, at, domain = text.strip().rpartition("@")
    controls = any(unicodedata.category(character) == "Cc" for character in text.strip())
    return bool(name and at and domain) and len(text) <= LONGEST and not controls


def _ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)
