from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.stored_files import StoredFile


class Document(StoredFile):
    """A PDF of the library. It is in one language, and so is its title."""

    content_types = {"pdf": "application/pdf"}
    is_attachment = True

    language = models.CharField(
        _("language"),
        max_length=8,
        choices=settings.LANGUAGES,
        help_text=_("In which it is written. Readers are told."),
    )
    pages = models.PositiveIntegerField(_("pages"), editable=False)

    class Meta(StoredFile.Meta):
        verbose_name = _("PDF file")
        verbose_name_plural = _("PDF files")
