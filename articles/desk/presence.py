"""Who else is writing in the article that somebody has open."""

import re

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from articles.models import Article, Presence, presence
from immunoportal.actors import User, user_of

# What a tab calls itself (presence.js).
TAB = re.compile(r"[0-9a-f]{1,32}", re.ASCII)


class PresenceMixin(admin.ModelAdmin):
    """The address of the article's admin that the open form asks, and tells, who is writing."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.presence_view))
        own = path("<int:pk>/presence/", view, name="articles_article_presence")
        return [own, *super().get_urls()]

    def presence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the line that names who else is writing; empty where nobody is.

        A POST is a heartbeat of the tab that sends it, or its last word (``left``). The session is
        read and not written, so that none lasts longer for it.
        """
        article = Article.objects.only("pk").filter(pk=pk).first()
        if article is None:
            raise Http404
        is_beat = request.method == "POST"
        is_allowed = self.has_change_permission if is_beat else self.has_view_permission
        if not is_allowed(request, article):
            raise PermissionDenied
        user = user_of(request)
        tab = (request.POST if is_beat else request.GET).get("tab", "")
        if not TAB.fullmatch(tab):
            raise BadRequest("No such tab.")
        if "left" in request.POST:
            presence.leave(pk, user, tab)
            return HttpResponse(status=204)
        if is_beat:
            try:
                with transaction.atomic():
                    presence.beat(pk, user, tab)
            except IntegrityError:  # the article was deleted in this very moment
                raise Http404 from None
        return HttpResponse(line_for(pk, user, tab), content_type="text/plain; charset=utf-8")


def line_for(article_id: int, user: User, tab: str) -> str:
    """Return the line that names who else is writing in an article; empty where nobody is."""
    writing = Presence.objects.writing().filter(article=article_id, user__is_active=True)
    rows = list(writing.exclude(user=user, tab=tab).select_related("user").order_by("pk"))
    context = {
        "names": list(dict.fromkeys(str(row.user) for row in rows if row.user_id != user.pk)),
        "in_another_tab": any(row.user_id == user.pk for row in rows),
    }
    return render_to_string("articles/desk/presence.txt", context).strip()
