"""Whom to tell of a weakness of the site (RFC 9116)."""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from contact.models import Publisher
from immunoportal import languages
from immunoportal.publication import clock
from immunoportal.publication.public_pages import safe_page

# Less than a year, as section 2.5.5 asks for.
LASTS = timedelta(days=360)


@safe_page
def security(request: HttpRequest) -> HttpResponse:
    """Answer with security.txt: the same all day, and never about to expire."""
    email = clock.remember("publisher", Publisher.get).email
    emails = [email] if email else settings.CONTACT_RECIPIENTS[:1]
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with translation.override(settings.LANGUAGE_CODE):
        page = reverse("contact:contact")
    lines = [
        *(f"Contact: mailto:{quote(email, safe='@+')}" for email in emails),
        f"Contact: {settings.SITE_URL}{page}",
        f"Expires: {midnight + LASTS:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(languages.codes())}",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=3600)
    return response


@safe_page
def moved(request: HttpRequest) -> HttpResponse:
    """Redirect from where it used to be looked for (section 3)."""
    response = HttpResponsePermanentRedirect(reverse("security"))
    patch_cache_control(response, public=True, max_age=86_400)
    return response
