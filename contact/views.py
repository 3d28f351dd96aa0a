from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from immunoportal import languages
from immunoportal.public import public_page


@public_page
def contact(request: HttpRequest) -> HttpResponse:
    """How to reach the publisher."""
    alternates = languages.alternates(lambda: reverse("contact:contact"))
    return render(request, "contact/contact.html", {"alternates": alternates})
