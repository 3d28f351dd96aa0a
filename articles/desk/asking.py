"""The pages of the article's admin that ask before something is done."""

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from articles.models import Article
from articles.publishing.permission import demand_permission


def article_for(request: HttpRequest, pk: int) -> Article:
    """Return the article in an address, for somebody who may publish it.

    Raises:
        Http404: there is none.
        PermissionDenied: the user may not publish.
    """
    article = Article.objects.filter(pk=pk).first()
    if article is None:
        raise Http404
    demand_permission(request.user)
    return article


def ask(
    request: HttpRequest,
    admin_page: admin.ModelAdmin,
    template: str,
    article: Article,
    form: forms.Form,
    title: str,
    **more: object,
) -> HttpResponse:
    """Show a form with what it is about; what has been answered comes back to the same address."""
    context = {
        **admin_page.admin_site.each_context(request),
        "opts": admin_page.opts,
        "article": article,
        "form": form,
        "title": title,
        **more,
    }
    return TemplateResponse(request, f"articles/desk/{template}.html", context)
