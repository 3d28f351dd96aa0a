from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.fields import TEXT_WITHOUT_HEADINGS, RichTextField


class CareCard(Block):
    """What to do if something happens, and how soon."""

    class Urgency(models.TextChoices):
        NON_URGENT = "non-urgent", _("Not urgent: speak to the team")
        URGENT = "urgent", _("Urgent: get help today")
        EMERGENCY = "emergency", _("Emergency: act at once")

    texts = ("title", "text")
    rich_texts = ("text",)

    urgency = models.CharField(
        _("urgency"), max_length=12, choices=Urgency, default=Urgency.NON_URGENT
    )
    title = models.CharField(
        _("title"),
        max_length=150,
        blank=True,
        help_text=_("What to do, such as “Call your oncology team if:”"),
    )
    text = RichTextField(_("text"), blank=True, extensions=TEXT_WITHOUT_HEADINGS)
    only_in_reason = models.CharField(
        _("why in one language only"),
        max_length=300,
        blank=True,
        help_text=_("For the other editors: what is here may be needed in every language."),
    )

    class Meta(Block.Meta):
        verbose_name = _("care card")
        verbose_name_plural = _("care cards")
        constraints = [
            models.CheckConstraint(
                condition=Q(only_in="") | ~Q(only_in_reason=""),
                name="care_card_in_one_language_has_a_reason",
                violation_error_message=_("Say why this care card is in one language only."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_urgency_display())
