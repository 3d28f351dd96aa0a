"""What a user has asked for and is still going on."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class ResetRequest(models.Model):
    """That somebody asked for a new password, at an address that may belong to nobody.

    The request only writes this row, whatever the address, so its answer takes the same time
    for all; the worker looks whose it is (``accounts.resets``) and deletes the row.
    """

    address = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.address


class EmailChange(models.Model):
    """A change of address that is made once both addresses have confirmed it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_change"
    )
    new_email = models.EmailField()
    old_confirmed_at = models.DateTimeField(null=True)
    new_confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user.email} → {self.new_email}"
