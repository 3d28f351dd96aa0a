"""Recording what is changed in a row of settings."""

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from immunoportal.audit.models import Act
from immunoportal.audit.recording import record


class RecordsChanges(admin.ModelAdmin):
    """Has the admin of a settings row record which fields were changed, and not to what."""

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data:
            record(Act.SETTINGS_CHANGED, about=obj, changed=form.changed_data)
