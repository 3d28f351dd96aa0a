"""What the tests of all admin pages share."""

from django.contrib import admin
from django.urls import reverse

from tests.factories import (
    add_figure,
    make_article,
    make_edition,
    make_mail,
    make_message,
    make_registration,
    make_subject,
    make_topic,
)

admin.autodiscover()
ADMINS = sorted(admin.site._registry.values(), key=lambda each: each.opts.label_lower)


def fill_lists() -> None:
    """Make a row of most kinds."""
    article = make_article(topic=make_topic())
    add_figure(article)
    make_edition(article)
    make_message(subject=make_subject())
    make_registration()
    make_mail()


def address(model_admin, page: str, *args) -> str:
    name = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_{page}"
    return reverse(f"admin:{name}", args=args)
