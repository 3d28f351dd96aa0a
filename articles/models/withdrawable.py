"""Files that may have to go for good, when somebody withdraws their consent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from immunoportal.actors import ActorField


class WithdrawableModel(models.Model):
    """A row with files, of which the row alone stays once they are withdrawn.

    Editions name the row for ever, so it tells who withdrew its files, when and why; its place on
    every page says that it has been withdrawn.
    """

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
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(withdrawn_at__isnull=True, withdrawal_reason="")
                    | models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawal_reason="")
                ),
                name="%(class)s_withdrawn_with_reason",
            )
        ]

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None
