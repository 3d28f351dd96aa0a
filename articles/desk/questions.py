"""What is asked before a publication, and never blocks it: who publishes once more has seen it."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from articles.desk.part_names import name_of_part
from articles.models import Article, Severity
from articles.models.severity import TOLD
from articles.publishing.agreement import NOTHING
from articles.publishing.comparison import Difference, differences
from articles.publishing.freezing import WorkingCopy, freeze
from articles.publishing.parts import Part, parts_of
from articles.text.parity import CITATION, LINK, told_in_html
from articles.text.parity import differences as parity_of

# What the panel sends: the addresses of the questions that it has shown, and of those of which the
# editor says that the texts agree.
SHOWN, AGREED = "_shown_question", "_agreed"

CARE_CARD = "carecard"
# What a part shows beside its words.
FILES = ("image", "document", "recording", "transcript", "urgency")


@dataclass(frozen=True)
class Question:
    """Something to look at before a page is published.

    Attributes:
        address: by which the form says that it was shown; another one once a text has changed.
        text: what is asked.
        shown: what differs, by the language in which it stands.
        part: the key of the part, where the editor can say that the languages agree.
    """

    address: str
    text: str
    shown: Sequence[tuple[str, Difference]] = ()
    part: str = field(default="")


def questions(
    article: Article, copy: WorkingCopy, chosen: Collection[str], severity: Severity | None
) -> list[Question]:
    """Return what is asked before some languages are published, in the order of the page.

    Args:
        copy: as it is stored.
        severity: as the editor has chosen it.
    """
    live = {
        edition.language: edition
        for edition in article.editions.live().defer("plain_text")
        if edition.language in chosen
    }
    if not live or severity is None:
        return []
    before = {language: parts_of(edition) for language, edition in live.items()}
    after = {language: parts_of(freeze(copy, language)) for language in live}
    if severity < TOLD:
        return list(_grave_after_all(copy, before, after))
    return list(_changed_together(copy, before, after))


Parts = Mapping[str, Part]


def _changed_together(
    copy: WorkingCopy, before: Mapping[str, Parts], after: Mapping[str, Parts]
) -> Iterator[Question]:
    """Yield the parts that are changed in several languages: do they say the same?"""
    changed = {
        language: [
            key
            for key in dict.fromkeys([*parts, *before[language]])
            if _digest(parts, key) != _digest(before[language], key)
        ]
        for language, parts in after.items()
    }
    for key in dict.fromkeys(key for keys in changed.values() for key in keys):
        spoken = [language for language, keys in changed.items() if key in keys]
        digests = [_digest(after[language], key) for language in spoken]
        # What all languages share agrees by itself.
        if len(spoken) < 2 or len(set(digests)) == 1:
            continue
        text = _("%(part)s: changed in several languages. Do the texts say the same now?")
        yield Question(
            ":".join(["together", key, *digests]),
            text % {"part": _name(copy, key, before, after)},
            _shown(key, spoken, before, after),
            part=key,
        )


def _digest(parts: Parts, key: str) -> str:
    return parts[key].digest if key in parts else NOTHING


def _name(
    copy: WorkingCopy, key: str, before: Mapping[str, Parts], after: Mapping[str, Parts]
) -> str:
    found = [parts[key] for side in (after, before) for parts in side.values() if key in parts]
    return name_of_part(key, found[0].kind, copy.blocks)


def _shown(
    key: str,
    spoken: Collection[str],
    before: Mapping[str, Parts],
    after: Mapping[str, Parts],
) -> list[tuple[str, Difference]]:
    return [
        (language, difference)
        for language in spoken
        for difference in differences(before[language].get(key), after[language].get(key))
    ]


def _grave_after_all(
    copy: WorkingCopy, before: Mapping[str, Parts], after: Mapping[str, Parts]
) -> Iterator[Question]:
    """Yield the changes that are said to be small, and touch what can do harm."""
    for language, parts in after.items():
        for key, part in parts.items():
            old = before[language].get(key)
            if old is None or old.digest == part.digest:
                continue
            why = _why_grave(old, part, language)
            if why:
                yield Question(
                    f"grave:{key}:{language}:{part.digest}",
                    why % {"part": name_of_part(key, part.kind, copy.blocks)},
                    [(language, difference) for difference in differences(old, part)],
                )


def _why_grave(old: Part, new: Part, language: str) -> str:
    """Return why a change is hardly a small one; empty where it may be."""
    if new.kind == CARE_CARD:
        return _("%(part)s: a care card has changed. Is that only a small change?")
    if isinstance(new.said, dict) and any(
        old.said.get(name) != new.said.get(name) for name in FILES
    ):
        return _("%(part)s: what it shows has been replaced. Is that only a small change?")
    if old.said != new.said and any(
        difference.kind not in (LINK, CITATION)
        for before, after in _texts(old.said, new.said)
        for difference in parity_of(told_in_html(before, language), told_in_html(after, language))
    ):
        return _("%(part)s: a number or a unit has changed. Is that only a small change?")
    return ""


def _texts(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of two parts that belong together, as HTML."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            if name not in FILES and name != "type":
                yield _as_html(name, old.get(name, "")), _as_html(name, new.get(name, ""))
    else:
        yield _as_html("", old), _as_html("", new)


def _as_html(name: str, said: Any) -> str:
    if name == "html":
        return str(said)
    return escape(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False))
