"""The form by which a picture comes into the library."""

from pathlib import PurePath

from django import forms
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.images import library
from articles.models import Image


def examined_upload(file) -> library.Examined | library.UnusablePicture:
    """Return what ``library.examine`` gives for an upload, or its refusal; asked once for each."""
    if not hasattr(file, "examined"):
        try:
            file.examined = library.examine(file)
        except library.UnusablePicture as refusal:
            file.examined = refusal
    return file.examined


class ImageForm(forms.ModelForm):
    """A new image: the file is judged by what is in it, whatever its name says."""

    upload = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP, AVIF or GIF, best 1600 pixels wide or more. Position and camera data "
            "in the file are not published."
        ),
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}
        ),
    )

    class Meta:
        model = Image
        fields = ["title"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "title" in self.fields and not self.instance.pk:
            self.fields["title"].required = False
            self.fields["title"].help_text = _("If it is empty, the file's name is used.")

    def clean_upload(self):
        file = self.cleaned_data["upload"]
        self.examined = examined_upload(file)
        if isinstance(self.examined, library.UnusablePicture):
            raise ValidationError(str(self.examined))
        existing = Image.objects.filter(digest=self.examined.digest).first()
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

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("upload") and not cleaned.get("title"):
            cleaned["title"] = PurePath(cleaned["upload"].name).stem[:200] or _("Picture")
        return cleaned
