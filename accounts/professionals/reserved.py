"""What is reserved for health professionals: who may read it."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import Registration, User

# Of the articles app: may read what is reserved for health professionals.
READ_RESERVED = "articles.read_reserved"


def is_approved(user: User | AnonymousUser) -> bool:
    """Tell whether a user's registration is approved; the database is asked once a request."""
    if not user.is_authenticated:
        return False
    if user.known_as_approved is None:
        user.known_as_approved = Registration.objects.filter(
            user=user, state=Registration.State.APPROVED
        ).exists()
    return user.known_as_approved
