"""Texts of the block editor that its own Italian catalogue lacks: ours has them."""

from django.utils.translation import gettext_noop

TEXTS = (
    gettext_noop("Collapse all items"),
    gettext_noop("Uncollapse all items"),
    gettext_noop("marked for deletion"),
    gettext_noop("No plugins allowed in this region."),
    gettext_noop("No regions available."),
    gettext_noop("Select all"),
    gettext_noop("Unknown region"),
    gettext_noop("Use Ctrl-Click to select and move multiple items."),
)
