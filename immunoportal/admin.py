"""The administration: what several apps' pages share."""

from django.contrib import admin, messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from js_asset import Media, Script

from immunoportal.mail import admin as mail_admin  # noqa: F401  Django looks for it here


def two_lines(first: object, second: object) -> SafeString:
    """A cell of a list with something beneath, smaller."""
    return format_html('{}<br><small class="beneath">{}</small>', first, second)


class NonceMixin:
    """Gives the editors of a form the nonce that the content policy asks for.

    The text editor's import map is an inline script, and both editors add style elements.
    """

    def render_change_form(self, request, context, **kwargs):
        response = super().render_change_form(request, context, **kwargs)
        nonce = str(request.csp_nonce)
        first = Media(js=[Script("immunoportal/admin/style-nonce.js")])
        media = first + response.context_data["media"]
        response.context_data["media"] = Media.from_media(media, nonce=nonce)
        return response


class ChoiceMixin:
    """Choices have the plus for a new row, but no ways to change or delete the chosen one.

    That would change other pages too, and belongs to the list of its own.
    """

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for shortcut in ("can_change_related", "can_delete_related", "can_view_related"):
            if hasattr(getattr(field, "widget", None), shortcut):
                setattr(field.widget, shortcut, False)
        return field


class LanguageSwitchMixin:
    """One switch, IT / EN / both, for all translated fields of a form."""

    @property
    def media(self):
        return super().media + Media(js=["immunoportal/admin/language-switch.js"])


class SingletonAdmin(admin.ModelAdmin):
    """A model of which there is one row: its list leads straight to the form."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def message_user(self, request, message, level=messages.INFO, *args, **kwargs):
        # Django's sentence speaks of one among many, and in Italian with the wrong article.
        if level == messages.SUCCESS:
            message = gettext("Your changes are saved.")
        super().message_user(request, message, level, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context=None):
        row = self.model.get()
        if row._state.adding:
            row.save()
        name = f"{self.opts.app_label}_{self.opts.model_name}_change"
        return redirect(reverse(f"admin:{name}", args=[row.pk]))
