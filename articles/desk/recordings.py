"""The library of videos and audio: its list, its pages, and the choice of one in the article's
form."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.desk.library_choices import LIBRARY_STYLES
from articles.desk.stored_files import FileChoiceWidget, StoredFileAdmin
from articles.desk.transcripts import RecordingForm, TranscriptsForm
from articles.desk.upload import UploadForm
from articles.files import recordings
from articles.files.markup import size
from articles.files.recording_probe import Facts, Reason, UnusableRecording
from articles.models import Recording
from articles.publishing import verbs
from articles.reading.recordings import length_of_time
from immunoportal.actors import User, user_of
from immunoportal.admin.mixins import LanguageSwitchMixin, NonceMixin
from immunoportal.languages import codes, localized, name, phrase

ACCEPT = "video/mp4,video/webm,audio/mpeg,audio/mp4,.mp4,.webm,.mp3,.m4a"


def facts_of(recording: Recording) -> str:
    """Return what is to be known of a recording besides its title: "Video, 2 min 5 s, 12 MB"."""
    parts = [
        capfirst(recording.get_kind_display()),
        length_of_time(recording.milliseconds),
        size(recording.bytes),
    ]
    return ", ".join(parts)


def lacks_of(recording: Recording) -> str:
    """Return a sentence for each language in which it is not written what is said."""
    missing = [code for code in codes() if code not in recording.transcript_keys]
    both = _("Captions and transcript are missing %(language)s.")
    one = _("The transcript is missing %(language)s.")
    sentence = both if recording.is_video else one
    return " ".join(sentence % {"language": phrase(code)} for code in missing)


class RecordingUploadForm(UploadForm):
    accept = ACCEPT
    limit = "RECORDING_MAX_BYTES"
    examine = staticmethod(recordings.examine)
    refusal = UnusableRecording
    too_heavy = Reason.TOO_HEAVY
    drop_template = "articles/desk/_recording_drop.html"
    upload = forms.FileField(
        label=gettext_lazy("Video or audio"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        # Its own sentence for an empty file says what a file is.
        allow_empty_file=True,
    )

    class Meta:
        model = Recording
        fields = ["title", "language"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["upload"].help_text = _(
            "A video as MP4 (H.264) or WebM, sound as MP3 or M4A, up to %(limit)s. What is said in "
            "it is asked for on the next page."
        ) % {"limit": filesizeformat(self.most_bytes())}


@admin.register(Recording)
class RecordingAdmin(NonceMixin, LanguageSwitchMixin, StoredFileAdmin):
    withdraw_template = "articles/desk/withdraw_recording.html"
    upload_form = RecordingUploadForm
    rank = 22
    when_empty = gettext_lazy(
        "No video and no audio has been added yet. Add one here, or while you write an article."
    )
    list_display = ["title", "kind", "length", "language_spoken", "said", "uses", "added_at"]
    list_filter = ["kind"]
    search_fields = ["title"]
    # What readers see of a recording stands in the articles, and in what is said.
    shown_fields = frozenset({"language"})
    readonly_fields = ["player", "facts", "shown_in", "added_at", "added_by"]

    class Media:
        js = ["articles/editors.js"]
        css = {"all": ["articles/desk.css", LIBRARY_STYLES]}

    def get_fieldsets(self, request: HttpRequest, obj: Recording | None = None) -> list[Any]:
        if obj is None:
            return [(None, {"fields": ["upload", "title", "language"]})]
        player, *facts = self.readonly_fields
        sets: list[Any] = [(None, {"fields": [player, "title", "language"]})]
        if not obj.is_withdrawn:
            names = ("captions", "text", "base") if obj.is_video else ("text", "base")
            sets.append((_("What is said"), {"fields": localized(*names)}))
        return [*sets, (_("About the file"), {"fields": facts})]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> type[forms.ModelForm]:
        if obj is not None:
            kw["form"] = RecordingForm
        return super().get_form(request, obj, change=change, **kw)

    def has_change_permission(self, request: HttpRequest, obj: Recording | None = None) -> bool:
        is_record = obj is not None and obj.is_withdrawn
        return not is_record and super().has_change_permission(request, obj)

    def described(self, entry: Recording) -> dict[str, Any]:
        return {
            "id": entry.pk,
            "title": entry.title,
            "kind": entry.kind,
            "facts": facts_of(entry),
            "lacks": lacks_of(entry),
            "page": reverse("admin:articles_recording_change", args=[entry.pk]),
        }

    def store(
        self, file: UploadedFile, examined: Facts, *, title: str, language: str, by: User
    ) -> Recording:
        return recordings.add(file, examined, title=title, language=language, by=by)

    def discard_upload(self, file: UploadedFile, examined: Facts) -> None:
        recordings.discard(file, examined)

    def response_post_save_add(self, request: HttpRequest, obj: Recording) -> HttpResponseRedirect:
        """Lead on to what is still to be done: to write down what is said."""
        page = reverse("admin:articles_recording_change", args=[obj.pk])
        return HttpResponseRedirect(page)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not isinstance(form, TranscriptsForm):
            return
        written = form.write_down(user_of(request))
        if written:
            verbs.mark_changed(self.articles_showing(obj))
            messages.info(
                request,
                _(
                    "Articles show the new words with their next publication. Read them once more: "
                    "%(languages)s."
                )
                % {"languages": ", ".join(str(name(code)) for code in written)},
            )

    @admin.display(description=gettext_lazy("length"), ordering="milliseconds")
    def length(self, row: Recording) -> str:
        return length_of_time(row.milliseconds)

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_spoken(self, row: Recording) -> str:
        return str(name(row.language)) if row.language else "–"

    @admin.display(description=gettext_lazy("what is said"))
    def said(self, row: Recording) -> str:
        """Tell in which languages it is written down."""
        written = [str(name(code)) for code in codes() if code in row.transcript_keys]
        return ", ".join(written) or _("not written yet")

    @admin.display(description=gettext_lazy("file"))
    def facts(self, row: Recording) -> str:
        return facts_of(row)

    @admin.display(description=gettext_lazy("recording"))
    def player(self, row: Recording) -> SafeString | str:
        if row.is_withdrawn:
            return _("being deleted") if row.doomed_files else _("all deleted")
        sides = format_html(' width="{}" height="{}"', row.width, row.height) if row.width else ""
        return format_html(
            '<{0} class="recording-player" controls playsinline preload="metadata" src="{1}"{2}>'
            "</{0}>",
            row.kind, row.get_absolute_url(), sides,
        )  # fmt: skip


class RecordingChoiceWidget(FileChoiceWidget):
    template_name = "articles/desk/recording_choice.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        row = context["row"]
        context |= {"facts": facts_of(row), "lacks": lacks_of(row)} if row else {}
        return context
