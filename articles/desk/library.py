"""The library of images: its list, its pages and its thumbnails."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from articles.desk.shared_content import SharedContentMixin
from articles.desk.upload import ImageForm, examined_upload
from articles.images import library
from articles.models import Article, Figure, Image
from immunoportal.admin.areas import Area
from immunoportal.admin.mixins import GuardedAdmin, LanguageSwitchMixin
from immunoportal.languages import codes, localized


@admin.register(Image)
class ImageAdmin(SharedContentMixin, GuardedAdmin, LanguageSwitchMixin, TranslationAdmin):
    area = Area.CONTENT
    rank = 20
    when_empty = gettext_lazy(
        "No picture has been added yet. Add one here, or while you write an article."
    )
    list_display = ["thumbnail", "title", "dimensions", "uses", "added_at"]
    list_display_links = ["thumbnail", "title"]
    shown_fields = frozenset(localized("credit"))
    search_fields = ["title", *localized("credit")]
    list_per_page = 40
    readonly_fields = ["large_thumbnail", "dimensions", "progress", "added_at", "added_by"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Image | None = None
    ) -> list[str] | tuple[str, ...]:
        return super().get_readonly_fields(request, obj) if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> list[Any]:
        if obj is None:
            fields = ["upload", "title", "credit"]
        else:
            picture, *facts = self.readonly_fields
            fields = [picture, "title", "credit", *facts]
        return [(None, {"fields": self.replace_orig_field(fields)})]

    def get_form(
        self, request: HttpRequest, obj: Image | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        if obj is None:
            kwargs["form"] = ImageForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        figures = Figure.objects.filter(image=OuterRef("pk")).order_by().values("image")
        count = Subquery(figures.annotate(count=Count("pk")).values("count"))
        return super().get_queryset(request).annotate(figure_count=Coalesce(count, 0))

    def articles_showing(self, obj: Image) -> QuerySet[Article]:
        return Article.objects.filter(pk__in=obj.figures.values("parent"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        upload = request.FILES.get("upload")
        examined = None
        if upload and object_id is None and self.has_add_permission(request):
            # Before Django opens its transaction: while a picture is read, others can write.
            examined = examined_upload(upload)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Exception:
            if isinstance(examined, library.Examined):
                library.discard(examined)
            raise

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
        except library.AlreadyInLibrary as error:  # since the form looked
            image = error.image
        obj.__dict__.update(image.__dict__)

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        library.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        for image in queryset:
            library.remove(image)

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, image: Image) -> SafeString:
        return self._picture(image, "thumbnail", alternative_text=image.title)

    @admin.display(description=gettext_lazy("picture"))
    def large_thumbnail(self, image: Image) -> SafeString:
        return self._picture(image, "thumbnail thumbnail-large")

    def _picture(self, image: Image, css_class: str, alternative_text: str = "") -> SafeString:
        url = reverse("admin:articles_image_thumbnail", args=[image.pk])
        return format_html(
            '<img class="{}" src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
            css_class, url, image.width, image.height, alternative_text,
        )  # fmt: skip

    @admin.display(description=gettext_lazy("size"))
    def dimensions(self, image: Image) -> str:
        return f"{image.width} × {image.height}"

    @admin.display(description=gettext_lazy("used"), ordering="figure_count")
    def uses(self, image: Image) -> int:
        return getattr(image, "figure_count", 0)

    @admin.display(description=gettext_lazy("versions for readers"))
    def progress(self, image: Image) -> str:
        """Tell how many renditions are made, and why one is not."""
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
