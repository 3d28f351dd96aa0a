from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from articles.models import Home
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import ChoiceMixin, LanguageSwitchMixin, SingletonAdmin


@admin.register(Home)
class HomeAdmin(LanguageSwitchMixin, ChoiceMixin, SingletonAdmin, TranslationAdmin):
    area = Area.SITE
    rank = 0
    fields = ["hero_line", "introduction", "featured"]
    autocomplete_fields = ["featured"]
