"""The list of watched words: what a page for everyone says only for a reason."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from articles.models import WatchedWord
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin


@admin.register(WatchedWord)
class WatchedWordAdmin(GuardedAdmin):
    area = Area.CONTENT
    rank = 47
    chapter = "words"
    when_empty = _("No word is watched. Add the names and the wording that need a reason.")
    list_display = ["word", "kind", "language", "why"]
    list_filter = ["kind", "language"]
    search_fields = ["word", "why"]
    fields = ["word", "kind", "language", "why"]
