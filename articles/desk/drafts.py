"""Drafts in the admin: the form is kept while it is being written, and offered again later."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError
from django.forms import ModelForm
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from articles.desk import differences
from articles.desk.filled_form import (
    data_of,
    filled,
    for_formset,
    leave_unchecked,
    own_words,
    without_a_place,
)
from articles.models import Article, Draft
from articles.publishing import drafts
from articles.publishing.drafts import Before
from articles.text import form_data
from articles.text.form_data import Fields
from immunoportal.actors import user_of
from immunoportal.text import is_row_number

# In the address of a form: the number of the draft that it is filled with.
CONTINUED = "draft"
# What the form sends along: its tab, how often that has sent something, and the tab before.
TAB, NUMBER, CONTINUES = "draft_tab", "draft_number", "draft_continues"
# And what it was opened with: a form that comes back with something to be asked is based on what
# the other has saved, but a draft of it is not, as long as nothing is answered.
OPENED = ("draft_version", "draft_base")
# The most that a form offers; the list of one's drafts has all.
OFFERED = 5


@dataclass(frozen=True)
class Sent:
    """What a browser sends to have it kept.

    Attributes:
        user: whose page it was, by number.
        article: its number; ``None`` if it was never saved.
        tab, number, fields, continues: as ``drafts.keep`` has them.
    """

    user: int
    article: int | None
    tab: UUID
    number: int
    fields: Fields
    continues: Before | None


def read_sent(body: bytes) -> Sent:
    """Read what a browser has sent.

    Raises:
        ValueError: it was none of our pages.
    """
    try:
        sent = json.loads(body)
        article = sent["article"]
        return Sent(
            user=_number(sent["user"]),
            article=None if article is None else _number(article),
            tab=UUID(sent["tab"]),
            number=_number(sent["number"]),
            fields=form_data.read(sent["fields"]),
            continues=_before_in(sent.get("continues") or ""),
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("This was sent by no page of ours.") from error


def _number(value: object) -> int:
    if type(value) is int and 0 <= value < 2**53:
        return value
    raise ValueError("This is no number of ours.")


def _tab_in(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _before_in(value: str) -> Before | None:
    """Read what ``_before`` writes."""
    tab, _colon, number = value.partition(":")
    found = _tab_in(tab)
    return Before(found, int(number)) if found and is_row_number(number) else None


def _before(draft: Draft) -> str:
    """Return how a form names the draft that it was filled with."""
    return f"{draft.tab}:{draft.number}"


def typed_in(request: HttpRequest) -> Mapping[str, Any]:
    """Return what a form holds that is not saved: of the request, or of the draft that fills it."""
    typed: Mapping[str, Any] = getattr(request, "typed", request.POST)
    return typed


def continue_url(draft: Draft) -> str:
    """Return the address of the form that is filled with a draft."""
    if draft.article_id is None:
        url = reverse("admin:articles_article_add")
    else:
        url = reverse("admin:articles_article_change", args=[draft.article_id])
    return f"{url}?{CONTINUED}={draft.pk}"


def _refusal(status: HTTPStatus, reason: str = "") -> JsonResponse:
    return JsonResponse({"reason": reason}, status=status)


class DraftsMixin(admin.ModelAdmin):
    """Keeps what is typed into the article's form, and fills the form with it again."""

    # The form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "GET" and CONTINUED in request.GET:
            number = request.GET[CONTINUED]
            draft = self._own(request).filter(pk=number if is_row_number(number) else None).first()
            if draft is None:
                messages.info(
                    request, _("That draft is not here any more: it has been saved or discarded.")
                )
            elif str(draft.article_id or "") != (object_id or ""):
                return redirect(continue_url(draft))
            elif self._may_write(request, draft.article):
                self._fill(request, draft)
            else:
                messages.warning(
                    request,
                    _("You may not change this article any more. Your draft is still kept."),
                )
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _fill(self, request: HttpRequest, draft: Draft) -> None:
        """Have the forms that are made for a request show a draft."""
        request.draft = draft  # type: ignore[attr-defined]
        request.typed = data_of(draft)  # type: ignore[attr-defined]

    def get_form(
        self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        typed = getattr(request, "typed", None)
        return form if typed is None else filled(form, typed)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Article, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        typed = getattr(request, "typed", None)
        return kwargs if typed is None else kwargs | {"data": for_formset(typed, prefix)}

    def get_inline_formsets(
        self, request: HttpRequest, formsets: Any, inline_instances: Any, obj: Any = None
    ) -> Any:
        if hasattr(request, "draft"):
            leave_unchecked(formsets)
        return super().get_inline_formsets(request, formsets, inline_instances, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        article = kwargs.get("obj")
        if self._may_write(request, article) and not context["is_popup"]:
            context["draft"] = self._draft_context(request, context, article)
        return super().render_change_form(request, context, *args, **kwargs)

    def _draft_context(
        self, request: HttpRequest, context: dict[str, Any], article: Article | None
    ) -> dict[str, Any]:
        """Return what the form's page says and sends about drafts."""
        continued: Draft | None = getattr(request, "draft", None)
        # A form that comes back is the one that was sent.
        posted = request.POST
        number = posted.get(NUMBER, "")
        found: dict[str, Any] = {
            "tab": _tab_in(posted.get(TAB, "")) or uuid4(),
            "number": number if is_row_number(number) else 0,
            "continues": _before(continued) if continued else posted.get(CONTINUES, ""),
            "opened": {name: posted.get(name, "") for name in OPENED},
            "is_unsaved": request.method == "POST",
            "user": request.user.pk,
            "article": article.pk if article else None,
            "limit": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
            "continued": continued,
        }
        form = context["adminform"].form
        if form.is_bound:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            found["without_a_place"] = without_a_place(form.data, form, formsets)
        if continued:
            found["is_outdated"] = article is not None and article.version != continued.version
        return found

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        tab = _tab_in(request.POST.get(TAB, ""))
        number = request.POST.get(NUMBER, "")
        if tab and IS_POPUP_VAR not in request.POST:
            drafts.empty(
                user_of(request),
                tab,
                int(number) if is_row_number(number) else 0,
                continues=_before_in(request.POST.get(CONTINUES, "")),
            )

    # Rights

    def _own(self, request: HttpRequest) -> Any:
        """Return the drafts of whoever asks: no others are ever shown."""
        drafts_with_text = Draft.objects.filter(user=user_of(request)).exclude(data="")
        return drafts_with_text.select_related("article")

    def _may_write(self, request: HttpRequest, article: Article | None) -> bool:
        if article is not None:
            return self.has_change_permission(request, article)
        return self.has_add_permission(request)

    # Pages of their own

    def get_urls(self) -> list[URLPattern]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        name = "articles_article_draft"
        return [
            path("drafts/", page(require_safe(self.draft_list_view)), name=f"{name}s"),
            # Answers 401 where the admin would lead to the log-in.
            path("drafts/keep/", never_cache(self.draft_keep_view), name=f"{name}_keep"),
            path("drafts/offers/", page(require_safe(self.draft_offers_view)),
                 name=f"{name}_offers"),
            path("drafts/<int:pk>/", page(require_safe(self.draft_view)), name=name),
            path("drafts/<int:pk>/discard/", page(require_POST(self.draft_discard_view)),
                 name=f"{name}_discard"),
            path("drafts/<int:pk>/take-back/", page(require_POST(self.draft_take_back_view)),
                 name=f"{name}_take_back"),
            *super().get_urls(),
        ]  # fmt: skip

    def draft_keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what a form holds; to GET, say who is logged in, and give the form a new token.

        It reads the session and leaves it alone, so that nobody stays logged in by it.
        """
        if not request.user.is_authenticated:
            return _refusal(HTTPStatus.UNAUTHORIZED)
        if request.method != "POST":
            return JsonResponse({"user": request.user.pk, "token": get_token(request)})
        try:
            sent = read_sent(request.body)
        except RequestDataTooBig:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except ValueError:
            return _refusal(HTTPStatus.BAD_REQUEST)
        if sent.user != request.user.pk:
            return _refusal(HTTPStatus.CONFLICT)
        article = sent.article and Article.objects.filter(pk=sent.article).first()
        # Somebody may have deleted it meanwhile: who was allowed to change it still types.
        is_gone = sent.article is not None and not article
        may_keep = self._may_write(request, article or None)
        if not self.admin_site.has_permission(request) or not (
            may_keep or (is_gone and self.has_change_permission(request))
        ):
            return _refusal(HTTPStatus.FORBIDDEN)
        what = (user_of(request), sent.tab, sent.number, sent.fields)
        try:
            draft = drafts.keep(*what, article=article or None, continues=sent.continues)
        except IntegrityError:  # somebody has deleted it at this moment
            draft = drafts.keep(*what, article=None, continues=sent.continues)
        is_here = draft.data == form_data.pack(sent.fields)
        return JsonResponse({"number": draft.number, "is_here": is_here})

    def draft_offers_view(self, request: HttpRequest) -> HttpResponse:
        """Show the drafts that can be continued in a form, for its page to fetch."""
        number = request.GET.get("article", "")
        shown = [
            tab for text in request.GET.getlist("but") if (tab := _tab_in(text.partition(":")[0]))
        ]
        offers = (
            self._own(request)
            .open()
            .filter(article=number if is_row_number(number) else None)
            .exclude(tab__in=shown)
            .defer("data")
            .order_by("-saved_at")
        )
        found = list(offers[: OFFERED + 1])
        context = {"offers": found[:OFFERED], "more": len(found) > OFFERED}
        return TemplateResponse(
            request, "articles/desk/draft_offers.html", self._with_urls(request, context, found)
        )

    def draft_list_view(self, request: HttpRequest) -> HttpResponse:
        """List what somebody has typed and not saved, in all articles."""
        found = list(self._own(request).defer("data").order_by("-saved_at"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Your drafts"),
            "offers": [draft for draft in found if draft.closed_at is None],
            "discarded": [draft for draft in found if draft.closed_at is not None],
        }
        return TemplateResponse(
            request, "articles/desk/draft_list.html", self._with_urls(request, context, found)
        )

    def _with_urls(
        self, request: HttpRequest, context: dict[str, Any], found: list[Draft]
    ) -> dict[str, Any]:
        for draft in found:
            draft.continue_url = continue_url(draft)  # type: ignore[attr-defined]
            draft.may_write = self._may_write(request, draft.article)  # type: ignore[attr-defined]
        return context

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what differs between a draft and the article as it is stored."""
        draft = get_object_or_404(self._own(request), pk=pk)
        article = draft.article
        if not self._may_write(request, article):
            return self._own_words(request, draft)
        self._fill(request, draft)
        fields = flatten_fieldsets(self.get_fieldsets(request, article))
        form = self.get_form(request, article, change=article is not None, fields=fields)(
            instance=article
        )
        formsets: list[BaseInlineFormSet]
        formsets, _inlines = self._create_formsets(  # type: ignore[attr-defined]  # Django's own
            request, form.instance, change=article is not None
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What differs in your draft"),
            "draft": draft,
            "article": article,
            "is_outdated": article is not None and article.version != draft.version,
            "parts": differences.parts(form, formsets),
            "without_a_place": without_a_place(form.data, form, formsets),
        }
        return TemplateResponse(
            request,
            "articles/desk/draft_differences.html",
            self._with_urls(request, context, [draft]),
        )

    def _own_words(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        """Show what somebody has typed who may not change the article any more, and no more."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What you have typed"),
            "draft": draft,
            "texts": own_words(data_of(draft)),
        }
        return TemplateResponse(
            request, "articles/desk/draft_words.html", self._with_urls(request, context, [draft])
        )

    def draft_discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put a draft away; no question, for it can be taken back."""
        drafts.discard(get_object_or_404(self._own(request), pk=pk))
        return self._done(request)

    def draft_take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Offer a draft again that was discarded."""
        if not drafts.take_back(get_object_or_404(self._own(request), pk=pk)):
            raise Http404
        return self._done(request)

    def _done(self, request: HttpRequest) -> HttpResponse:
        """Answer a script shortly, and lead people to their list."""
        if not request.accepts("text/html"):
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return redirect("admin:articles_article_drafts")
