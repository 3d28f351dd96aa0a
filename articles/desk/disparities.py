"""What stands on one live page and not on the other, beside what has changed over there."""

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from articles.desk.concerns import RIGHT
from articles.desk.drafts import typed_in
from articles.desk.settling import Change
from articles.models import Article
from articles.publishing import parity, permission
from immunoportal.actors import user_of


def with_disparities(
    request: HttpRequest, article: Article | None, changes: Sequence[Change]
) -> Sequence[Change]:
    """Return the changes that a form shows, each with what differs between its two pages there."""
    if article is None or not changes:
        return changes
    typed = typed_in(request)
    right = typed.getlist(RIGHT) if isinstance(typed, QueryDict) else []
    found = {
        (each.part, *sorted(each.digests)): each for each in parity.between_live_pages(article)
    }
    shown = []
    for change in changes:
        disparity = found.get((change.part, *sorted([change.language, change.other])))
        is_right = disparity is not None and disparity.address in right
        shown.append(replace(change, disparity=disparity, is_right=is_right))
    return shown


def answer(request: HttpRequest, article: Article) -> None:
    """Remember what the editor has said to be right as it is, in a form that has been saved."""
    right = request.POST.getlist(RIGHT)
    if not right or not request.user.has_perm(permission.PERMISSION):
        return
    found = [each for each in parity.between_live_pages(article) if each.address in right]
    if parity.answer(article, found, by=user_of(request)):
        messages.success(
            request, _("Noted: it is not asked again as long as the texts stay as they are.")
        )
