"""What is said in a recording, as the form of the library asks for it: a text, and captions."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_prose_editor.fields import ProseEditorFormField

from articles.files import recordings
from articles.models import Recording, Transcript
from articles.text import captions
from articles.text.captions import Fault, NoCaptions
from immunoportal.actors import User
from immunoportal.languages import codes, named_in

TEXT = Transcript._meta.get_field("text")


def why_no_captions(refusal: NoCaptions) -> str:
    """Say what is wrong with a file of captions, where, and what to do."""
    sentences = {
        Fault.TOO_LARGE: _(
            "This file is larger than %(limit)s: no recording has so many captions."
        ),
        Fault.NOT_UTF8: _(
            "Line %(line)d: this is not UTF-8, so accents would be wrong. Save the file as UTF-8."
        ),
        Fault.NOT_CAPTIONS: _(
            "Line %(line)d: this is not a file of captions, which would begin with WEBVTT. Export "
            "them as WebVTT (.vtt) or SRT (.srt). Here stands “%(words)s”."
        ),
        Fault.NO_CUE: _("There is no caption in this file."),
        Fault.NO_TIMES: _(
            "Line %(line)d: “%(words)s” has no times above it. An empty line separates a caption "
            "from the next one, and must stand nowhere else."
        ),
        Fault.BAD_TIMES: _(
            "Line %(line)d: “%(words)s” are not times. They look like 00:01.000 --> 00:04.500, and "
            "an empty line stands before each caption."
        ),
        Fault.BACKWARDS: _("Line %(line)d: this caption ends before it begins (%(words)s)."),
        Fault.OUT_OF_ORDER: _(
            "Line %(line)d: this caption begins before the one above it (%(words)s)."
        ),
        Fault.TOO_LONG: _(
            "Line %(line)d: this caption goes on when the recording is over (%(words)s). Are these "
            "the captions of another one?"
        ),
    }
    return sentences[refusal.fault] % {
        "line": refusal.line,
        "words": refusal.words,
        "limit": filesizeformat(captions.MAX_BYTES),
    }


class TranscriptsForm(forms.ModelForm):
    """The form of a recording, with what is said in it: for each language a text and captions.

    ``said`` holds what is new, by language, once the form is valid.
    """

    class Meta:
        model = Recording
        fields = ["title", "language"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.said: dict[str, dict[str, str]] = {}
        self.newest = recordings.newest_of(self.instance)
        for code, row in self.newest.items():
            self.initial[f"text_{code}"] = row.text
            self.initial[f"base_{code}"] = str(row.key)
            if row.captions and f"captions_{code}" in self.fields:
                self.fields[f"captions_{code}"].help_text = format_html(
                    '<a href="{}" download="captions-{}.vtt">{}</a>',
                    row.get_absolute_url(), code, _("Download the present captions"),
                )  # fmt: skip
        if not self.instance.is_video:
            for code in codes():
                self.fields.pop(f"captions_{code}", None)

    def clean(self) -> dict[str, Any]:
        super().clean()
        for code in codes():
            if f"text_{code}" in self.fields:
                self._clean_language(code)
        return self.cleaned_data

    def _clean_language(self, code: str) -> None:
        now = self.newest.get(code)
        text = self.cleaned_data.get(f"text_{code}") or ""
        cues = self._cues(code)
        if self.errors.keys() & {f"text_{code}", f"captions_{code}"}:
            return
        base = self.cleaned_data.get(f"base_{code}")
        if now and base != str(now.key):
            if cues or not self._is_text_of(base, text):
                self._refuse_to_write_over(code, now)
            return
        spoken = captions.write(cues) if cues else now.captions if now else ""
        if cues and not text:
            # To be read through, which is less work than to type it.
            text = captions.as_text(cues)
        if text and self.instance.is_video and not spoken:
            self.add_error(f"captions_{code}", _("Add the captions too: a video needs both."))
        elif now and not text:
            message = _("Articles show this text: correct it, but do not take it away.")
            self.add_error(f"text_{code}", message)
        elif text and (now is None or (text, spoken) != (now.text, now.captions)):
            self.said[code] = {"text": text, "captions": spoken}

    def _is_text_of(self, key: str | None, text: str) -> bool:
        """Tell whether a text is that of an older version: then this user has not changed it."""
        older = {str(row.key): row.text for row in self.instance.transcripts.all()}
        return text == older.get(key or "", "")

    def _refuse_to_write_over(self, code: str, now: Transcript) -> None:
        message = _(
            "Somebody else has written a new version since you opened this page. Open the page "
            "once more in another window, bring both together here, and save again. Nothing is "
            "lost."
        )
        self.add_error(f"text_{code}", message)
        # Then it is known to whoever saves.
        data: Any = self.data
        self.data = data = data.copy()
        data[self.add_prefix(f"base_{code}")] = str(now.key)

    def _cues(self, code: str) -> list[captions.Cue]:
        file: UploadedFile | None = self.cleaned_data.get(f"captions_{code}")
        if not file:
            return []
        try:
            if (file.size or 0) > captions.MAX_BYTES:
                raise NoCaptions(Fault.TOO_LARGE)
            return captions.read(file.read(), self.instance.milliseconds)
        except NoCaptions as refusal:
            self.add_error(f"captions_{code}", why_no_captions(refusal))
            return []

    def write_down(self, by: User) -> list[str]:
        """Store what is new, and return its languages."""
        for code, said in self.said.items():
            recordings.write_down(self.instance, code, **said, by=by)
        return list(self.said)


# Only when it is shown: a language without an entry is for the system check to name.
lazily_named_in = lazy(named_in, str)


class SpokenTextField(ProseEditorFormField):
    """The editor of a transcript, which cleans what it is given as the model does."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return str(TEXT.clean(typed, Transcript())) if typed else ""


def fields_for(code: str) -> dict[str, forms.Field]:
    """Return the fields of a form for what is said in a language."""
    marks = {"class": f"mt mt-field-said-{code}"}
    text = SpokenTextField(
        label=lazily_named_in(gettext_lazy("Transcript"), code),
        required=False,
        config=TEXT.config,
        preset=TEXT.preset,
        help_text=gettext_lazy(
            "All that is said, and what is seen and matters. If it is empty, it is made from the "
            "captions."
        ),
    )
    text.widget.attrs |= marks
    file = forms.FileField(
        label=lazily_named_in(gettext_lazy("Captions"), code),
        required=False,
        help_text=gettext_lazy("A WebVTT or SRT file."),
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt", **marks}),
    )
    # The key of the version that the form was filled with.
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    return {f"text_{code}": text, f"captions_{code}": file, f"base_{code}": base}


# The fields of all languages stand in the class, for the admin looks there.
RecordingForm = type(
    "RecordingForm",
    (TranscriptsForm,),
    {name: field for code in codes() for name, field in fields_for(code).items()},
)
