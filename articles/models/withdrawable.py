"""Entries of a library: files that never change, and may have to go for good when somebody
withdraws their consent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from immunoportal.actors import ActorField

# The permission to have pictures and files withdrawn for good.
WITHDRAW = "articles.withdraw_file"


class WithdrawableModel(models.Model):
    """An entry with files, of which the row alone stays once they are withdrawn.

    Editions name the row for ever (``editions``), so it tells who withdrew its files, when and
    why; its place on every page says that it has been withdrawn.
    """

    title: models.CharField
    # SHA-256 of the file that was uploaded; also what names and addresses are made of.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawn_by = ActorField(_("withdrawn by"), editable=False)
    withdrawn_by_shown: str
    withdrawal_reason = models.CharField(
        _("reason for the withdrawal"), max_length=300, blank=True, editable=False
    )
    # The files that are still to be deleted: pairs of a storage's alias and a name.
    doomed_files = models.JSONField(default=list, editable=False)

    class Meta:
        abstract = True
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(withdrawn_at__isnull=True, withdrawal_reason="")
                    | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawal_reason="")
                ),
                name="%(class)s_withdrawn_with_reason",
            )
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def all_files(self) -> list[list[str]]:
        """Return every file that belongs to the row: pairs of a storage's alias and a name."""
        raise NotImplementedError

    def forget_what_was_made(self) -> None:
        """Delete the rows of what was made from the files, when those go."""
