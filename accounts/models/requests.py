"""What users have asked for and is not done yet."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class ResetRequest(models.Model):
    """A request for a new password, with an email address that may be nobody's.

    The page writes this row and nothing else, so that its answer takes the same time for any
    email address; the worker finds out whose it is (``accounts.resets``) and deletes the row.
    """

    email = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.email


class EmailChange(models.Model):
    """A change of an email address, made once the old and the new one have confirmed it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_change"
    )
    new_email = models.EmailField()
    old_confirmed_at = models.DateTimeField(null=True)
    new_confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user.email} → {self.new_email}"
