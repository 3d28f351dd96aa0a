"""The publisher's data in the admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from contact.models import Publisher
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import LanguageSwitchMixin, SingletonAdmin
from immunoportal.audit.settings_changes import RecordsChanges


@admin.register(Publisher)
class PublisherAdmin(RecordsChanges, LanguageSwitchMixin, SingletonAdmin, TranslationAdmin):
    area = Area.SITE
    rank = 10
    fieldsets = [
        (None, {"fields": ["name", "street", "postal_code", "city", "country"]}),
        (
            gettext_lazy("How to reach it"),
            {"fields": ["telephone", "fax", "email", "website", "other_website"]},
        ),
        (
            gettext_lazy("What the law asks for"),
            {"fields": ["vat_number", "company_register", "share_capital"]},
        ),
        (gettext_lazy("Use of the texts by others"), {"fields": ["licence_name", "licence_url"]}),
    ]
