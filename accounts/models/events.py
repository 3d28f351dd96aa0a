"""What has happened to registrations."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models.registrations import Registration
from immunoportal.events import Event


class RegistrationEvent(Event):
    """What somebody did about a registration; erased with it, since a reason may hold names."""

    class Verb(models.TextChoices):
        REGISTERED = "registered", gettext_lazy("registered")
        CONFIRMED = "confirmed", gettext_lazy("email address confirmed")
        CORRECTED = "corrected", gettext_lazy("declaration corrected")
        APPROVED = "approved", gettext_lazy("approved")
        REJECTED = "rejected", gettext_lazy("rejected")
        WITHDRAWN = "withdrawn", gettext_lazy("approval withdrawn")

    by_shown: str  # the name of ``by``

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="events")

    @property
    def detail_shown(self) -> str:
        """Return which fields were corrected, by their names in the form."""
        changed = self.detail.get("changed", [])
        fields = [field for field in Registration._meta.fields if field.name in changed]
        names = [str(field.verbose_name) for field in fields]
        return _("Changed: %(fields)s.") % {"fields": ", ".join(names)} if names else ""
