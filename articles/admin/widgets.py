"""Form widgets of the content."""

from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.urls import reverse

from articles.models import Image
from immunoportal.text import is_row_number


class ImageChoiceWidget(ForeignKeyRawIdWidget):
    """Chooses an image by looking at it: the library opens in a window of its own."""

    template_name = "admin/articles/image/choice.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        number = str(value or "")
        image = Image.objects.filter(pk=number).first() if is_row_number(number) else None
        context["image"] = image
        # The address of a thumbnail, with 0 for the number of the image.
        context["thumbnail_pattern"] = reverse("admin:articles_image_thumbnail", args=[0])
        context["library_url"] = context.get("related_url")
        context["upload_url"] = reverse("admin:articles_image_add") + "?_to_field=id&_popup=1"
        return context
