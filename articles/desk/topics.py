from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from articles.desk.named_form import SLUG_SCRIPTS, NamedForm
from articles.models import Topic
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, LanguageSwitchMixin
from immunoportal.languages import localized


class TopicForm(NamedForm):
    name_missing = _("Give the topic a name, in at least one language.")


@admin.register(Topic)
class TopicAdmin(GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.CONTENT
    rank = 10
    list_display = ["__str__", *localized("name")[1:], "ordering"]
    list_editable = ["ordering"]
    search_fields = localized("name")
    prepopulated_fields = {"slug": ["name"]}
    form = TopicForm
    fields = ["name", "slug", "description", "ordering"]

    class Media:
        js = SLUG_SCRIPTS
