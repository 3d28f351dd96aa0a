"""Which passwords are good enough (NIST SP 800-63B-4, section 3.1.1): long ones that are not among
the first to be tried. No rules of composition, no expiry."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST, LONGEST = 15, 1000  # characters

# What somebody tries first on this site.
SITE_WORDS = (
    "immunoncologia", "immunooncologia", "immunoportal", "immunoterapia", "immunotherapy",
    "immunoncology", "immunooncology", "oncologia", "oncology", "effetti", "makevent", "tumore",
    "cancer", "password", "administrator", "admin", "milano",
)  # fmt: skip
LEFT_OVER = 8  # characters that must remain when those words, digits and signs are taken away
DISTINCT = 6  # characters
COMMON_FROM = 6  # letters; a shorter word makes no password of 15 characters common
SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp",
)  # fmt: skip


def normalized(password: str) -> str:
    """Return a password as one text however it is typed: "è" is one character or two.

    NFKC, as NIST SP 800-63B-4 recommends; what is longer than any password is left alone.
    """
    if len(password) > LONGEST:
        return password
    return unicodedata.normalize("NFKC", password)


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Refuses what is little more than the user's own name or email address, and says so."""

    def get_error_message(self) -> str:
        return _("It is too much like your name or your email address.")


class LengthValidator:
    """Asks for at least 15 characters, and at most 1000: nobody shall have us hash a book."""

    def validate(self, password: str, user: object = None) -> None:
        password = normalized(password)
        if len(password) < SHORTEST:
            raise ValidationError(
                _(
                    "Too short: %(length)d characters of at least %(shortest)d. Four or five "
                    "words that do not belong together are easy to remember."
                )
                % {"length": len(password), "shortest": SHORTEST},
                code="password_too_short",
            )
        if len(password) > LONGEST:
            raise ValidationError(
                _("Too long: a password may have up to %(longest)d characters.")
                % {"longest": LONGEST},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return _(
            "At least %(shortest)d characters. Four or five words that do not belong together "
            "make a good one; spaces are welcome, and so are password managers."
        ) % {"shortest": SHORTEST}


class PassphraseValidator:
    """Refuses what is long and yet among the first to be tried: the words of the site and of its
    user, a common password written twice, a walk over the keyboard."""

    def validate(self, password: str, user: object = None) -> None:
        if self.is_easily_guessed(normalized(password), words_of(user)):
            raise ValidationError(
                _(
                    "This is among the first that somebody would try here. Choose four or five "
                    "words that have nothing to do with each other, nor with this site."
                ),
                code="password_easily_guessed",
            )

    def get_help_text(self) -> str:
        return ""

    def is_easily_guessed(self, password: str, own_words: tuple[str, ...] = ()) -> bool:
        """Tell whether little is left of a password without what everybody would think of.

        Args:
            own_words: those of the user (``words_of``).
        """
        letters = re.sub(r"[\W\d_]+", "", password.casefold())
        compact = re.sub(r"\s+", "", password.casefold())
        if len(set(compact)) < DISTINCT:
            return True
        rest = letters
        for word in (*SITE_WORDS, *own_words):
            rest = rest.replace(word, "")
        if rest != letters and len(rest) < LEFT_OVER:
            return True
        if any(
            _longest_common(compact, walk) > len(compact) - LEFT_OVER
            for forward in SEQUENCES
            for walk in (forward, forward[::-1])
        ):
            return True
        return len(letters) >= COMMON_FROM and _unit_of(letters) in common_passwords()


def weight(error: ValidationError) -> int:
    """Return the rank of an error among what may be wrong with a password, the plainest first."""
    codes = ["password_too_short", "password_too_long", "password_too_similar"]
    return codes.index(error.code) if error.code in codes else len(codes)


def words_of(user: object) -> tuple[str, ...]:
    """Return what somebody who knows a user would try, in lower case and the longest first: names,
    and the parts of the email address."""
    texts = [getattr(user, name, "") for name in ("first_name", "last_name", "email")]
    words = re.split(r"[\W\d_]+", " ".join(text or "" for text in texts).casefold())
    return tuple(sorted({word for word in words if len(word) > 2}, key=len, reverse=True))


def _longest_common(text: str, walk: str) -> int:
    # Nobody's walk over the keyboard is longer than the keyboard.
    return SequenceMatcher(None, text[:200], walk, autojunk=False).find_longest_match().size


def _unit_of(text: str) -> str:
    """Return what is repeated to make a text: "ab" of "abab"; the text itself if nothing is."""
    position = (text + text).find(text, 1)
    return text[:position] if text else ""


@cache
def common_passwords() -> set[str]:
    """Return the 20,000 passwords of Django's list."""
    return CommonPasswordValidator().passwords
