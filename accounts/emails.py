"""Email addresses as log-ins: one way to write each, so that none looks like another's.

Pure: takes text, returns text.
"""

import re
import unicodedata

LONGEST = 254  # RFC 5321, 4.5.3.1.3 less the angle brackets
# Mapping a domain takes time by the square of a length that somebody else chooses.
LONGEST_MAPPED = 320


def canonical(address: str) -> str:
    """The one way in which an address is kept: in lower case, the domain as mail servers know it.

    The part before the @ stays what it is but for ASCII capitals: lower-casing more of Unicode
    would make of ``K`` (the Kelvin sign) a ``k``, and so of one address another. A domain is
    mapped as RFC 3490 says, so ``città.it`` is ``xn--citt-3na.it``, and full-width letters are
    the plain ones, as they are for every mail server.

    What cannot be an address comes back as it is, to be refused by whoever asked for one.
    """
    address = address.strip()
    name, at, domain = address.rpartition("@")
    if not at or len(address) > LONGEST_MAPPED:
        return address
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        pass
    else:
        domain = domain.lower()
    return f"{_ascii_lower(name)}@{domain}"


def is_plain(address: str) -> bool:
    """Whether a canonical address is made of what any mail server takes: visible ASCII."""
    return re.fullmatch(r"[!-~]+", address) is not None


def is_plausible(text: str) -> bool:
    """Whether a text may be meant as an address; it need not be one."""
    name, at, domain = text.strip().rpartition("@")
    controls = any(unicodedata.category(character) == "Cc" for character in text.strip())
    return bool(name and at and domain) and len(text) <= LONGEST and not controls


def _ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)
