"""Videos and sound of the library, and what is said in them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.fields import SPEECH, RichTextField
from articles.models.keys import KeyedModel
from articles.models.stored_files import StoredFile
from immunoportal.actors import ActorField
from immunoportal.guards import Guard, GuardedModel


class Recording(StoredFile):
    """A video or a sound recording of the library."""

    content_types: ClassVar = {
        "mp4": "video/mp4",
        "webm": "video/webm",
        "m4a": "audio/mp4",
        "mp3": "audio/mpeg",
    }

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")

    kind = models.CharField(_("kind"), max_length=5, choices=Kind, editable=False)
    milliseconds = models.PositiveIntegerField(_("length"), editable=False)
    # In pixels, upright; 0 of what is only heard.
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    language = models.CharField(
        _("language"),
        max_length=8,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("In which people speak."),
    )
    # By language, the key of its newest transcript.
    transcript_keys = models.JSONField(default=dict, editable=False)

    class Meta(StoredFile.Meta):
        verbose_name = _("video or audio")
        verbose_name_plural = _("videos and audio")

    def forget_what_was_made(self) -> None:
        self.transcripts.all().delete()

    @property
    def is_video(self) -> bool:
        return self.kind == self.Kind.VIDEO


class Transcript(KeyedModel, GuardedModel):
    """What is said in a recording, in one language: to be read, and in a video as captions too.

    A new version of it is a new row, so that an edition shows for ever what it showed.
    """

    guard = Guard(deletable=True)

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="transcripts")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    text = RichTextField(extensions=SPEECH)
    # WebVTT, as ``articles.text.captions`` writes it; empty of what is only heard.
    captions = models.TextField(blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = ActorField()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.recording}, {self.get_language_display()}"

    def get_absolute_url(self) -> str:
        return reverse("captions", args=[self.key])
