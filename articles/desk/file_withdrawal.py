"""The page of a library on which an administrator withdraws a picture or a file for good."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from articles.desk.file_uses import list_of, uses_of
from articles.files import withdrawal
from articles.models.withdrawable import WithdrawableModel
from immunoportal.actors import user_of
from immunoportal.text import clean_line


class WithdrawFileMixin(admin.ModelAdmin):
    """The admin of a library whose entries can be withdrawn for good.

    Attributes:
        withdraw_template: says what will happen to an entry of this library.
    """

    withdraw_template = "articles/desk/withdraw_file.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.withdraw_view)
        name = f"articles_{self.opts.model_name}_withdraw"
        return [path("<int:pk>/withdraw/", view, name=name), *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask whether the entry's files shall go for good, and why; then withdraw it."""
        user = user_of(request)
        withdrawal.demand_permission(user)
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.model._default_manager.filter(pk=pk).first()
        if row is None:
            raise Http404
        entry = reverse(f"admin:articles_{self.opts.model_name}_change", args=[pk])
        already = _("“%(title)s” has been withdrawn already.") % {"title": row.title}
        if row.is_withdrawn:
            messages.info(request, already)
            return HttpResponseRedirect(entry)
        reason = clean_line(request.POST.get("reason", ""))[:300]
        if request.method == "POST" and reason:
            try:
                row = withdrawal.withdraw(row, by=user, reason=reason)
            except withdrawal.AlreadyWithdrawn:
                messages.info(request, already)
            else:
                self._announce(request, row)
            return HttpResponseRedirect(entry)
        uses, more = uses_of(row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": row,
            "entry": entry,
            "uses": list_of(uses, more) if uses else "",
            "is_refused": request.method == "POST",
            "title": _("Withdraw “%(title)s” for good?") % {"title": row.title},
        }
        return TemplateResponse(request, self.withdraw_template, context)

    def _announce(self, request: HttpRequest, row: WithdrawableModel) -> None:
        messages.success(
            request,
            _("“%(title)s” is withdrawn. Pages that showed it now say that it is gone.")
            % {"title": row.title},
        )
        if row.doomed_files:
            messages.warning(
                request,
                _(
                    "Nobody is given its files any more, but the store has not deleted all of them "
                    "yet: this is tried again every minute."
                ),
            )
