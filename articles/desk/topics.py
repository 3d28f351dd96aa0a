from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from articles.desk.named_form import SLUG_SCRIPTS, NamedForm
from articles.models import FormerSlug, Topic
from articles.publishing.redirects import slug_belongs_to
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, LanguageSwitchMixin
from immunoportal.languages import codes, localized
from immunoportal.publication import clock


class TopicForm(NamedForm):
    name_missing = _("Give the topic a name, in at least one language.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # Two who choose the same slug take turns, so that the second one is told.
        clock.take_turn()
        former = FormerSlug.objects.exclude(topic=self.instance.pk).select_related("topic")
        for language in codes():
            slug = cleaned.get(f"slug_{language}")
            row = former.filter(language=language, slug=slug).first() if slug else None
            if row is not None:
                self.add_error(f"slug_{language}", slug_belongs_to(row.topic, row.slug))
        return cleaned


@admin.register(Topic)
class TopicAdmin(GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.CONTENT
    rank = 10
    chapter = "write"
    list_display = ["__str__", *localized("name")[1:], "ordering"]
    list_editable = ["ordering"]
    search_fields = localized("name")
    prepopulated_fields = {"slug": ["name"]}
    form = TopicForm
    fields = ["name", "slug", "description", "asks_interests", "ordering"]

    class Media:
        js = SLUG_SCRIPTS
