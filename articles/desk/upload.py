"""How a file comes into a library: the form of a new entry, and that of a picture."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.files.library import digest_of
from articles.files.withdrawal import Withdrawn
from articles.images import library
from articles.images.codec import Reason, UnusablePicture
from articles.models import Image
from immunoportal.text import clean_line

ACCEPT = "image/jpeg,image/png,image/webp,image/avif,image/gif"


def title_of(file: UploadedFile, library: type[models.Model]) -> str:
    """Return the title of an upload to which nobody has given one: its file's name, or else what
    a library's entries are."""
    name = clean_line(PurePath(file.name or "").stem)[:200]
    return name or capfirst(str(library._meta.verbose_name))


class UploadForm(forms.ModelForm):
    """The form of a new entry. The file is judged by what is in it, whatever its name says.

    A library's own has the field ``upload``.

    Attributes:
        accept: the types of files that can be chosen.
        limit: the setting that says how many bytes a file may have.
        examine: looks into an upload.
        refusal: what that raises.
        too_heavy: its reason where an upload has more bytes.
        drop_template: of the place where several files can be dropped at once.
    """

    accept: ClassVar[str]
    limit: ClassVar[str]
    examine: ClassVar[Callable[..., Any]]
    refusal: ClassVar[type[Exception]]
    too_heavy: ClassVar[str]
    drop_template: ClassVar[str]
    examined: Any

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("If it is empty, the file’s name is used.")

    @classmethod
    def most_bytes(cls) -> int:
        """Return how many bytes a file may have."""
        most: int = getattr(settings, cls.limit)
        return most

    @classmethod
    def look_into(cls, file: UploadedFile) -> Any:
        """Return what is found in an upload, or the exception that refuses it. Looks once only."""
        if not hasattr(file, "examined"):
            try:
                examined = cls.examine(file)
            except cls.refusal as refusal:
                examined = refusal
            file.examined = examined  # type: ignore[attr-defined]  # it goes with the upload
        return file.examined  # type: ignore[attr-defined]

    def clean_upload(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["upload"]
        self.examined = self.look_into(file)
        if isinstance(self.examined, Exception):
            raise ValidationError(str(self.examined))
        rows = self._meta.model._default_manager
        existing = rows.filter(digest=digest_of(file)).first()
        if existing and existing.is_withdrawn:
            raise ValidationError(str(Withdrawn(existing)))
        # In the window that an article has opened, the file is simply taken.
        if existing and IS_POPUP_VAR not in self.data:
            entry = f"admin:articles_{self._meta.model._meta.model_name}_change"
            raise ValidationError(
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("This file is already in the library:"),
                    reverse(entry, args=[existing.pk]),
                    existing.title,
                )
            )
        return file

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("upload") and not cleaned.get("title"):
            cleaned["title"] = title_of(cleaned["upload"], self._meta.model)
        return cleaned


class ImageForm(UploadForm):
    """The form of a new picture."""

    accept = ACCEPT
    limit = "IMAGE_MAX_BYTES"
    examine = staticmethod(library.examine)
    refusal = UnusablePicture
    too_heavy = Reason.TOO_HEAVY
    drop_template = "articles/desk/_picture_drop.html"
    upload = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP, AVIF or GIF, preferably at least 1600 pixels wide. The position and "
            "the camera data in the file are not published."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    class Meta:
        model = Image
        fields = ["title"]
