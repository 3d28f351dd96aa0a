from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.blocks.base import Block
from articles.models.fields import TEXT_WITHOUT_HEADINGS, RichTextField


class Question(Block):
    """A question and its answer, or one that readers may ask their doctor; those that follow one
    another are shown together."""

    texts = ("question", "answer")
    rich_texts = ("answer",)

    for_doctor = models.BooleanField(
        _("to ask the doctor"),
        default=False,
        help_text=_(
            "Questions to ask the doctor stand together under that heading; they need no answer."
        ),
    )
    question = models.CharField(_("question"), max_length=250, blank=True)
    answer = RichTextField(_("answer"), blank=True, extensions=TEXT_WITHOUT_HEADINGS)

    class Meta(Block.Meta):
        verbose_name = _("question and answer")
        verbose_name_plural = _("questions and answers")

    def __str__(self) -> str:
        return str(_("Question"))
