"""What is asked before a publication, and never blocks it: who publishes once more has seen it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from articles.desk.part_names import name_of_part
from articles.models import Article, Edition, Severity
from articles.models.severity import TOLD
from articles.publishing import parity
from articles.publishing.agreement import NOTHING
from articles.publishing.comparison import Difference, differences
from articles.publishing.freezing import WorkingCopy, freeze
from articles.publishing.parts import Part, parts_of

# What the panel sends: the addresses of the concerns that it has shown; of those of which the
# editor says that the texts agree; and of those that need not be asked again.
SHOWN, AGREED, RIGHT = "_shown_concern", "_agreed", "_right"

# What an edition says of its kinds of parts; a call-out of this kind warns of nothing.
CARE_CARD, CALLOUT, INFORMATION = "carecard", "callout", "information"
# What a part shows beside its words.
FILES = ("image", "document", "recording", "transcript")


@dataclass(frozen=True)
class Concern:
    """Something to look at before a page is published.

    Attributes:
        address: by which the form says that it was shown; another one once a text has changed.
        text: what is asked.
        shown: what differs, by the language in which it stands.
        part: the key of the part, where the editor can say that the languages agree.
        disparity: what may be wrong in the translation, where the editor can say for good that it
            is right as it is.
    """

    address: str
    text: str
    shown: Sequence[tuple[str, Difference]] = ()
    part: str = ""
    disparity: parity.Disparity | None = None


def concerns(
    article: Article, copy: WorkingCopy, chosen: Collection[str], severity: Severity | None
) -> list[Concern]:
    """Return what is asked before some languages are published, in the order of the page.

    Args:
        copy: as it is stored.
        severity: as the editor has chosen it.
    """
    frozen = {language: freeze(copy, language) for language in chosen}
    return [*_of_changes(article, copy, frozen, severity), *_of_parity(copy, frozen)]


Frozen = Mapping[str, Edition]


def _of_changes(
    article: Article, copy: WorkingCopy, frozen: Frozen, severity: Severity | None
) -> Iterator[Concern]:
    if severity is None:
        return
    before = {edition.language: parts_of(edition) for edition in _newest(article, frozen)}
    after = {language: parts_of(frozen[language]) for language in before}
    if severity < TOLD:
        yield from _grave_after_all(copy, before, after)
    else:
        yield from _changed_together(copy, before, after)


def _newest(article: Article, chosen: Collection[str]) -> QuerySet[Edition]:
    """Return the newest edition that readers have seen in each language, live or withdrawn."""
    beside = Edition.objects.begun().filter(
        article=article, language=OuterRef("language"), number__gt=OuterRef("number")
    )
    of_article = article.editions.begun().filter(language__in=chosen)
    return of_article.filter(~Exists(beside)).defer("plain_text")


Parts = Mapping[str, Part]


def _changed_together(
    copy: WorkingCopy, before: Mapping[str, Parts], after: Mapping[str, Parts]
) -> Iterator[Concern]:
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
        yield Concern(
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
) -> Iterator[Concern]:
    """Yield the changes that are said to be small, and touch what can do harm."""
    for language, parts in after.items():
        for key in dict.fromkeys([*parts, *before[language]]):
            old, new = before[language].get(key), parts.get(key)
            known = new or old
            if known is None or _digest(before[language], key) == _digest(parts, key):
                continue
            why = _why_grave(old, new, language)
            if why:
                digests = f"{_digest(before[language], key)}:{_digest(parts, key)}"
                yield Concern(
                    f"grave:{key}:{language}:{digests}",
                    why % {"part": name_of_part(key, known.kind, copy.blocks)},
                    [(language, difference) for difference in differences(old, new)],
                )


def _why_grave(old: Part | None, new: Part | None, language: str) -> str:
    """Return why a change is hardly a small one; empty where it may be."""
    if old is None or new is None:
        if not (_warns(old or new) or parity.numbers_differ(old, new, language)):
            return ""
        return (
            _("%(part)s: it is new, and says a number or warns. Is that only a small change?")
            if new
            else _(
                "%(part)s: it is gone, and said a number or warned. Is that only a small change?"
            )
        )
    if new.kind == CARE_CARD:
        return _("%(part)s: a care card has changed. Is that only a small change?")
    if isinstance(new.said, dict) and isinstance(old.said, dict):
        if any(old.said.get(name) != new.said.get(name) for name in FILES):
            return _("%(part)s: what it shows has been replaced. Is that only a small change?")
        if old.said.get("kind") != new.said.get("kind"):
            return _("%(part)s: it warns in another way. Is that only a small change?")
    if parity.numbers_differ(old, new, language):
        return _("%(part)s: a number or a unit has changed. Is that only a small change?")
    return ""


def _warns(part: Part | None) -> bool:
    if part is None or part.kind == CARE_CARD:
        return part is not None
    return part.kind == CALLOUT and part.said["kind"] != INFORMATION


def _of_parity(copy: WorkingCopy, frozen: Frozen) -> Iterator[Concern]:
    """Yield what would stand in one language and not in another."""
    for disparity in parity.at_publication(copy, list(frozen), frozen):
        yield Concern(
            disparity.address,
            name_of_part(disparity.part, disparity.kind, copy.blocks),
            disparity=disparity,
        )
