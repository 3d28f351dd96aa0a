"""The page of the library on which an administrator withdraws a picture for good."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from articles.desk.picture_uses import list_of, uses_of
from articles.images import withdrawal
from articles.models import Image
from immunoportal.actors import user_of
from immunoportal.text import clean_line


class WithdrawPictureMixin(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.withdraw_view)
        own = path("<int:pk>/withdraw/", view, name="articles_image_withdraw")
        return [own, *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask whether the picture shall go for good, and why; then withdraw it."""
        user = user_of(request)
        withdrawal.demand_permission(user)
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = Image.objects.filter(pk=pk).first()
        if image is None:
            raise Http404
        page = HttpResponseRedirect(reverse("admin:articles_image_change", args=[pk]))
        if image.is_withdrawn:
            messages.info(request, _("This picture has been withdrawn already."))
            return page
        reason = clean_line(request.POST.get("reason", ""))[:300]
        if request.method == "POST" and reason:
            try:
                image = withdrawal.withdraw(image, by=user, reason=reason)
            except withdrawal.AlreadyWithdrawn:
                messages.info(request, _("This picture has been withdrawn already."))
            else:
                self._announce(request, image)
            return page
        uses, more = uses_of(image)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "image": image,
            "uses": list_of(uses, more) if uses else "",
            "is_refused": request.method == "POST",
            "title": _("Withdraw “%(title)s” for good?") % {"title": image.title},
        }
        return TemplateResponse(request, "articles/desk/withdraw_picture.html", context)

    def _announce(self, request: HttpRequest, image: Image) -> None:
        messages.success(
            request, _("Withdrawn. Pages that showed this picture now say that it is gone.")
        )
        if image.doomed_files:
            messages.warning(
                request,
                _(
                    "Nobody is given its files any more, but the store has not deleted all of them "
                    "yet: this is tried again every minute."
                ),
            )
