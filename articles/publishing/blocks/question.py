from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from articles.models import Question
from articles.publishing.blocks.registry import (
    Entries,
    Lack,
    freeze_block,
    lacks,
    put,
    thaw_block,
    unfinished,
)
from articles.publishing.content import FOR_DOCTOR, Frozen
from immunoportal.languages import text_in


@freeze_block.register
def freeze_question(block: Question, language: str) -> Frozen | None:
    question = text_in(block, "question", language)
    answer = text_in(block, "answer", language)
    if not (question or answer):
        return None
    # What it had before it had a purpose, it still has: the same text has the same digest.
    purpose = {"purpose": FOR_DOCTOR} if block.for_doctor else {}
    return {"type": "question", **purpose, "title": question, "html": answer}


@thaw_block.register
def thaw_question(
    block: Question, frozen: Frozen, language: str, _entries: Entries
) -> Iterator[str]:
    put(block, language, question=frozen["title"], answer=frozen["html"])
    block.for_doctor = frozen.get("purpose") == FOR_DOCTOR
    yield from ()


@lacks.register
def question_lacks(block: Question, language: str) -> Iterable[Lack]:
    messages = {
        "question": _("%(block)s, block %(position)d: the question is missing %(language)s."),
        "answer": _("%(block)s, block %(position)d: the answer is missing %(language)s."),
    }
    if block.for_doctor:
        del messages["answer"]
    return unfinished(block, language, messages)
