from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from immunoportal import languages
from immunoportal.fields import WebAddressField
from immunoportal.publication.models import LiveModel, LiveQuerySet


class SiteNoticeQuerySet(LiveQuerySet["SiteNotice"]):
    def shown(self) -> Self:
        """Return those that every page shows now."""
        now = timezone.now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), begins_at__lte=now)


class SiteNotice(LiveModel):
    """A warning that every page of the site shows for some time, such as an authority's.

    A language in which it has no text does not show it. Once it has begun, only its end may still
    change, until that has passed.
    """

    text = models.TextField(
        _("text"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences. Where it stays empty, that language shows nothing."),
    )
    link = WebAddressField(
        _("address of more about it"),
        blank=True,
        help_text=_("Such as the page of the authority. It may be left empty."),
    )
    begins_at = models.DateTimeField(_("shown from"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("shown until"),
        null=True,
        blank=True,
        help_text=_("Where it is empty, it is shown until you give an end."),
    )

    objects: ClassVar = SiteNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("site-wide notice")
        verbose_name_plural = _("site-wide notices")
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("begins_at")),
                name="site_notice_interval_forward",
                violation_error_message=_("It cannot end before it begins."),
            )
        ]

    def __str__(self) -> str:
        return languages.text_in_any(self, "text")

    @property
    def has_begun(self) -> bool:
        return self.begins_at <= timezone.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()


def boundaries(moment: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when a notice last began or ended, and when the next one will; see the registry."""
    wanted = {
        f"{which}_{name}": aggregate(name, filter=Q(**{f"{name}__{lookup}": moment}))
        for name in ("begins_at", "ends_at")
        for which, aggregate, lookup in (("last", Max, "lte"), ("next", Min, "gt"))
    }
    found = SiteNotice.objects.order_by().aggregate(**wanted)

    def among(which: str) -> list[datetime]:
        return [value for name, value in found.items() if value and name.startswith(which)]

    return max(among("last"), default=None), min(among("next"), default=None)
