from django.contrib import admin

from articles.models import ArticleSettings
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import SingletonAdmin
from immunoportal.audit.settings_changes import RecordsChanges


@admin.register(ArticleSettings)
class ArticleSettingsAdmin(RecordsChanges, SingletonAdmin):
    area = Area.SITE
    rank = 40
    chapter = "agree"
    fields = ["on_safety"]
