"""The history of a row: who did what to it, when, in which language, and why.

An event is written by the verb that did it and shown to editors in the row's history. What
administrators need to know for security is an audit entry instead (``immunoportal.audit``).
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel, RowIsFrozen


class EventIsStored(RowIsFrozen):
    """A stored event was to be changed."""


class Event(GuardedModel):
    """Something that was done. Each app has a model of its own that adds what it was done to.

    The model names its verbs in a ``Verb`` of its own (``models.TextChoices``), so that the
    history speaks the language of whoever reads it. An event never changes; it is deleted with
    the row that it is about.
    """

    guard = Guard(deletable=True, error=EventIsStored)

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    # None where nobody did it: the site itself, or a visitor without an account.
    by = ActorField(_("who"), editable=False)
    by_shown: str
    verb = models.CharField(_("what"), max_length=40, editable=False)
    # Empty where it was about no language in particular.
    language = models.CharField(_("language"), max_length=8, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    # Facts with a structure, such as {"changed": ["order", "number"]}; never a sentence.
    detail = models.JSONField(_("details"), default=dict, blank=True, editable=False)

    class Verb(models.TextChoices):
        pass

    class Meta:
        abstract = True
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"

    @property
    def verb_shown(self) -> str:
        """Return the verb in words; its bare name if the code no longer knows it."""
        return str(dict(self.Verb.choices).get(self.verb, self.verb))

    @property
    def detail_shown(self) -> str:
        """Return the details in words; models that store any override it."""
        return ""
