from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SitePage(models.TextChoices):
    """Which page of the site an article is, in the order in which the foot of pages has them."""

    ABOUT = "about", _("About us")
    EDITORIAL_POLICY = "editorial-policy", _("Editorial policy")
    FUNDING = "funding", pgettext_lazy("page of the site", "Funding")
    CORRECTIONS = "corrections", _("Policy on corrections")
    PRIVACY = "privacy", _("Privacy")
    COOKIES = "cookies", _("Cookies")
    ACCESSIBILITY = "accessibility", _("Accessibility statement")
    REUSE = "reuse", _("Reuse of texts and pictures")


def address(site_page: str, name: str, slug: str, *more: object) -> str:
    """Return the address of a page, or of what stands beneath it, in the active language.

    Args:
        site_page: which page of the site it is; empty for an article.
        name: of the address in ``articles.urls``: "detail", "editions", "edition", "changes".
        slug: of the page.
        more: what else the address has.
    """
    place = "articles:site" if site_page else "articles"
    return reverse(f"{place}:{name}", args=[slug, *more])
