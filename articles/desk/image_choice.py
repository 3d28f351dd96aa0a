"""Form widgets of the content."""

from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.urls import reverse

from articles.models import Image
from immunoportal.text import is_row_number


class ImageChoiceWidget(ForeignKeyRawIdWidget):
    """Chooses an image by looking at it: the library opens in a window of its own."""

    template_name = "articles/desk/image_choice.html"
    # Those that the formset has read, by number.
    known: dict[str, Image] = {}

    def image_for(self, value) -> Image | None:
        number = str(value or "")
        if number in self.known:
            return self.known[number]
        return Image.objects.filter(pk=number).first() if is_row_number(number) else None

    def label_and_url_for_value(self, value):
        # Django would read the image once more; the picture itself is shown instead.
        return "", ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["image"] = self.image_for(value)
        # The address of a thumbnail, with 0 for the number of the image.
        context["thumbnail_pattern"] = reverse("admin:articles_image_thumbnail", args=[0])
        context["library_url"] = context.get("related_url")
        context["upload_url"] = reverse("admin:articles_image_add") + "?_to_field=id&_popup=1"
        return context
