"""The library of pictures inside other pages; see ``library_choices``."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse

from articles.desk.library_choices import LibraryChoicesMixin
from articles.desk.upload import ImageForm, title_of
from articles.images import library
from articles.models import Figure, Image
from immunoportal import languages
from immunoportal.actors import User
from immunoportal.languages import localized
from immunoportal.text import clean_line

# A figure's fields that the last use of its picture proposes.
PROPOSED = localized("alternative_text")


class PictureChoicesMixin(LibraryChoicesMixin):
    """The addresses of the library's admin that the script asks."""

    upload_form = ImageForm

    def for_choices(self, entries: QuerySet[Image]) -> QuerySet[Image]:
        """Have each image know what was written about it where it was last used, by language."""
        uses = Figure.objects.filter(image=OuterRef("pk")).order_by("-parent__changed_at", "-pk")
        return entries.annotate(
            **{
                f"last_{name}": Subquery(uses.filter(**{f"{name}__gt": ""}).values(name)[:1])
                for name in PROPOSED
            }
        )

    def described(self, entry: Image) -> dict[str, Any]:
        return {
            "id": entry.pk,
            "title": entry.title,
            "thumbnail": reverse("admin:articles_image_thumbnail", args=[entry.pk]),
            "credit": languages.text_in_any(entry, "credit"),
            "proposed": {name: getattr(entry, f"last_{name}") or "" for name in PROPOSED},
        }

    def add_upload(
        self, request: HttpRequest, file: UploadedFile, examined: library.Examined, by: User
    ) -> Image:
        credits = {
            name: clean_line(request.POST.get(name, ""))[:200] for name in localized("credit")
        }
        return library.add(file, examined=examined, by=by, title=title_of(file, Image), **credits)

    def discard_upload(self, file: UploadedFile, examined: library.Examined) -> None:
        library.discard(examined)
