"""How visitors reach the publisher."""

import logging

from django.core import signing
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contact import inbox
from contact.forms import ContactForm
from contact.models import ContactSettings, Message
from immunoportal import languages, registry, unavailable
from immunoportal.network import network_of
from immunoportal.open_forms import is_from_another_site, refuse_strange_characters
from immunoportal.publication import clock
from immunoportal.publication.public_pages import public_page, safe_page, show

logger = logging.getLogger(__name__)

# From before it was called a number: acknowledgements that were bookmarked stay valid.
NUMBER_SALT = "contact.reference"


# That the form is ours is told by its stamp; see ``open_forms``.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Show the publisher and the form; redirect to the acknowledgement once it is sent."""
    status = 200
    refuse_strange_characters(request)
    try:
        form = ContactForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            status = 422
            if is_from_another_site(request):
                status = 403
                form.add_error(
                    None,
                    _(
                        "Your browser says that this form was not sent from our site, so we have "
                        "not taken it. What you typed is still here: please read it, and press "
                        "“Send” here. If that does not help, write to us by email."
                    ),
                )
            elif form.is_valid():
                message = store(request, form)
                token = signing.dumps(message.number, salt=NUMBER_SALT)
                return redirect("contact:received", token=token)
    except inbox.TooMany:
        status = 429
        form.add_error(
            None,
            _(
                "We have received many messages from your connection. What you typed is still "
                "here: please send it in an hour, or write to us by email."
            ),
        )
    except Error as error:
        # Nothing was stored, so nothing is acknowledged; and the text is given back.
        logger.exception("A message could not be stored.")
        return unavailable.page(
            request,
            unavailable.reason_for(error),
            template="contact/unavailable.html",
            needs_token=False,
            typed=("name", "email", "text"),
            is_ours=not is_from_another_site(request),
        )
    context = {
        "form": form,
        "alternates": languages.alternates(lambda: reverse("contact:contact")),
        "retention_months": ContactSettings.get().retention_months,
    }
    return render(request, "contact/contact.html", context, status=status)


def store(request: HttpRequest, form: ContactForm) -> Message:
    """Store the message of a valid form, and return it."""
    data = form.cleaned_data
    return inbox.receive(
        name=data["name"],
        email=data["email"],
        subject=data.get("subject"),
        text=data["text"],
        send_copy=data.get("send_copy", False),
        language=get_language(),
        network=network_of(request),
        nonce=data["stamp"].nonce,
        seconds=data["stamp"].seconds,
        honeypot=data["website"],
    )


@safe_page
def received(request: HttpRequest, token: str) -> HttpResponse:
    """Acknowledge a message. The token is signed, so the page confirms only what was received."""
    try:
        number = signing.loads(token, salt=NUMBER_SALT)
    except signing.BadSignature:
        raise Http404 from None
    alternates = languages.alternates(lambda: reverse("contact:received", args=[token]))
    return render(
        request,
        "contact/received.html",
        {"number": number, "alternates": alternates, "noindex": True},
    )


@public_page()
def privacy(request: HttpRequest) -> HttpResponse:
    """Lead to what editors have written on privacy, for ever.

    A site on which nobody has published that yet still says what it keeps of its visitors, and for
    how long.
    """
    url = registry.site_page_url("privacy", get_language())
    if url is not None:
        return redirect(url, permanent=True)
    context = {
        "alternates": languages.alternates(lambda: reverse("contact:privacy")),
        "retention_months": clock.remember(
            "contact settings", ContactSettings.get
        ).retention_months,
    }
    return show(request, "contact/privacy.html", context)
