"""The library inside other pages: the dialog of the article's form, and its drop zones.

Its script asks for pictures and sends files here; what is answered is JSON.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.desk.upload import ACCEPT, examined_upload, title_of
from articles.images import library
from articles.images.codec import Reason, UnusablePicture
from articles.models import Figure, Image
from immunoportal import languages
from immunoportal.actors import User, user_of
from immunoportal.admin.mixins import LONGEST_SEARCH
from immunoportal.languages import localized
from immunoportal.text import clean_line, is_row_number

PER_PAGE = 24

PICTURE_SCRIPTS = ["articles/picture-uploads.js", "articles/pictures.js"]
PICTURE_STYLES = "articles/pictures.css"

# A figure's fields that the last use of its picture proposes.
PROPOSED = localized("alternative_text")


def for_dialog(request: HttpRequest) -> dict[str, Any]:
    """Return what the dialog's template shows, to those who may see the library."""
    user = user_of(request)
    if not (user.has_perm("articles.view_image") or user.has_perm("articles.change_image")):
        return {}
    return {
        "choices_url": reverse("admin:articles_image_choices"),
        "upload_url": reverse("admin:articles_image_upload"),
        "may_upload": user.has_perm("articles.add_image"),
        "accept": ACCEPT,
        "most_bytes": settings.IMAGE_MAX_BYTES,
        "too_heavy": str(UnusablePicture(Reason.TOO_HEAVY, settings.IMAGE_MAX_BYTES)),
        "languages": [(code, languages.phrase(code)) for code in languages.codes()],
    }


def with_proposals(images: QuerySet[Image]) -> QuerySet[Image]:
    """Have each image know what was written about it where it was last used, by language."""
    uses = Figure.objects.filter(image=OuterRef("pk")).order_by("-parent__changed_at", "-pk")
    return images.annotate(
        **{
            f"last_{name}": Subquery(uses.filter(**{f"{name}__gt": ""}).values(name)[:1])
            for name in PROPOSED
        }
    )


def described(image: Image) -> dict[str, Any]:
    """Return what the script needs to know of an image of ``with_proposals``."""
    return {
        "id": image.pk,
        "title": image.title,
        "thumbnail": reverse("admin:articles_image_thumbnail", args=[image.pk]),
        "credit": languages.text_in_any(image, "credit"),
        "proposed": {name: getattr(image, f"last_{name}") or "" for name in PROPOSED},
    }


class PictureChoicesMixin(admin.ModelAdmin):
    """The addresses of the library's admin that the script asks."""

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        return [
            path(
                "choices/", guarded(require_safe(self.choices_view)), name="articles_image_choices"
            ),
            path("upload/", guarded(require_POST(self.upload_view)), name="articles_image_upload"),
            *super().get_urls(),
        ]

    def choices_view(self, request: HttpRequest) -> HttpResponse:
        """Tell which pictures can be chosen: the newest first, a page at a time."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = clean_line(request.GET.get("q", "")[: LONGEST_SEARCH + 1])
        asked = request.GET.get("page", "")
        page = max(int(asked), 1) if is_row_number(asked) and len(asked) < 7 else 1
        there = Image.objects.filter(withdrawn_at__isnull=True)
        images, _doubled = self.get_search_results(request, there, words)
        start = (page - 1) * PER_PAGE
        found = list(with_proposals(images)[start : start + PER_PAGE + 1])
        return JsonResponse(
            {
                "pictures": [described(image) for image in found[:PER_PAGE]],
                "next": page + 1 if len(found) > PER_PAGE else None,
            }
        )

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Take one picture into the library, or say in a sentence why not.

        One that is there already is taken as it is.
        """
        if not self.has_add_permission(request):
            return _refused(_("You may not add pictures to the library."), 403)
        file = request.FILES.get("upload")
        if file is None:
            return _refused(_("The file has not arrived. Try again."), 400)
        examined = examined_upload(file)
        if isinstance(examined, UnusablePicture):
            return _refused(str(examined), 422)
        try:
            image = self._add(request, file, examined)
        except library.AlreadyInLibrary as known:
            image, note = known.row, _("It was in the library already, and is taken from there.")
        except library.Withdrawn as refusal:
            return _refused(str(refusal), 422)
        else:
            note = ""
        described_image = described(with_proposals(Image.objects.all()).get(pk=image.pk))
        return JsonResponse({"picture": described_image, "note": note})

    def _add(self, request: HttpRequest, file: UploadedFile, examined: library.Examined) -> Image:
        user: User = user_of(request)
        credits = {
            name: clean_line(request.POST.get(name, ""))[:200] for name in localized("credit")
        }
        try:
            with transaction.atomic():
                image = library.add(
                    file, examined=examined, by=user, title=title_of(file), **credits
                )
                self.log_addition(request, image, [{"added": {}}])
        except (library.AlreadyInLibrary, library.Withdrawn):
            raise
        except BaseException:
            library.discard(examined)
            raise
        return image


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"refused": sentence}, status=status)
