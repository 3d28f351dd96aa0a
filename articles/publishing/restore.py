"""Restoring: the working copy says once more what an edition says, in the edition's language.

Readers see nothing of it before somebody publishes. See docs/decisions/0017-restore.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import (
    BLOCKS,
    Article,
    Block,
    Byline,
    Citation,
    Contributor,
    Document,
    Edition,
    Event,
    Image,
    Recording,
    Snapshot,
    Source,
)
from articles.models.withdrawable import WithdrawableModel
from articles.publishing.blocks import Entries, Unrestorable, freeze_block, thaw_block
from articles.publishing.content import Content, Frozen, UnknownSchema, read
from articles.publishing.freezing import WorkingCopy, freeze, read_working_copy
from articles.publishing.parts import said_by
from articles.publishing.verbs import remember_digests
from articles.text.alignment import merged
from immunoportal import languages
from immunoportal.actors import User
from immunoportal.languages import phrase, text_in

PERMISSION = "articles.change_article"

_KINDS = {model.__name__.lower(): model for model in BLOCKS}
_ONCE = "keypoints"
# How far blocks stand from one another, so that one more can come between them.
_STEP = 10


@dataclass
class Restored:
    """What restoring has done.

    Attributes:
        notes: sentences about what has not come back, and what has stayed.
        event: tells of it in the history, with the snapshot of what was there before; ``None``
            where the working copy said the same already.
    """

    notes: list[str] = field(default_factory=list)
    event: Event | None = None


@transaction.atomic
def restore(edition: Edition, *, by: User) -> Restored:
    """Bring the text of an edition into the working copy of its article, in its language alone.

    What the languages share of a block is taken over with it, and so is the order of the blocks.
    Address, topic and audience stay as they are. What cannot be restored is told, not refused.

    Args:
        edition: a stored one, or what a snapshot says.
        by: the user; must have the permission to change articles.

    Raises:
        PermissionDenied: ``by`` may not change articles.
    """
    if not by.has_perm(PERMISSION):
        raise PermissionDenied(_("You may not change articles: ask somebody who may."))
    # Two who restore or save at once take turns here.
    articles = Article.objects.select_related("topic").select_for_update(of=("self",), no_key=True)
    article = articles.get(pk=edition.article_id)
    restored = Restored()
    try:
        content = read(edition)
    except UnknownSchema:
        restored.notes.append(
            _("A newer version of the portal has written this edition: nothing was restored.")
        )
        return restored
    copy = read_working_copy(article)
    before = freeze(copy, edition.language)
    has_changed = [
        _restore_article(article, edition, content),
        _restore_blocks(copy, edition, content, restored.notes),
        _restore_bylines(copy, content, restored.notes),
        _restore_sources(copy, content, restored.notes),
    ]
    if not any(has_changed):
        return restored
    article.version += 1
    article.changed_at = timezone.now()
    article.save()
    restored.event = Event.objects.create(
        article=article,
        verb=Event.Verb.RESTORED,
        by=by,
        language=edition.language,
        edition=edition if edition.pk else None,
    )
    Snapshot.of(before, restored.event).save(force_insert=True)
    remember_digests(read_working_copy(article))
    return restored


def rehearse(edition: Edition, *, by: User) -> tuple[Edition, Restored]:
    """Return what the working copy would say, and be told, if an edition were restored; nothing is
    stored.

    Raises:
        PermissionDenied: ``by`` may not change articles.
    """
    with transaction.atomic():
        restored = restore(edition, by=by)
        article = Article.objects.select_related("topic").get(pk=edition.article_id)
        would_be = freeze(read_working_copy(article), edition.language)
        transaction.set_rollback(True)
    return would_be, restored


def _restore_article(article: Article, edition: Edition, content: Content) -> bool:
    language = edition.language
    wanted = {name: getattr(edition, name) for name in ("title", "hero_line", "lead")}
    if content.funding:  # older editions had none to say
        wanted["funding"] = content.funding
    described = text_in(article, "description", language) or edition.lead
    if described != edition.description:
        # Where nobody wrote a description, the lead has taken its place.
        is_lead = edition.description == edition.lead
        wanted["description"] = "" if is_lead else edition.description
    changed = {
        name: text for name, text in wanted.items() if text_in(article, name, language) != text
    }
    for name, text in changed.items():
        setattr(article, f"{name}_{language}", text)
    return bool(changed)


def _restore_blocks(
    copy: WorkingCopy, edition: Edition, content: Content, notes: list[str]
) -> bool:
    entries = _entries(content)
    present = {str(block.key): block for block in copy.blocks}
    stored = {id(block): _values(block) for block in copy.blocks}
    # An article has them once.
    key_points = next((block for block in copy.blocks if isinstance(block, _KINDS[_ONCE])), None)
    restored: list[Block] = []
    for frozen in content.blocks:
        model = _KINDS.get(frozen["type"])
        if model is None:
            notes.append(_("A block of a kind that the portal does not know has not come back."))
            continue
        block = present.get(frozen["key"]) or (key_points if frozen["type"] == _ONCE else None)
        block = block or _new_block(copy.article, model, frozen["key"], edition)
        if _says(block, edition.language) != said_by(frozen):
            try:
                notes += thaw_block(block, frozen, edition.language, entries)
            except Unrestorable as why:
                notes.append(str(why))
                continue
            if not block.is_in(edition.language):
                block.only_in = ""
            _clean(block, edition.language)
        restored.append(block)
    gone = [block for block in copy.blocks if block not in restored and _is_to_go(block, edition)]
    # They stand under the lead, wherever among the blocks they are.
    body = [block for block in restored if block is not key_points]
    order = [block for block in merged(copy.blocks, body) if block not in gone]
    if order != [block for block in copy.blocks if block not in gone]:
        for number, block in enumerate(order, start=1):
            block.ordering = number * _STEP
    changed = [block for block in order if _values(block) != stored.get(id(block))]
    for block in changed:
        block.save()
    for block in gone:
        block.delete()
    return bool(changed or gone)


def _new_block(article: Article, model: type[Block], key: str, edition: Edition) -> Block:
    """Return a block of which one language is known and no other."""
    block = model(parent=article, region=article.regions[0].key, key=key, only_in=edition.language)
    if hasattr(block, "only_in_reason"):
        block.only_in_reason = _reason(edition)
    return block


def _is_to_go(block: Block, edition: Edition) -> bool:
    """Take a block off the page in a language; where other pages have it, it stays for them.

    Returns:
        Whether no page has it any more.
    """
    if _says(block, edition.language) is None:
        return False
    others = [
        other for other in languages.others(edition.language) if _says(block, other) is not None
    ]
    if len(others) == 1:
        block.only_in = others[0]
        if hasattr(block, "only_in_reason"):
            block.only_in_reason = _reason(edition)
    else:
        for name in block.texts:
            column: Any = block._meta.get_field(f"{name}_{edition.language}")
            setattr(block, column.attname, None if column.is_relation else "")
    return not others


def _reason(edition: Edition) -> str:
    language = phrase(edition.language)
    if edition.pk is None:
        return _("What the page said %(language)s before was put back.") % {"language": language}
    words = {"number": edition.number, "language": language}
    return _("Edition %(number)d %(language)s was restored.") % words


def _says(block: Block, language: str) -> Frozen | None:
    """Return what a block says on the page of a language; ``None`` of one that is not there."""
    if block.pk is None or not block.is_in(language):
        return None
    frozen = freeze_block(block, language)
    return said_by(frozen) if frozen else None


def _clean(block: Block, language: str) -> None:
    """Clean the texts of a block, as saving it will do: by what is allowed now."""
    for name in block.rich_texts:
        column: Any = block._meta.get_field(f"{name}_{language}")
        setattr(block, column.name, str(column.sanitize(getattr(block, column.name) or "")))


def _values(row: models.Model) -> dict[str, Any]:
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}


def _entries(content: Content) -> Entries:
    names: dict[type[WithdrawableModel], Collection[str]] = {
        Image: content.images,
        Document: content.files,
        Recording: content.files,
    }
    files: dict[str, WithdrawableModel] = {}
    for library, digests in names.items():
        if digests:
            rows = library._default_manager.filter(digest__in=digests, withdrawn_at=None)
            files |= {row.digest: row for row in rows}
    return Entries(files, _by_key(Article, content.own_articles))


def _by_key(model: type[models.Model], keys: Collection[str]) -> dict[str, Any]:
    rows = model._default_manager.filter(key__in=keys) if keys else ()
    return {str(row.key): row for row in rows}  # type: ignore[attr-defined]


def _restore_bylines(copy: WorkingCopy, content: Content, notes: list[str]) -> bool:
    contributors = _by_key(Contributor, [line["key"] for line in content.bylines])
    present = {(line.contributor_id, line.role): line for line in copy.bylines}
    wanted = []
    for line in content.bylines:
        contributor = contributors.get(line["key"])
        if contributor is None:
            gone = _("%(name)s is not among the contributors any more, and has not come back.")
            notes.append(gone % line)
            continue
        new = Byline(article=copy.article, contributor=contributor, role=line["role"])
        wanted.append(present.get((contributor.pk, line["role"]), new))
    kept = [str(line) for line in copy.bylines if line not in wanted]
    if kept:
        names = ", ".join(kept)
        notes.append(_("These have stayed, for other languages may need them: %s.") % names)
    return _put_in_order(copy.bylines, wanted)


def _restore_sources(copy: WorkingCopy, content: Content, notes: list[str]) -> bool:
    sources = _by_key(Source, [source["key"] for source in content.sources])
    present = {line.source_id: line for line in copy.citations}
    wanted = []
    for frozen in content.sources:
        source = sources.get(frozen["key"])
        if source is None:
            gone = _("The source “%(citation)s” has been deleted, and has not come back.")
            notes.append(gone % frozen)
            continue
        new = Citation(article=copy.article, source=source)
        wanted.append(present.get(source.pk, new))
    return _put_in_order(copy.citations, wanted)


def _put_in_order(present: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Store new lines, and the order in which those that were wanted stand.

    Returns:
        Whether anything has changed.
    """
    order = merged(present, wanted)
    if order == list(present):
        return False
    for number, line in enumerate(order):
        line.ordering = number
        line.save()
    return True
