from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.editions import Edition
from articles.models.severity import Severity
from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen


class RaisedSeverity(GuardedModel):
    """That the change of an edition is graver than it was published as; never that it is less."""

    guard = Guard(error=RowIsFrozen)

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="raised")
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    # What readers are told in the edition's language, where nothing was said before.
    note = models.CharField(_("note for readers"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = ActorField(_("who"), editable=False)
    by_shown: str

    objects: ClassVar = GuardedQuerySet.as_manager()

    class Meta:
        verbose_name = _("raised severity")
        verbose_name_plural = _("raised severities")
        ordering = ["at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["edition", "severity"], name="severity_raised_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.get_severity_display()}"
