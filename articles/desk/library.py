"""The library of images: its list, its pages and its thumbnails."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from articles.desk.file_library import FileLibraryAdmin
from articles.desk.pictures import PictureChoicesMixin
from articles.desk.upload import ImageForm
from articles.images import library
from articles.models import Image
from immunoportal.admin.mixins import LONGEST_SEARCH, LanguageSwitchMixin
from immunoportal.languages import codes, localized


@admin.register(Image)
class ImageAdmin(
    PictureChoicesMixin,
    FileLibraryAdmin,
    LanguageSwitchMixin,
    TranslationAdmin,
):
    withdraw_template = "articles/desk/withdraw_picture.html"
    rank = 20
    chapter = "pictures"
    when_empty = gettext_lazy(
        "No picture has been added yet. Add one here, or while you write an article."
    )
    list_display = ["thumbnail", "title", "dimensions", "uses", "added_at"]
    list_display_links = ["thumbnail", "title"]
    shown_fields = frozenset(localized("credit"))
    search_fields = ["title", *localized("credit")]
    readonly_fields = [
        "large_thumbnail", "dimensions", "shown_in", "progress", "added_at", "added_by",
    ]  # fmt: skip

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> list[Any]:
        if obj is None:
            fields = ["upload", "title", "credit"]
        else:
            picture, *facts = self.readonly_fields
            fields = [picture, "title", "credit", *facts]
        return [(None, {"fields": self.replace_orig_field(fields)})]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        """Find a picture by what is said of it in articles, too."""
        if len(search_term) > LONGEST_SEARCH:
            return queryset.none(), False
        return library.found(queryset, search_term), False

    def save_model(self, request: HttpRequest, obj: Image, form: ModelForm, change: bool) -> None:
        if not isinstance(form, ImageForm):
            super().save_model(request, obj, form, change)
            return
        assert request.user.is_authenticated  # the admin lets nobody else in
        credits = {f"credit_{code}": getattr(obj, f"credit_{code}") for code in codes()}
        try:
            image = library.add(
                form.cleaned_data["upload"],
                examined=form.examined,
                by=request.user,
                title=obj.title,
                **credits,
            )
        except (library.AlreadyInLibrary, library.Withdrawn) as error:
            # Since the form looked.
            image = error.row
        obj.__dict__.update(image.__dict__)

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, image: Image) -> SafeString:
        return self._picture(image, "thumbnail", alternative_text=image.title)

    @admin.display(description=gettext_lazy("picture"))
    def large_thumbnail(self, image: Image) -> SafeString:
        return self._picture(image, "thumbnail thumbnail-large")

    def _picture(self, image: Image, css_class: str, alternative_text: str = "") -> SafeString:
        if image.is_withdrawn:
            return format_html(
                '<span class="thumbnail picture-withdrawn">{}</span>',
                _("This picture has been withdrawn."),
            )
        url = reverse("admin:articles_image_thumbnail", args=[image.pk])
        return format_html(
            '<img class="{}" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
            css_class, url, image.width, image.height, alternative_text,
        )  # fmt: skip

    @admin.display(description=gettext_lazy("size"))
    def dimensions(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description=gettext_lazy("versions for readers"))
    def progress(self, image: Image) -> str:
        """Tell how many renditions are made, and why one is not."""
        if image.is_withdrawn:
            return _("being deleted") if image.doomed_files else _("all deleted")
        rows = list(image.renditions.all())
        ready = sum(row.made_at is not None for row in rows)
        failed = image.renditions.given_up().first()
        text = _("%(ready)d of %(all)d ready") % {"ready": ready, "all": len(rows)}
        return f"{text}. {failed.error}" if failed else text

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/thumbnail/",
                self.admin_site.admin_view(self.thumbnail_view),
                name="articles_image_thumbnail",
            ),
            *super().get_urls(),
        ]

    def thumbnail_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Redirect to the smallest rendition of an image, for those who may see the library."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = Image.objects.filter(pk=pk).first()
        rendition = image and image.renditions.ready().order_by("width").first()
        if not rendition:
            raise Http404
        return redirect(rendition)
