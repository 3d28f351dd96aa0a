"""The choice of an image in the form of a figure."""

from typing import Any

from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.urls import reverse

from articles.desk.shared_choices import KnowsRows
from articles.models import Image
from immunoportal.languages import text_in_any
from immunoportal.text import is_row_number


class ImageChoiceWidget(KnowsRows, ForeignKeyRawIdWidget):
    """Shows the chosen image; another one is chosen in the library, in a window of its own."""

    template_name = "articles/desk/image_choice.html"

    def image_for(self, value: Any) -> Image | None:
        """Return the image of a number; ``None`` where there is none."""
        number = str(value or "")
        known = self.known.get(number)
        if isinstance(known, Image):
            return known
        return Image.objects.filter(pk=number).first() if is_row_number(number) else None

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        # Django would read the image once more; the picture itself is shown instead.
        return "", ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["image"] = image = self.image_for(value)
        context["credit"] = text_in_any(image, "credit") if image else ""
        # The address of a thumbnail, with 0 for the number of the image.
        context["thumbnail_pattern"] = reverse("admin:articles_image_thumbnail", args=[0])
        context["library_url"] = context.get("related_url")
        context["upload_url"] = reverse("admin:articles_image_add") + "?_to_field=id&_popup=1"
        return context
