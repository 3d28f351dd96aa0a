"""Makes articles by the batch, with all that the verbs of publication would have left behind.

This is the one exception to "only verbs change state", for the sake of speed. Everything comes
from the same code nevertheless: an edition is what ``freezing`` makes of the working copy, and an
article's events, digests and intervals are those of an editor who saves, publishes and withdraws.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice
from random import Random
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from articles.generated import texts
from articles.generated.life import Life
from articles.generated.shared import Shared, free_slug
from articles.generated.texts import LANGUAGES, Piece, Texts
from articles.models import (
    BLOCKS,
    Article,
    Audience,
    Block,
    Byline,
    Citation,
    Correction,
    Edition,
    EditionSource,
    Event,
    Hold,
    LanguageVersion,
    RichText,
    Settlement,
    Severity,
)
from articles.models.editions import EditionImage
from articles.models.fields import CleanText
from articles.publishing import search_index
from articles.publishing.freezing import WorkingCopy
from articles.text.slugs import slug_from
from immunoportal.actors import User
from immunoportal.audit import AuditEntry
from immunoportal.languages import text_in
from immunoportal.publication import clock

BATCH = 200  # articles in a transaction, and in memory
DAYS = 6 * 365  # since the oldest was published

BLOCK_OF = {str(model._meta.model_name): model for model in BLOCKS}

# What the cleaning of long texts lets pass. Theirs is clean already, and is spared it.
ALLOWED: frozenset[str] = RichText._meta.get_field("text").sanitize("").allowed  # type: ignore[attr-defined]


class Kind(Enum):
    """What has become of an article.

    The value is its share: how many there are for each one that is published in both languages.
    """

    PUBLISHED = 1.0
    DRAFT = 0.02
    CHANGED = 0.011  # live, with unpublished changes
    SCHEDULED = 0.012  # its first edition begins in the future
    RESCHEDULED = 0.005  # live, and its next edition begins in the future
    WITHDRAWN = 0.01
    RESERVED = 0.019
    ONE_LANGUAGE = 0.021
    BEHIND = 0.03  # live, and one language has followed no substantive change of the other
    HELD = 0.002  # the same of a change about safety


# Every eighth article has an earlier edition, every 24th has two; unless it is said how many.
REVISED, REVISED_TWICE = 8, 24


def shares(count: int) -> dict[Kind, int]:
    """Return how many articles of each kind there are to so many published ones: at least one."""
    return {kind: max(1, int(count * kind.value)) for kind in Kind}


def generate(
    count: int, *, seed: int, rows: Shared, by: User, editions: int | None = None
) -> Iterator[int]:
    """Add articles, batch by batch; each batch is stored whole or not at all.

    Args:
        count: of those that are published in both languages; the other kinds come on top.
        seed: the same one on an empty database gives the same texts, slugs and digests.
        rows: from ``shared.prepare``.
        by: the user in whose name all is done.
        editions: how many everything published has in each language; the kinds that are behind
            have one more in the language that leads, or none for what is usual: mostly one.

    Yields:
        After each batch, how many articles of all kinds there are by then.
    """
    # Where an earlier run has stopped: what comes now is new.
    start = Article.objects.aggregate(last=Max("pk"))["last"] or 0
    now = timezone.now()
    kinds = _mixed(count)
    done = 0
    while batch := list(islice(kinds, BATCH)):
        drafts = [
            Draft(kind, number, Random(f"{seed} {number}"), editions)  # noqa: S311
            for number, kind in enumerate(batch, start=start + done + 1)
        ]
        copies = [_working_copy(draft, rows) for draft in drafts]
        _free_slugs([copy.article for copy in copies])
        _store([_lived(*each, by, now) for each in zip(drafts, copies, strict=True)])
        done += len(batch)
        yield done


@dataclass(frozen=True)
class Draft:
    """What decides everything about an article.

    Attributes:
        number: no other generated article has it.
        rng: seeded with that number.
        editions: how many are asked for; ``None`` for what is usual.
    """

    kind: Kind
    number: int
    rng: Random
    editions: int | None

    @property
    def revisions(self) -> int:
        """How often it is published anew."""
        if self.editions is not None:
            return self.editions - 1
        return (self.number % REVISED == 0) + (self.number % REVISED_TWICE == 0)


def _mixed(count: int) -> Iterator[Kind]:
    """Yield the kinds of all articles, evenly mixed."""
    for number in range(count):
        for kind, share in shares(count).items():
            for _more in range(share * number // count, share * (number + 1) // count):
                yield kind


def _working_copy(draft: Draft, rows: Shared) -> WorkingCopy:
    """Return an article as its editor has typed it at first, not stored."""
    rng = draft.rng
    spoken = (rng.choice(LANGUAGES),) if draft.kind is Kind.ONE_LANGUAGE else LANGUAGES
    composition = texts.compose(rng, rows.images)
    slugs = tuple(f"{slug_from(title, 130)}-{draft.number}" for title in composition.head["title"])
    article = Article(
        key=_key(rng),
        topic=rng.choice(rows.topics),
        audience=Audience.PROFESSIONAL if draft.kind is Kind.RESERVED else Audience.PUBLIC,
        **_said(spoken, **composition.head, slug=slugs),
    )
    blocks = [
        _block(article, piece, rng, spoken, ordering)
        for ordering, piece in enumerate(composition.pieces, start=1)
    ]
    return WorkingCopy(
        article, blocks, _bylines(article, rng, rows), _citations(article, rng, rows)
    )


def _block(
    article: Article, piece: Piece, rng: Random, spoken: Sequence[str], ordering: int
) -> Block:
    said = _said(spoken, **piece.texts)
    if piece.kind == "richtext":
        said = {name: CleanText(text, ALLOWED) for name, text in said.items()}
    place = {"parent": article, "region": "main", "ordering": 10 * ordering}
    return BLOCK_OF[piece.kind](key=_key(rng), **place, **piece.fields, **said)


def _said(spoken: Sequence[str], **fields: Texts) -> dict[str, str]:
    """Return texts as the fields of a row, in the languages that the article speaks."""
    return {
        f"{field}_{language}": text
        for field, by_language in fields.items()
        for language, text in in_each(by_language).items()
        if language in spoken
    }


def _bylines(article: Article, rng: Random, rows: Shared) -> list[Byline]:
    roles = [Byline.Role.AUTHOR]
    roles += rng.choice(([], [Byline.Role.AUTHOR]))
    roles += rng.choice(([Byline.Role.REVIEWER], [Byline.Role.REVIEWER], []))
    roles += rng.choice(([Byline.Role.TRANSLATOR], []))
    people = rng.sample(rows.people, len(roles))
    return [
        Byline(article=article, contributor=person, role=role, ordering=10 * number)
        for number, (person, role) in enumerate(zip(people, roles, strict=True), start=1)
    ]


def _citations(article: Article, rng: Random, rows: Shared) -> list[Citation]:
    sources = rng.sample(rows.sources, rng.randint(3, 12))
    return [
        Citation(article=article, source=source, ordering=10 * number)
        for number, source in enumerate(sources, start=1)
    ]


def _key(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _free_slugs(articles: Iterable[Article]) -> None:
    """Number the slugs that a working copy or a page has already."""
    for language in LANGUAGES:
        name = f"slug_{language}"
        spoken = [article for article in articles if text_in(article, "slug", language)]
        slugs = [text_in(article, "slug", language) for article in spoken]
        taken = set(Article.objects.filter(**{f"{name}__in": slugs}).values_list(name, flat=True))
        pages = Edition.objects.filter(language=language, slug__in=slugs)
        taken |= set(pages.values_list("slug", flat=True))
        for article, slug in zip(spoken, slugs, strict=True):
            setattr(article, name, free_slug(slug, taken))


def _lived(draft: Draft, copy: WorkingCopy, by: User, now: datetime) -> Life:
    """Return what has become of an article up to now, and what is to become of it."""
    kind, rng, life = draft.kind, draft.rng, Life(copy, by)
    spoken = [code for code in LANGUAGES if text_in(copy.article, "title", code)]
    published = now - timedelta(days=rng.uniform(2, DAYS))
    moments = sorted(
        published + (now - published) * rng.random() for _number in range(draft.revisions + 3)
    )
    soon = now + timedelta(days=rng.uniform(1, 60))
    life.save(published - timedelta(days=rng.uniform(0, 20)))
    if kind is Kind.DRAFT:
        return life
    if kind is Kind.SCHEDULED:
        life.publish(published, spoken, begins=soon)
        return life
    life.publish(published, spoken)
    for moment in moments[: draft.revisions]:
        _revise(life, rng, moment)
        life.publish(moment, spoken, notes=in_each(texts.change_note(rng)))
    last = moments[-1]
    if kind is Kind.CHANGED:
        _revise(life, rng, last)
    if kind is Kind.RESCHEDULED:
        _revise(life, rng, last)
        life.publish(last, spoken, notes=in_each(texts.change_note(rng)), begins=soon)
    if kind in (Kind.BEHIND, Kind.HELD):
        _leave_behind(life, kind, rng, last, spoken)
    if kind is Kind.WITHDRAWN:
        life.withdraw(last, spoken, notes=in_each(texts.withdrawal_note(rng)))
    return life


def in_each(texts: Texts) -> dict[str, str]:
    """Return a text by language."""
    return dict(zip(LANGUAGES, texts, strict=True))


def _leave_behind(life: Life, kind: Kind, rng: Random, at: datetime, spoken: Sequence[str]) -> None:
    """Publish a change in one language that the other one lacks."""
    leading, behind = rng.sample(spoken, 2)
    _revise(life, rng, at, [leading])
    notes = in_each(texts.change_note(rng))
    severity = Severity.SAFETY if kind is Kind.HELD else Severity.SUBSTANTIVE
    life.publish(at, [leading], severity=severity, notes=notes)
    if kind is Kind.HELD:
        life.hold(at, behind, notes[behind])


def _revise(life: Life, rng: Random, at: datetime, languages: Collection[str] = LANGUAGES) -> None:
    """Add a paragraph in every language, or in some, and save."""
    block = rng.choice([block for block in life.copy.blocks if isinstance(block, RichText)])
    for language, paragraph in in_each(texts.paragraph(rng)).items():
        text = text_in(block, "text", language)
        if text and language in languages:
            setattr(block, f"text_{language}", text + paragraph)
    life.save(at, {"row": "richtext", "how": "changed", "key": str(block.key)})


@transaction.atomic
def _store(lives: Sequence[Life]) -> None:
    """Store articles with all that belongs to them."""
    copies = [life.copy for life in lives]
    Article.objects.bulk_create(copy.article for copy in copies)
    for model in BLOCKS:
        blocks = (block for copy in copies for block in copy.blocks)
        model.objects.bulk_create(block for block in blocks if type(block) is model)
    Byline.objects.bulk_create(line for copy in copies for line in copy.bylines)
    Citation.objects.bulk_create(line for copy in copies for line in copy.citations)
    LanguageVersion.objects.bulk_create(row for life in lives for row in life.versions())
    Edition.objects.bulk_create(row for life in lives for row in life.editions)
    Hold.objects.bulk_create(row for life in lives for row in life.holds)
    Correction.objects.bulk_create(row for life in lives for row in life.corrections())
    Settlement.objects.bulk_create(row for life in lives for row in life.settlements())
    EditionImage.objects.bulk_create(row for life in lives for row in life.images)
    EditionSource.objects.bulk_create(row for life in lives for row in life.sources)
    Event.objects.bulk_create(row for life in lives for row in life.events)
    AuditEntry.objects.bulk_create(row for life in lives for row in life.audit_entries())
    now = timezone.now()
    search_index.put(
        [
            row
            for life in lives
            for row in life.editions
            if row.valid_until is None or row.valid_until > now
        ]
    )
    clock.advance()
