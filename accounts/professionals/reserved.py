"""What an approved registration is worth."""

from accounts.models import Registration

# Of the articles app: may read what is reserved for health professionals.
READ_RESERVED = "articles.read_reserved"


def is_approved(user) -> bool:
    """Return whether a user's registration is approved; the database is asked once a request."""
    if not user.is_authenticated:
        return False
    if not hasattr(user, "_is_approved"):
        user._is_approved = Registration.objects.filter(
            user=user, state=Registration.State.APPROVED
        ).exists()
    return user._is_approved
