"""The areas of the administration: its pages by what people come for, not by app and model."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Area(models.TextChoices):
    """An area of the administration; they are shown in this order."""

    CONTENT = "content", _("Content")
    MESSAGES = "messages", _("Who writes to us")
    ACCOUNTS = "accounts", _("Accounts")
    SITE = "site", _("Site")


def by_area(pages: list[tuple[Any, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the pages of the administration grouped as its templates show them.

    Args:
        pages: each admin with what Django tells templates of it. Those of an area keep their
            order where they have the same rank.
    """
    found = []
    for area in Area:
        inside = [page for page in pages if page[0].area == area]
        if inside:
            models_shown = [
                entry for _admin, entry in sorted(inside, key=lambda page: page[0].rank)
            ]
            found.append({"name": area.label, "app_label": area.value, "models": models_shown})
    return found
