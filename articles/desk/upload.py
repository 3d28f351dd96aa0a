"""How a picture comes into the library: the form, and what is sent by itself."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.images import library
from articles.models import Image
from immunoportal.text import clean_line

ACCEPT = "image/jpeg,image/png,image/webp,image/avif,image/gif"


def examined_upload(file: UploadedFile) -> library.Examined | library.UnusablePicture:
    """Return what ``library.examine`` finds in an upload, or its refusal. Examines it once only."""
    known: library.Examined | library.UnusablePicture | None = getattr(file, "examined", None)
    if known is None:
        try:
            known = library.examine(file)
        except library.UnusablePicture as refusal:
            known = refusal
        file.examined = known  # type: ignore[attr-defined]  # it goes with the upload
    return known


def title_of(file: UploadedFile, library: type[models.Model]) -> str:
    """Return the title of an upload to which nobody has given one: its file's name, or else what
    a library's entries are."""
    name = clean_line(PurePath(file.name or "").stem)[:200]
    return name or capfirst(str(library._meta.verbose_name))


class ImageForm(forms.ModelForm):
    """The form of a new image. The file is judged by what is in it, whatever its name says."""

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

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "title" in self.fields and not self.instance.pk:
            self.fields["title"].required = False
            self.fields["title"].help_text = _("If it is empty, the file's name is used.")

    def clean_upload(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["upload"]
        examined = examined_upload(file)
        if isinstance(examined, library.UnusablePicture):
            raise ValidationError(str(examined))
        self.examined = examined
        existing = Image.objects.filter(digest=self.examined.digest).first()
        if existing and existing.is_withdrawn:
            raise ValidationError(str(library.Withdrawn(existing)))
        # In the window that a figure has opened, the picture is simply taken.
        if existing and IS_POPUP_VAR not in self.data:
            raise ValidationError(
                format_html(
                    '{} <a href="{}">{}</a>',
                    _("This picture is already in the library:"),
                    reverse("admin:articles_image_change", args=[existing.pk]),
                    existing.title,
                )
            )
        return file

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("upload") and not cleaned.get("title"):
            cleaned["title"] = title_of(cleaned["upload"], Image)
        return cleaned
