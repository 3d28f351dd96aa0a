from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article
from articles.text.watched_words import is_watchable
from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen


def validate_watchable(word: str) -> None:
    """Refuse what cannot be looked for.

    Raises:
        ValidationError: it can not.
    """
    if not is_watchable(word):
        raise ValidationError(
            _("Write a word, or several, with “…” only at the beginning or at the end."),
            code="not_watchable",
        )


class WatchedWord(models.Model):
    """A word that a page for everyone must not have without a reason: Italian law (D.Lgs. 219/2006)
    allows information about health, and no advertising of medicines that need a prescription."""

    class Kind(models.TextChoices):
        MEDICINE = "medicine", _("name of a medicine")
        PROMOTION = "promotion", _("promotional wording")

    word = models.CharField(
        _("word"),
        max_length=100,
        validators=[validate_watchable],
        help_text=_(
            "“…” stands for any letters: “…mab” finds ipilimumab, “rivoluzion…” finds "
            "rivoluzionario. Capital letters and accents make no difference."
        ),
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.MEDICINE)
    # Empty where it is watched in every language.
    language = models.CharField(
        _("language"), max_length=8, blank=True, choices=settings.LANGUAGES,
        help_text=_("If it is empty, the word is watched in every language."),
    )  # fmt: skip
    why = models.CharField(
        _("why"), max_length=300, blank=True, help_text=_("Shown to whoever uses the word.")
    )

    class Meta:
        verbose_name = _("watched word")
        verbose_name_plural = _("watched words")
        ordering = ["kind", "word", "pk"]
        permissions = [
            ("publish_watched_words", _("Can publish watched words on pages for everyone"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["word", "language"],
                name="watched_word_once",
                violation_error_message=_("This word is in the list already."),
            )
        ]

    def __str__(self) -> str:
        return self.word


class Clearance(GuardedModel):
    """Somebody who may has published watched words on a page for everyone, and answers for it.

    It is for these words on this page, for as long as they are there.
    """

    guard = Guard(error=RowIsFrozen)

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="clearances")
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # As they stand on the page, without case and accents.
    words = models.JSONField(_("words"))
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = ActorField(_("who"), editable=False)
    by_shown: str

    objects: ClassVar = GuardedQuerySet.as_manager()

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.article_id} ({self.language}): {', '.join(self.words)}"
