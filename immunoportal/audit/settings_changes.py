"""Recording what is changed in a row of settings."""

from immunoportal.audit.models import Act
from immunoportal.audit.recording import record


class RecordsChanges:
    """For the admin of such a row: says which fields were changed, and not to what."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.changed_data:
            record(Act.SETTINGS_CHANGED, about=obj, changed=form.changed_data)
